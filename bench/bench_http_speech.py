"""One sentence at a time over HTTP from four clients: requests per second and memory, against Piper's own server."""

import threading
import time
from contextlib import ExitStack

import texts
from claim import Report, column, interleave
from http_client import Client
from measure import tree_cpu_s, tree_peak_mb, tree_rss_mb
from setting import VOICE_ID, Missing

TITLE = "One sentence per request over HTTP, 4 clients"
CLIENTS = 4


def run(setting) -> Report:
    report = Report(TITLE)
    each = max(1, round(6 * setting.scale))
    with ExitStack() as stack:
        servers, sides = {}, {}
        try:
            server = stack.enter_context(setting.serve(setting.fresh("http-speech"), workers=2))
            servers["SoundBite"] = server
            sides["SoundBite"] = lambda: _round(server, _soundbite_request, each)
        except Missing as reason:
            report.missing.append(str(reason))
        piper = stack.enter_context(setting.piper_server())
        servers["piper.http_server"] = piper
        sides["piper.http_server"] = lambda: _round(piper, _piper_request, each)
        for side in sides.values():
            side()  # voices are loaded and threads started
        runs = interleave(sides, setting.runs)
        memory = {name: (tree_rss_mb(one.process.pid), tree_peak_mb(one.process.pid)) for name, one in servers.items()}

    rate = {name: report.add(name, "requests per second", "/s", column(rows, "per_s")) for name, rows in runs.items()}
    for name, rows in runs.items():
        report.add(name, "CPU per request", "s", column(rows, "cpu_s"))
    resident = {name: report.add(name, "resident after the runs", "MB", [now]) for name, (now, _) in memory.items()}
    for name, (_, peak) in memory.items():
        report.add(name, "highest resident", "MB", [peak])
    ours = rate.get("SoundBite")
    report.ratio("requests per second, of piper.http_server", ours, rate["piper.http_server"], 1.5, at_least=True)
    report.ratio("resident memory, of piper.http_server", resident.get("SoundBite"), resident["piper.http_server"], 0.5)
    return report


def _soundbite_request(client: Client, text: str) -> int:
    job = client.submit(text, voiceId=VOICE_ID, output={"format": "wav"})
    client.settle(job)
    return len(client.call("GET", f"/api/v1/soundbites/{job}/audio"))


def _piper_request(client: Client, text: str) -> int:
    return len(client.call("POST", "/synthesize", {"text": text}))


def _round(server, request, each: int) -> dict:
    """Every client speaks `each` sentences, one after the other."""
    failures = []

    def speak(first: int) -> None:
        client = Client(server.port)
        try:
            for index in range(first, first + each):
                if request(client, texts.sentence(index)) < 20_000:
                    raise RuntimeError("an answer is too short to be a sentence")
        except Exception as failure:  # noqa: BLE001 – told by the main thread
            failures.append(failure)
        finally:
            client.close()

    threads = [threading.Thread(target=speak, args=(one * 100,)) for one in range(CLIENTS)]
    cpu, start = tree_cpu_s(server.process.pid), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    count = CLIENTS * each
    return {"per_s": count / (time.perf_counter() - start), "cpu_s": (tree_cpu_s(server.process.pid) - cpu) / count}
