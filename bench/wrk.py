"""HTTP load by wrk: one thread, as many requests as the server will take."""

import json
import subprocess
from pathlib import Path

from claim import Figure, Report, column
from measure import Service, tree_cpu_s

# wrk's own report, once more as JSON on the last line. Each request of a POST run has a text of its own.
_SCRIPT = """
local body = %(body)s
local count = 0
if body then
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  request = function()
    count = count + 1
    return wrk.format(nil, nil, nil, (body:gsub("@N@", tostring(count), 1)))
  end
end
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('\\n{"requests":%%d,"duration_us":%%d,"p50_us":%%d,"p99_us":%%d,"not_ok":%%d,"failed":%%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), e.status,
    e.connect + e.read + e.write + e.timeout))
end
"""


CONNECTIONS = 64


def load(url: str, server: Service, scratch: Path, *, seconds: float, body: dict | None = None) -> dict:
    """Requests per second, latencies in ms, the server's CPU. With a body: POST, where `@N@` becomes a counter."""
    text = f"[==[{json.dumps(body)}]==]" if body is not None else "nil"
    script = scratch / "wrk.lua"
    script.write_text(_SCRIPT % {"body": text})
    duration = f"-d{max(1, round(seconds))}s"
    argv = ["wrk", "-t1", f"-c{CONNECTIONS}", duration, "--latency", "--timeout", "10s", "-s", str(script), url]
    cpu = tree_cpu_s(server.process.pid)
    output = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    cpu = tree_cpu_s(server.process.pid) - cpu
    summary = json.loads(output.strip().splitlines()[-1])
    if bad := summary["not_ok"] + summary["failed"]:
        raise RuntimeError(f"{url}: {bad} of {summary['requests']} requests failed")
    return {
        "per_s": summary["requests"] / summary["duration_us"] * 1e6,
        "p50_ms": summary["p50_us"] / 1000,
        "p99_ms": summary["p99_us"] / 1000,
        "cpu_us": cpu / summary["requests"] * 1e6,
    }


def figures(report: Report, runs: dict[str, list[dict]]) -> dict[str, dict[str, Figure]]:
    """Adds the figures of each side to the report; by side, then by name."""
    names = {"per second": ("/s", "per_s"), "p50": ("ms", "p50_ms"), "p99": ("ms", "p99_ms")}
    names["server CPU per request"] = ("µs", "cpu_us")
    return {
        side: {name: report.add(side, name, unit, column(rows, key)) for name, (unit, key) in names.items()}
        for side, rows in runs.items()
    }
