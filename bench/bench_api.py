"""Durable submits and reads under 64 connections, load generator on the same two cores: against a Fastify +
better-sqlite3 service, and against nginx serving a file of the same size."""

import json
import os
import time
from contextlib import ExitStack

import wrk
from claim import Report, column, interleave
from http_client import Client
from setting import VOICE_ID, Missing

TITLE = "Submitting and reading jobs, 64 connections"
CONNECTIONS = 64
BODY = {
    "text": "Order @N@ is ready to be collected at the desk.",
    "voiceId": VOICE_ID,
    "output": {"format": "mp3"},
    "metadata": {"order": "42"},
}


def run(setting) -> Report:
    report = Report(TITLE)
    report.notes.append(f"this disk does {_syncs_per_second(setting.scratch):,.0f} fdatasync per second")
    _submits(setting, report)
    _reads(setting, report)
    return report


def _submits(setting, report: Report) -> None:
    seconds = 8 * setting.scale

    def on(start):
        def one() -> dict:
            with start() as server:  # a fresh folder each time: both sides begin with nothing
                url = f"{server.url}/api/v1/soundbites"
                return wrk.load(
                    url,
                    connections=CONNECTIONS,
                    seconds=seconds,
                    scratch=setting.scratch,
                    body=BODY,
                    server=server.process.pid,
                )

        return one

    sides = {}
    try:
        setting.program("soundbite")
        sides["SoundBite"] = on(
            lambda: setting.serve(setting.fresh("submit"), workers=0, extra=("--queue-limit", "1000000"))
        )
    except Missing as reason:
        report.missing.append(str(reason))
    sides["Fastify + better-sqlite3"] = on(lambda: setting.fastify(setting.fresh("fastify") / "jobs.db"))
    runs = interleave(sides, setting.runs)
    _figures(report, runs, "POST")
    rate = {one.side: one for one in report.figures if one.metric == "POST per second"}
    ours = rate.get("SoundBite")
    report.ratio("POST per second, of Fastify", ours, rate["Fastify + better-sqlite3"], 6, at_least=True)
    if ours:
        p99 = next(one for one in report.figures if one.metric == "POST p99" and one.side == "SoundBite")
        report.at_most("POST p99", p99.median, 100, "ms")


def _reads(setting, report: Report) -> None:
    seconds = 4 * setting.scale
    with ExitStack() as stack:
        urls, pids, body = {}, {}, None
        try:
            server = stack.enter_context(setting.serve(setting.fresh("read"), workers=1))
            client = Client(server.port)
            job = client.submit("Hello.", voiceId="espeak:en-us", output={"format": "wav"}, metadata={"order": "42"})
            client.settle(job)
            urls["SoundBite"], pids["SoundBite"] = f"{server.url}/api/v1/soundbites/{job}", server.process.pid
            body = client.call("GET", f"/api/v1/soundbites/{job}")
        except Missing:
            pass  # said with the submits
        fastify = stack.enter_context(setting.fastify(setting.fresh("fastify") / "jobs.db"))
        client = Client(fastify.port)
        job = json.loads(client.call("POST", "/api/v1/soundbites", BODY))["id"]
        client.call("POST", f"/settle/{job}", {})
        urls["Fastify + better-sqlite3"], pids["Fastify + better-sqlite3"] = (
            f"{fastify.url}/api/v1/soundbites/{job}",
            fastify.process.pid,
        )
        body = body or client.call("GET", f"/api/v1/soundbites/{job}")
        folder = setting.fresh("nginx")
        (folder / "www").mkdir()
        (folder / "www" / "job").write_bytes(body)
        nginx = stack.enter_context(setting.nginx(folder))
        urls["nginx, a file"], pids["nginx, a file"] = f"{nginx.url}/job", nginx.process.pid

        def on(name):
            return lambda: wrk.load(
                urls[name], connections=CONNECTIONS, seconds=seconds, scratch=setting.scratch, server=pids[name]
            )

        runs = interleave({name: on(name) for name in urls}, setting.runs)
    report.notes.append(f"the settled job that is read has {len(body)} bytes")
    _figures(report, runs, "GET")
    rate = {one.side: one for one in report.figures if one.metric == "GET per second"}
    ours = rate.get("SoundBite")
    report.ratio("GET per second, of Fastify", ours, rate["Fastify + better-sqlite3"], 3, at_least=True)
    report.ratio("GET per second, of nginx serving a file", ours, rate["nginx, a file"], 0.7, at_least=True)


def _figures(report: Report, runs: dict, verb: str) -> None:
    for name, rows in runs.items():
        if bad := sum(column(rows, "bad")):
            raise RuntimeError(f"{name}: {bad} of {sum(column(rows, 'requests'))} {verb} requests failed")
        report.add(name, f"{verb} per second", "/s", column(rows, "per_s"))
        report.add(name, f"{verb} p50", "ms", column(rows, "p50_ms"))
        report.add(name, f"{verb} p99", "ms", column(rows, "p99_ms"))
        report.add(name, f"{verb} server CPU per request", "µs", column(rows, "cpu_us"))


def _syncs_per_second(folder) -> float:
    """Of a program that appends one page at a time and does nothing else."""
    file = os.open(folder / "fdatasync", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < 1:
        os.write(file, bytes(4096))
        os.fdatasync(file)
        count += 1
    os.close(file)
    return count / (time.perf_counter() - start)
