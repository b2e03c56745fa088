"""HTTP load by wrk: one thread, as many requests as the server will take."""

import json
import subprocess
from pathlib import Path

from measure import tree_cpu_s

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
  io.write(string.format('\\n{"requests":%%d,"duration_us":%%d,"p50_us":%%d,"p99_us":%%d,"max_us":%%d,"not_ok":%%d,"failed":%%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max, e.status,
    e.connect + e.read + e.write + e.timeout))
end
"""


def load(
    url: str, *, connections: int, seconds: float, scratch: Path, body: dict | None = None, server: int | None = None
) -> dict:
    """Requests per second, latencies in ms, and how many answers were not 2xx. `@N@` in the body becomes a counter."""
    text = f"[==[{json.dumps(body)}]==]" if body is not None else "nil"
    script = scratch / "wrk.lua"
    script.write_text(_SCRIPT % {"body": text})
    cpu = tree_cpu_s(server) if server else 0.0
    argv = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{max(1, round(seconds))}s",
        "--latency",
        "--timeout",
        "10s",
        "-s",
        str(script),
        url,
    ]
    output = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    summary = json.loads(output.strip().splitlines()[-1])
    return {
        "per_s": summary["requests"] / summary["duration_us"] * 1e6,
        "p50_ms": summary["p50_us"] / 1000,
        "p99_ms": summary["p99_us"] / 1000,
        "max_ms": summary["max_us"] / 1000,
        "bad": summary["not_ok"] + summary["failed"],
        "requests": summary["requests"],
        "cpu_us": (tree_cpu_s(server) - cpu) / summary["requests"] * 1e6 if server else 0.0,
    }
