"""Reads of a settled job, 64 connections, load generator on the same two cores: against a service made of Fastify and
better-sqlite3, and against nginx serving the same bytes from a file."""

import json
from contextlib import ExitStack

import wrk
from claim import Report, interleave
from http_client import Client
from setting import Missing

TITLE = "Reading a settled job, 64 connections"
REQUEST = {"text": "Hello.", "voiceId": "espeak:en-us", "output": {"format": "wav"}, "metadata": {"order": "42"}}


def run(setting) -> Report:
    report = Report(TITLE)
    with ExitStack() as stack:
        sides = {}
        body = b"x" * 665  # nginx serves what SoundBite answers, when it is there
        for name, start in {"SoundBite": _soundbite, "Fastify": _fastify}.items():
            try:
                server, url = start(setting, stack)
            except Missing as reason:
                report.missing.append(f"{name}: {reason}")
                continue
            sides[name] = _load(setting, server, url)
            if name == "SoundBite":
                body = Client(server.port).call("GET", url.removeprefix(server.url))
        server, url = _nginx(setting, stack, body)
        sides["nginx, a file"] = _load(setting, server, url)
        figures = wrk.figures(report, interleave(sides, setting.runs))
    report.notes.append(f"the answer's body has {len(body)} bytes")
    ours = figures.get("SoundBite")
    for name, what, limit in (
        ("Fastify", "Fastify + better-sqlite3", 3),
        ("nginx, a file", "nginx serving a file", 0.7),
    ):
        if ours and name in figures:
            report.ratio(
                f"per second, of {what}", ours["per second"], figures[name]["per second"], limit, at_least=True
            )
    return report


def _load(setting, server, url: str):
    return lambda: wrk.load(url, server, setting.scratch, seconds=4 * setting.scale)


def _soundbite(setting, stack: ExitStack):
    server = stack.enter_context(setting.serve(setting.fresh("read"), workers=1))
    client = Client(server.port)
    job = client.submit(**REQUEST)
    client.settle(job)
    return server, f"{server.url}/api/v1/soundbites/{job}"


def _fastify(setting, stack: ExitStack):
    server = stack.enter_context(setting.fastify(setting.fresh("fastify") / "jobs.db"))
    client = Client(server.port)
    job = json.loads(client.call("POST", "/api/v1/soundbites", REQUEST))["id"]
    client.call("POST", f"/settle/{job}", {})
    return server, f"{server.url}/api/v1/soundbites/{job}"


def _nginx(setting, stack: ExitStack, body: bytes):
    folder = setting.fresh("nginx")
    (folder / "www").mkdir()
    (folder / "www" / "job").write_bytes(body)
    server = stack.enter_context(setting.nginx(folder))
    return server, f"{server.url}/job"
