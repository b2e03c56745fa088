"""Recordings in, finished audio and its analysis out: the whole way through the API."""

import json
import struct

import pytest
from audio_file import decode, probe, read_wav
from recordings import encoded, measure, noise, silence, tone, wav

SPEECHLIKE = silence(1) + tone(4, level=0.05) + silence(1) + tone(2, level=0.2) + silence(1)


def upload(server, content: bytes, name: str = "talk.wav") -> str:
    answer = server.client.post("/api/v1/files", files={"file": (name, content)})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def submit(server, **request):
    return server.client.post("/api/v1/soundbites", json=request)


def process(server, content: bytes, recipe: list, *, name: str = "talk.wav", output: dict | None = None, **more) -> dict:
    """The record of the finished job."""
    request = {"fileId": upload(server, content, name), "process": recipe, "output": output or {"format": "wav"}, **more}
    answer = submit(server, **request)
    assert answer.status_code == 202, answer.text
    record = server.settle(answer.json()["id"])
    assert record["status"] == "ready", record
    return record


def problem_of(server, answer) -> dict:
    """The first field error of a job that fails."""
    assert answer.status_code == 202, answer.text
    record = server.settle(answer.json()["id"])
    assert record["status"] == "failed", record
    return record["error"]["errors"][0]


def test_one_request_uploads_processes_and_verifies(shared, tmp_path):
    recipe = [
        {"op": "trim", "start": 0.5, "end": 8.5},
        {"op": "silence", "mode": "trim"},
        {"op": "loudness", "target": -16, "truePeak": -1.5},
        {"op": "fade", "in": 0.1, "out": 0.5},
    ]
    request = json.dumps({"process": recipe, "analysis": True, "output": {"format": "mp3"}})
    answer = shared.client.post(
        "/api/v1/soundbites", files={"request": (None, request, "application/json"), "file": ("talk.wav", wav(SPEECHLIKE))}
    )
    assert answer.status_code == 202, answer.text
    record = shared.settle(answer.json()["id"])
    assert record["status"] == "ready", record
    assert record["source"]["type"] == "file"
    assert "voiceId" not in record
    verification = record["output"]["verification"]
    assert verification["pass"], verification
    audio = shared.audio(record["id"]).content
    loudness, peak = measure(audio, tmp_path, "made.mp3")
    assert -17 < loudness < -15
    assert peak <= -1.3
    assert set(record["links"]) >= {"self", "audio", "analysis", "waveform", "waveformPng", "spectrogramPng"}


@pytest.mark.parametrize("name", ["talk.mp3", "talk.flac", "talk.m4a", "talk.ogg", "talk.opus", "talk.aac", "talk.aiff", "talk.caf", "talk.mka"])
def test_every_kind_of_recording_is_read(shared, tmp_path, name):
    content = encoded(wav(tone(3, rate=48000), rate=48000), tmp_path, name)
    record = process(shared, content, [], name=name)
    pcm = read_wav(shared.audio(record["id"]).content)
    assert pcm.rate == 48000
    # A stream of AAC does not tell its encoder's delay.
    assert abs(pcm.seconds - 3) < (0.1 if name == "talk.aac" else 0.03)


def test_trims_to_the_sample(shared):
    record = process(shared, wav(tone(3)), [{"op": "trim", "start": 1, "end": 2}])
    pcm = read_wav(shared.audio(record["id"]).content)
    assert len(pcm.samples) == 44100
    expected = tone(3)[44100:88200]
    assert max(abs(a - b) for a, b in zip(pcm.samples, expected, strict=True)) < 2 / 32768


def test_puts_files_behind_and_under_one_another(shared):
    second = upload(shared, wav(tone(2, hertz=880)))
    record = process(shared, wav(tone(1)), [{"op": "concat", "fileIds": [second]}, {"op": "mix", "fileId": second, "gain": -20}])
    assert abs(record["output"]["durationSeconds"] - 3) < 0.001


def test_keeps_rate_channels_and_tags_unless_asked(shared, tmp_path):
    content = encoded(wav(tone(2, rate=32000), tone(2, rate=32000, hertz=300), rate=32000), tmp_path, "t.flac", "-metadata", "title=Hello")
    record = process(shared, content, [], output={"format": "flac"})
    assert record["output"]["sampleRate"] == 32000 and record["output"]["channels"] == 2
    told = probe(shared.audio(record["id"]).content, tmp_path, "made.flac")
    assert told["format"]["tags"]["TITLE" if "TITLE" in told["format"]["tags"] else "title"] == "Hello"


