"""Submits that are on disk before their answer, 64 connections, load generator on the same two cores: against a service
made of Fastify and better-sqlite3."""

import os
import time

import wrk
from claim import Report, interleave
from setting import VOICE_ID, Missing

TITLE = "Submitting jobs, 64 connections"
BODY = {
    "text": "Order @N@ is ready to be collected at the desk.",
    "voiceId": VOICE_ID,
    "output": {"format": "mp3"},
    "metadata": {"order": "42"},
}


def run(setting) -> Report:
    report = Report(TITLE)
    report.notes.append(f"this disk does {_syncs_per_second(setting.scratch):,.0f} fdatasync per second")
    starts = {
        "SoundBite": lambda: setting.serve(setting.fresh("submit"), workers=0, extra=("--queue-limit", "1000000")),
        "Fastify": lambda: setting.fastify(setting.fresh("fastify") / "jobs.db"),
    }
    sides = {}
    for name, start in starts.items():
        try:
            start().stop()
            sides[name] = _load(setting, start)
        except Missing as reason:
            report.missing.append(f"{name}: {reason}")
    figures = wrk.figures(report, interleave(sides, setting.runs))
    ours, theirs = figures.get("SoundBite"), figures.get("Fastify")
    if ours:
        report.at_most("p99", ours["p99"].median, 100, "ms")
    if ours and theirs:
        report.ratio(
            "per second, of Fastify + better-sqlite3", ours["per second"], theirs["per second"], 6, at_least=True
        )
    return report


def _load(setting, start):
    def one() -> dict:
        with start() as server:  # a fresh folder each time: both sides begin with nothing
            return wrk.load(
                f"{server.url}/api/v1/soundbites", server, setting.scratch, seconds=8 * setting.scale, body=BODY
            )

    return one


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
