"""The API at 200 requests per second while both cores synthesise a queue of long texts."""

import json
import time

import texts
from claim import Report, column
from http_client import Client
from measure import tree_cpu_s
from open_loop import open_loop, percentile, request
from setting import VOICE_ID, Missing

TITLE = "The API at 200 requests per second while both cores synthesise"
PER_SECOND = 200


def run(setting) -> Report:
    report = Report(TITLE)
    try:
        server = setting.serve(setting.fresh("under-load"), workers=2)
    except Missing as reason:
        report.missing.append(str(reason))
        return report
    with server:
        client = Client(server.port)
        jobs = [client.submit(" ".join([texts.MINUTE] * 40), voiceId=VOICE_ID) for _ in range(6)]
        while sum(client.get(f"/api/v1/soundbites/{job}")["status"] == "processing" for job in jobs) < 2:
            time.sleep(0.1)
        time.sleep(2)  # both voices are loaded and speaking
        body = json.dumps({"text": "Hello.", "voiceId": "espeak:en-us"}).encode()
        status = [request("GET", f"/api/v1/soundbites/{job}") for job in jobs]
        turn = iter(range(1 << 30))
        kinds = {
            "status": (70, lambda: status[next(turn) % len(status)]),
            "submit": (10, lambda: request("POST", "/api/v1/soundbites", body)),
            "list": (10, lambda: request("GET", "/api/v1/soundbites?limit=20")),
            "voices": (10, lambda: request("GET", "/api/v1/voices")),
        }
        runs = [_run(server, kinds, max(2, 15 * setting.scale)) for _ in range(setting.runs)]
        client = Client(server.port)  # the first has been idle for longer than a connection may be
        for job in jobs:
            client.call("DELETE", f"/api/v1/soundbites/{job}")
    for key in ("all p50", "all p95", "all p99", "status p50", "status p95", "submit p95", "list p95", "voices p95"):
        report.add("SoundBite", key, "ms", column(runs, key))
    busy = report.add("SoundBite", "cores that it kept busy", "", column(runs, "cores"))
    by_name = {one.metric: one.median for one in report.figures}
    report.at_most("API p95", by_name["all p95"], 100, "ms")
    report.at_most("status p95", by_name["status p95"], 50, "ms")
    if busy.median < 1.5:
        report.notes.append("less than 1.5 cores were busy: other programs took the rest")
    return report


def _run(server, kinds: dict, seconds: float) -> dict:
    cpu, start = tree_cpu_s(server.process.pid), time.perf_counter()
    latencies = open_loop(server.port, kinds, per_second=PER_SECOND, seconds=seconds)
    row = {"cores": (tree_cpu_s(server.process.pid) - cpu) / (time.perf_counter() - start)}
    latencies["all"] = [one for values in latencies.values() for one in values]
    for name, values in latencies.items():
        for share in (50, 95, 99):
            row[f"{name} p{share}"] = percentile(values, share / 100)
    return row