def test_speech_goes_through_the_same_pipeline(shared, tmp_path):
    answer = shared.post("Good morning to you.", process=[{"op": "loudness", "target": -20}, {"op": "fade", "out": 0.2}], analysis=True)
    assert answer.status_code == 202, answer.text
    record = shared.settle(answer.json()["id"])
    assert record["status"] == "ready", record
    loudness, _ = measure(shared.audio(record["id"]).content, tmp_path, "spoken.wav")
    assert abs(loudness + 20) < 0.7
    analysis = shared.client.get(record["links"]["analysis"]).json()
    assert abs(analysis["output"]["loudness"]["integrated"] + 20) < 0.6
    assert "input" not in analysis


def test_the_analysis_tells_what_is_wrong_and_what_would_help(shared):
    loud = [max(-1.0, min(1.0, 3 * one)) for one in tone(2, level=0.9)]
    record = process(shared, wav(silence(3) + loud + silence(1)), [], analysis=True)
    answer = shared.client.get(record["links"]["analysis"])
    assert answer.headers["content-type"] == "application/json"
    told = answer.json()["input"]
    assert abs(told["duration"]["decoded"] - 6) < 0.001
    assert told["clipping"]["samples"] > 1000 and abs(told["clipping"]["runs"][0]["start"] - 3) < 0.01
    assert abs(told["silences"][0]["end"] - 3) < 0.1
    codes = {one["code"]: one for one in told["insights"]}
    assert "clipped" in codes and "3.0 s" in codes["clipped"]["text"], told["insights"]
    assert told["speech"]["share"] <= 1


def test_real_speech_is_found_where_it_is(shared):
    spoken, content = shared.speak("This is a sentence that somebody says.", voice="en_US-joe-medium")
    pcm = read_wav(content)
    padded = silence(2, rate=pcm.rate) + pcm.samples + silence(2, rate=pcm.rate)
    record = process(shared, wav(padded, rate=pcm.rate), [], analysis=True)
    segments = shared.client.get(record["links"]["analysis"]).json()["input"]["speech"]["segments"]
    assert segments and abs(segments[0]["start"] - 2) < 0.4
    assert abs(segments[-1]["end"] - (2 + spoken["output"]["durationSeconds"])) < 0.4


