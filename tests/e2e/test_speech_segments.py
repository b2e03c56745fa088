"""Where somebody speaks in a recording, told by its analysis."""

import pytest
from audio_file import read_wav
from recordings import noise, silence, wav


def speech_of(server, content: bytes) -> dict:
    upload = server.client.post("/api/v1/files", files={"file": ("talk.wav", content)})
    assert upload.status_code == 201, upload.text
    request = {"fileId": upload.json()["id"], "analysis": True, "output": {"format": "wav"}}
    answer = server.client.post("/api/v1/soundbites", json=request)
    assert answer.status_code == 202, answer.text
    record = server.settle(answer.json()["id"])
    assert record["status"] == "ready", record
    return server.client.get(record["links"]["analysis"]).json()["input"]["speech"]


def test_speech_is_found_between_pauses(shared):
    _, spoken = shared.speak("The quick brown fox jumps over the lazy dog.", output={"sampleRate": 44100})
    pcm = read_wav(spoken)
    assert pcm.rate == 44100
    speech = speech_of(shared, wav(silence(2) + pcm.samples + silence(3) + pcm.samples + silence(1)))
    segments = speech["segments"]
    first, last = segments[0], segments[-1]
    assert first["start"] == pytest.approx(2, abs=0.4)
    assert last["end"] == pytest.approx(5 + 2 * pcm.seconds, abs=0.5)
    assert speech["pauses"]["longest"] == pytest.approx(3, abs=0.8)
    assert speech["pauses"]["count"] == len(segments) - 1
    assert speech["share"] == pytest.approx(2 * pcm.seconds / (6 + 2 * pcm.seconds), abs=0.15)


def test_nobody_speaks_in_noise_and_silence(shared):
    speech = speech_of(shared, wav(silence(2) + noise(4) + silence(2)))
    assert speech["segments"] == []
    assert speech["share"] == 0
