"""Cancelling at any moment of a job's life: before it is claimed, while it is spoken, worked on, measured, encoded, verified or
published, and when it is done."""

import json
import time

import pytest
from folders import blobs
from plain_wav import wav
from processes import media_children
from serving import ESPEAK, Server, poll

MOMENTS = 24
TONE = wav(4, rate=48000)
RECIPE = {
    "process": [{"op": "denoise"}, {"op": "tempo", "factor": 1.1}, {"op": "loudness", "target": -18}],
    "analysis": True,
    "output": {"format": "mp3"},
}


def submit_text(server: Server) -> str:
    return server.submit("The river runs past the mill. " * 12, voice=ESPEAK, format="mp3")


def submit_recording(server: Server) -> str:
    parts = {"request": (None, json.dumps(RECIPE), "application/json"), "file": ("talk.wav", TONE)}
    return server.client.post("/api/v1/soundbites", files=parts).json()["id"]


@pytest.mark.parametrize("submit", [submit_text, submit_recording])
def test_a_job_is_cancelled_at_any_moment_and_leaves_nothing(serve, submit):
    server = serve(workers=1)
    ready = [submit(server), submit(server)]  # the first loads the voice
    assert server.settle(ready[0])["status"] == "ready"
    begin = time.monotonic()
    assert server.settle(ready[1])["status"] == "ready"
    whole = time.monotonic() - begin
    of_one = len(blobs(server.data_dir)) // 2

    cancelled = []
    for moment in range(MOMENTS):
        job = submit(server)
        time.sleep(whole * 1.1 * moment / MOMENTS)
        answer = server.client.post(f"/api/v1/soundbites/{job}/cancel")
        # It may be done by then: cancelled or ready, never anything between.
        assert answer.status_code in (202, 409), answer.text
        (cancelled if answer.status_code == 202 else ready).append(job)
        poll(lambda: not media_children(server.pid), what="nobody works any more", seconds=10)

    assert len(cancelled) > MOMENTS / 3
    for job in cancelled:
        assert server.status(job) == "cancelled" and server.audio(job).status_code == 409
    for job in ready:
        assert server.status(job) == "ready" and server.audio(job).status_code == 200
    uploads = len(cancelled) if submit is submit_recording else 0
    poll(lambda: len(blobs(server.data_dir)) == of_one * len(ready) + uploads, what="what was half made is gone")
    assert server.metric("soundbite_dead_letters") == 0