def test_the_waveform_comes_in_the_formats_of_its_readers(shared):
    record = process(shared, wav(tone(4, level=0.5)), [], analysis=True)
    url = record["links"]["waveform"]
    told = shared.client.get(url)
    assert told.headers["content-type"] == "application/json"
    waveform = told.json()
    assert list(waveform) == ["version", "channels", "sample_rate", "samples_per_pixel", "bits", "length", "data"]
    assert waveform["version"] == 2 and waveform["samples_per_pixel"] == 256 and waveform["bits"] == 16
    assert waveform["length"] == -(-4 * 44100 // 256) and len(waveform["data"]) == 2 * waveform["length"]
    dat = shared.client.get(url, params={"format": "dat"}).content
    version, flags, rate, pixel, length = struct.unpack("<iIiiI", dat[:20])
    assert (version, flags, rate, pixel, length) == (1, 0, 44100, 256, waveform["length"])
    assert list(struct.unpack(f"<{2 * length}h", dat[20:])) == waveform["data"]
    peaks = shared.client.get(url, params={"format": "peaks"}).json()
    assert abs(peaks["duration"] - 4) < 0.01 and 0.49 < max(peaks["peaks"][0]) < 0.51


def test_pictures_are_pictures(shared):
    record = process(shared, wav(tone(2)), [], analysis=True)
    for name in ("waveformPng", "spectrogramPng"):
        answer = shared.client.get(record["links"][name])
        assert answer.headers["content-type"] == "image/png"
        assert answer.content.startswith(b"\x89PNG\r\n\x1a\n")
        again = shared.client.get(record["links"][name], headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304


def test_without_an_analysis_there_is_none(shared):
    record = process(shared, wav(tone(1)), [])
    assert "analysis" not in record["links"]
    answer = shared.client.get(f"/api/v1/soundbites/{record['id']}/analysis")
    assert answer.status_code == 404 and answer.json()["type"].startswith("/problems/")


def test_equal_requests_give_equal_bytes(shared, tmp_path):
    content = encoded(wav(tone(2)), tmp_path, "same.mp3")
    recipe = [{"op": "loudness", "target": -18}, {"op": "tempo", "factor": 1.2}]
    made = [process(shared, content, recipe, output={"format": "m4a"})["output"]["sha256"] for _ in range(2)]
    assert made[0] == made[1]


@pytest.mark.parametrize("seconds", [1.0, 1.4])
def test_short_clips_reach_the_target(shared, seconds, tmp_path):
    record = process(shared, wav(tone(seconds, level=0.02)), [{"op": "loudness", "target": -16}])
    loudness, peak = measure(shared.audio(record["id"]).content, tmp_path, "clip.wav")
    assert abs(loudness + 16) < 0.5 or abs(peak + 1.5) < 0.2


def test_silence_passes_through(shared):
    record = process(shared, wav(silence(2)), [{"op": "loudness", "target": -16}], analysis=True)
    told = shared.client.get(record["links"]["analysis"]).json()
    assert told["output"]["silent"] is True
    assert max(map(abs, read_wav(shared.audio(record["id"]).content).samples)) == 0


def test_too_short_and_nothing_left_are_told_with_their_field(shared):
    short = problem_of(shared, submit(shared, fileId=upload(shared, wav(tone(0.05))), process=[]))
    assert (short["pointer"], short["code"]) == ("/fileId", "too_short")
    recipe = [{"op": "trim", "start": 30, "end": 40}]
    nothing = problem_of(shared, submit(shared, fileId=upload(shared, wav(tone(1))), process=recipe))
    assert nothing["code"] == "nothing_left", nothing


def test_every_wrong_field_of_a_recipe_is_told_at_once(shared):
    file = upload(shared, wav(tone(1)))
    recipe = [{"op": "loudnes"}, {"op": "gain", "gain": 1e308}, {"op": "trim", "start": 5, "end": 1}, {"op": "tempo", "factor": "fast"}]
    answer = submit(shared, fileId=file, process=recipe)
    assert answer.status_code == 422
    errors = {one["pointer"]: one for one in answer.json()["errors"]}
    assert set(errors) == {"/process/0/op", "/process/1/gain", "/process/2/end", "/process/3/factor"}, errors
    assert "loudness" in errors["/process/0/op"]["suggestions"]


def test_an_unknown_file_is_told_before_there_is_a_job(shared):
    missing = "019b0c2e-5a3f-7c11-9a4e-3c5b1f0e7d21"
    answer = submit(shared, fileId=missing, process=[{"op": "mix", "fileId": missing}])
    assert answer.status_code == 422
    assert {one["pointer"]: one["code"] for one in answer.json()["errors"]} == {"/fileId": "unknown_file", "/process/0/fileId": "unknown_file"}


def test_deleting_a_job_removes_all_that_was_made(serve):
    from folders import blobs

    server = serve()
    record = process(server, wav(tone(1)), [], analysis=True)
    assert len(blobs(server.data_dir)) == 6, "the recording, the audio and four beside it"
    assert server.client.delete(record["links"]["self"]).status_code == 204
    assert len(blobs(server.data_dir)) == 1


def test_noise_floor_and_clean_speech_differ(shared):
    noisy = process(shared, wav([a + b for a, b in zip(SPEECHLIKE, noise(9, level=0.05), strict=True)]), [], analysis=True)
    told = shared.client.get(noisy["links"]["analysis"]).json()["input"]
    assert -40 < told["noiseFloor"] < -25
    assert any(one["code"].startswith("nois") for one in told["insights"]), told["insights"]


def test_what_was_made_can_be_decoded_in_every_format(shared, tmp_path):
    for format in ("mp3", "flac", "opus", "vorbis", "aac", "m4a"):
        record = process(shared, wav(tone(2, rate=48000), tone(2, rate=48000), rate=48000), [{"op": "gain", "gain": -3}], output={"format": format})
        pcm = decode(shared.audio(record["id"]).content, tmp_path, f"made.{format}")
        assert pcm.channels == 2 and abs(pcm.seconds - 2) < 0.1, format
        assert record["output"]["verification"]["pass"], record["output"]
