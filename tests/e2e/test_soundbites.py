"""The API as a client uses it: post text, wait, fetch audio; list, cancel, delete, retry."""

import hashlib
import re
import shutil
import time

import audio_file
import pytest
from folders import blobs
from processes import media_children
from serving import ESPEAK, JOE, VOICES, poll

UUID_V7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
# Hours of speech: whoever finishes it in a test's time did not make it.
ENDLESS = "The river runs past the mill and on to the sea. " * 2080


def problem_of(answer, status: int, name: str) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"/problems/{name}"
    assert problem["status"] == status
    assert problem["title"] and problem["instance"].startswith("urn:uuid:") and INSTANT.fullmatch(problem["timestamp"])
    assert problem["correlationId"] == answer.headers["x-correlation-id"]
    return problem


# ---- From text to audio.


def test_posted_text_becomes_audio(shared):
    posted = shared.client.post(
        "/api/v1/soundbites",
        json={"text": "Good morning, everyone.", "voiceId": ESPEAK, "output": {"format": "wav"}, "metadata": {"order": "42"}},
    )
    assert posted.status_code == 202
    job = posted.json()
    assert UUID_V7.fullmatch(job["id"])
    assert posted.headers["location"] == job["links"]["self"] == f"/api/v1/soundbites/{job['id']}"
    assert job["status"] == "pending" and job["attempts"] == 0 and job["interruptions"] == 0
    assert job["source"] == {"type": "text", "characters": 23}
    assert job["metadata"] == {"order": "42"} and job["environment"] == "development"
    assert all(INSTANT.fullmatch(job[name]) for name in ("createdAt", "updatedAt", "expiresAt"))
    assert "output" not in job and "audio" not in job["links"]

    answer = shared.client.get(posted.headers["location"], params={"wait": 30})
    assert answer.status_code == 200
    ready = answer.json()
    assert ready["status"] == "ready" and ready["progress"] == 1 and ready["id"] == job["id"]
    assert ready["attempts"] == 0 and ready["interruptions"] == 0
    assert ready["timing"]["queuedMs"] >= 0 and ready["timing"]["processingMs"] >= 0

    audio = shared.client.get(ready["links"]["audio"])
    assert audio.status_code == 200 and audio.headers["content-type"] == "audio/wav"
    pcm = audio_file.read_wav(audio.content)
    output = ready["output"]
    assert output["format"] == "wav" and output["channels"] == pcm.channels == 1
    assert output["sampleRate"] == pcm.rate
    assert output["bytes"] == len(audio.content)
    assert output["sha256"] == hashlib.sha256(audio.content).hexdigest()
    assert output["durationSeconds"] == pytest.approx(pcm.seconds, abs=1e-4)
    assert 0.5 < pcm.seconds < 6
    assert audio_file.rms(pcm.samples) > 0.01, "there is sound"


def test_a_request_that_names_neither_voice_nor_format_gets_the_piper_voice_as_mp3(shared, tmp_path):
    posted = shared.client.post("/api/v1/soundbites", json={"text": "Hello."})
    record = shared.settle(posted.json()["id"])
    assert record["status"] == "ready", record
    assert record["voiceId"] == JOE and record["output"]["format"] == "mp3"
    pcm = audio_file.decode(shared.audio(record["id"]).content, tmp_path, "hello.mp3")
    assert audio_file.rms(pcm.samples) > 0.01


FORMATS = {  # codec and container as ffprobe names them, media type, extension
    "mp3": ("mp3", "mp3", "audio/mpeg", "mp3"),
    "wav": ("pcm_s16le", "wav", "audio/wav", "wav"),
    "flac": ("flac", "flac", "audio/flac", "flac"),
    "opus": ("opus", "ogg", "audio/ogg; codecs=opus", "opus"),
    "vorbis": ("vorbis", "ogg", "audio/ogg; codecs=vorbis", "ogg"),
    "aac": ("aac", "aac", "audio/aac", "aac"),
    "m4a": ("aac", "mov,mp4,m4a,3gp,3g2,mj2", "audio/mp4", "m4a"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_what_it_says_and_as_long_as_it_says(shared, tmp_path, name):
    codec, container, media_type, extension = FORMATS[name]
    record, content = shared.speak("One sentence for each of the formats. And a second one.", format=name)
    audio = shared.client.head(record["links"]["audio"])
    assert audio.headers["content-type"] == media_type
    assert audio.headers["content-disposition"] == f'inline; filename="soundbite-{record["id"]}.{extension}"'

    told = audio_file.probe(content, tmp_path, f"probed.{extension}")
    assert told["stream"]["codec_name"] == codec and told["format"]["format_name"] == container
    assert int(told["stream"]["sample_rate"]) == record["output"]["sampleRate"]
    assert told["stream"]["channels"] == record["output"]["channels"] == 1

    seconds = record["output"]["durationSeconds"]
    pcm = audio_file.decode(content, tmp_path, f"decoded.{extension}")
    # Codecs without a length in their header pad the last frame.
    padding = 0.15 if name in ("aac", "mp3") else 0.03
    assert pcm.seconds == pytest.approx(seconds, abs=padding)
    if name != "aac":  # ADTS has no header that could tell
        assert float(told["format"]["duration"]) == pytest.approx(seconds, abs=padding)
    assert audio_file.rms(pcm.samples) > 0.01


@pytest.mark.parametrize(
    "output",
    [
        {"format": "wav", "sampleRate": 8000, "channels": 2},
        {"format": "wav", "sampleRate": 48000},
        {"format": "flac", "sampleRate": 44100, "channels": 2},
        {"format": "mp3", "sampleRate": 44100, "bitrate": 192000, "channels": 2},
        {"format": "mp3", "bitrate": 48000},
        {"format": "opus", "bitrate": 24000},
        {"format": "vorbis", "sampleRate": 44100, "channels": 2},
        {"format": "aac", "sampleRate": 24000, "bitrate": 64000},
        {"format": "m4a", "sampleRate": 48000, "channels": 2},
    ],
    ids=lambda output: "-".join(str(value) for value in output.values()),
)
def test_rate_channels_and_bitrate_are_as_asked(shared, tmp_path, output):
    name = output["format"]
    record, content = shared.speak("The old clock on the wall has stopped again, and nobody minds.", format=name, output=output)
    told = audio_file.probe(content, tmp_path, f"audio.{FORMATS[name][3]}")
    for asked, shown in (("sampleRate", "sample_rate"), ("channels", "channels")):
        if asked in output:
            assert record["output"][asked] == output[asked] == int(told["stream"][shown])
    if name == "mp3" and "bitrate" in output:
        assert int(told["stream"]["bit_rate"]) == pytest.approx(output["bitrate"], rel=0.02)
    pcm = audio_file.decode(content, tmp_path, "decoded")
    assert pcm.seconds == pytest.approx(record["output"]["durationSeconds"], abs=0.15)


@pytest.mark.parametrize(
    ("output", "pointer", "code"),
    [
        ({"format": "mp3", "sampleRate": 96000}, "/output/sampleRate", "out_of_range"),
        ({"format": "opus", "sampleRate": 44100}, "/output/sampleRate", "out_of_range"),
        ({"format": "wav", "bitrate": 128000}, "/output/bitrate", "not_applicable"),
        ({"format": "mp3", "bitrate": 12345}, "/output/bitrate", "out_of_range"),
        ({"format": "flac", "channels": 6}, "/output/channels", "out_of_range"),
        ({"format": "wma"}, "/output/format", "unknown_format"),
    ],
    ids=str,
)
def test_what_a_format_cannot_do_is_a_field_error_that_says_what_it_can(shared, output, pointer, code):
    answer = shared.client.post("/api/v1/soundbites", json={"text": "No.", "output": output})
    errors = problem_of(answer, 422, "validation-failed")["errors"]
    assert [(one["pointer"], one["code"]) for one in errors] == [(pointer, code)]
    assert errors[0]["detail"]


def test_speed_and_sentence_silence_change_the_length_as_asked(shared):
    text = "The first sentence is here. The second one follows."
    plain = shared.speak(text, sentenceSilence=0)[0]["output"]["durationSeconds"]
    fast = shared.speak(text, sentenceSilence=0, speed=2)[0]["output"]["durationSeconds"]
    spaced = shared.speak(text, sentenceSilence=2)[0]["output"]["durationSeconds"]
    assert fast == pytest.approx(plain / 2, rel=0.35)
    assert spaced - plain == pytest.approx(2, abs=0.1) or spaced - plain == pytest.approx(4, abs=0.1)


def test_volume_is_in_decibels(shared):
    def level(volume: float) -> float:
        return audio_file.rms(audio_file.read_wav(shared.speak("How loud is this?", volume=volume)[1]).samples)

    assert audio_file.decibels(level(-12) / level(0)) == pytest.approx(-12, abs=0.5)


# ---- Fetching audio.


@pytest.fixture(scope="module")
def ready(shared):
    """A finished job and its bytes."""
    return shared.speak("This one is fetched in many ways.")


def test_ranges_answer_the_bytes_asked_for(shared, ready):
    record, content = ready
    size = len(content)
    for asked, begin, end in [
        ("bytes=0-3", 0, 4),
        ("bytes=10-", 10, size),
        ("bytes=-100", size - 100, size),
        (f"bytes=0-{size + 1000}", 0, size),
        (f"bytes={size - 1}-{size - 1}", size - 1, size),
        (f"bytes=-{size * 2}", 0, size),
    ]:
        answer = shared.audio(record["id"], Range=asked)
        assert answer.status_code == 206, asked
        assert answer.headers["content-range"] == f"bytes {begin}-{end - 1}/{size}", asked
        assert answer.content == content[begin:end], asked


@pytest.mark.parametrize("asked", ["bytes={size}-", "bytes={size}-{size}", "bytes=-0"])
def test_a_range_beyond_the_end_is_416_and_tells_the_size(shared, ready, asked):
    record, content = ready
    answer = shared.audio(record["id"], Range=asked.format(size=len(content)))
    problem_of(answer, 416, "range-not-satisfiable")
    assert answer.headers["content-range"] == f"bytes */{len(content)}"


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=a-b", "lines=0-3", "bytes", "bytes=0-1,3-4", "bytes=--1"])
def test_a_range_that_means_nothing_here_gets_the_whole(shared, ready, asked):
    record, content = ready
    answer = shared.audio(record["id"], Range=asked)
    assert answer.status_code == 200 and answer.content == content


def test_if_range_gives_the_part_only_of_the_same_bytes(shared, ready):
    record, content = ready
    etag = shared.audio(record["id"]).headers["etag"]
    same = shared.audio(record["id"], **{"Range": "bytes=0-3", "If-Range": etag})
    assert same.status_code == 206 and same.content == b"RIFF"
    for other in ('"another"', "W/" + etag, "Wed, 21 Oct 2015 07:28:00 GMT"):
        whole = shared.audio(record["id"], **{"Range": "bytes=0-3", "If-Range": other})
        assert whole.status_code == 200 and whole.content == content, other


def test_head_tells_what_get_would_and_sends_no_body(shared, ready):
    record, content = ready
    got = shared.audio(record["id"])
    head = shared.client.head(record["links"]["audio"], headers={"Range": "bytes=0-3"})
    assert head.status_code == 200 and head.content == b""
    for name in ("content-length", "content-type", "etag", "accept-ranges", "content-disposition", "cache-control"):
        assert head.headers[name] == got.headers[name], name
    assert head.headers["content-length"] == str(len(content)) and head.headers["accept-ranges"] == "bytes"


def test_audio_that_the_client_has_is_304(shared, ready):
    record, _ = ready
    etag = shared.audio(record["id"]).headers["etag"]
    for known in (etag, f'"x", {etag}', "*", "W/" + etag):
        answer = shared.audio(record["id"], **{"If-None-Match": known})
        assert answer.status_code == 304 and answer.content == b"" and answer.headers["etag"] == etag, known
    assert shared.audio(record["id"], **{"If-None-Match": '"other"'}).status_code == 200


def test_download_makes_it_an_attachment(shared, ready):
    record, content = ready
    answer = shared.client.get(record["links"]["audio"], params={"download": 1})
    assert answer.content == content
    assert answer.headers["content-disposition"] == f'attachment; filename="soundbite-{record["id"]}.wav"'
    problem_of(shared.client.get(record["links"]["audio"], params={"download": "maybe"}), 422, "validation-failed")


def test_the_record_has_an_etag_that_changes_with_it(shared, ready):
    record, _ = ready
    first = shared.get(record["id"])
    etag = first.headers["etag"]
    again = shared.client.get(record["links"]["self"], headers={"If-None-Match": etag})
    assert again.status_code == 304 and again.content == b""
    assert shared.get(record["id"]).headers["etag"] == etag


# ---- What is not there, or not so.


@pytest.mark.parametrize(
    "id", ["0190a6c0-0000-7000-8000-000000000000", "nonsense", "..%2f..%2fetc%2fpasswd", "%00", "x" * 2000, "0190A6C0-0000-7000-8000-000000000000"]
)
@pytest.mark.parametrize(("method", "tail"), [("GET", ""), ("GET", "/audio"), ("POST", "/cancel"), ("POST", "/retry"), ("DELETE", "")])
def test_an_unknown_id_is_404_in_every_way(shared, id, method, tail):
    problem_of(shared.client.request(method, f"/api/v1/soundbites/{id}{tail}"), 404, "not-found")


def test_methods_and_media_types_that_are_not_for_an_address_are_refused(shared):
    answer = shared.client.put("/api/v1/soundbites", json={})
    problem_of(answer, 405, "method-not-allowed")
    assert {"GET", "POST", "HEAD", "OPTIONS"} <= set(answer.headers["allow"].split(", "))
    problem_of(shared.client.post("/api/v1/soundbites", content="text=hello", headers={"Content-Type": "application/x-www-form-urlencoded"}), 415, "unsupported-media-type")
    problem_of(shared.client.get("/api/v2/soundbites"), 404, "not-found")
    assert shared.client.options("/api/v1/soundbites").status_code == 204


def test_wait_answers_at_its_end_with_the_state_then(serve):
    server = serve(workers=0)
    job = server.submit("Nobody works here.")
    begin = time.monotonic()
    answer = server.get(job, wait=0.3)
    assert time.monotonic() - begin >= 0.29
    assert answer.status_code == 200 and answer.json()["status"] == "pending"
    etag = answer.headers["etag"]
    unchanged = server.client.get(f"/api/v1/soundbites/{job}", params={"wait": 0.2}, headers={"If-None-Match": etag})
    assert unchanged.status_code == 304
    for wrong in ("31", "-1", "nan", "soon", ""):
        problem_of(server.get(job, wait=wrong), 422, "validation-failed")
    problem_of(server.get(job, weit=1), 422, "validation-failed")


# ---- Listing.


def test_the_list_is_newest_first_and_its_cursor_misses_nothing(serve):
    server = serve(workers=0)
    jobs = [server.submit(f"Job {n}.") for n in range(7)]
    server.client.post(f"/api/v1/soundbites/{jobs[2]}/cancel")
    seen, cursor = [], None
    for _ in range(10):
        page = server.client.get("/api/v1/soundbites", params={"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        seen += [one["id"] for one in page["items"]]
        # What comes meanwhile is newer than the cursor and moves nothing.
        server.submit("In between.")
        cursor = page["nextCursor"]
        if not cursor:
            break
    assert seen == jobs[::-1]
    by_status = server.client.get("/api/v1/soundbites", params={"status": "cancelled"}).json()
    assert [one["id"] for one in by_status["items"]] == [jobs[2]] and by_status["nextCursor"] is None
    created = server.get(jobs[3]).json()["createdAt"]
    older = server.client.get("/api/v1/soundbites", params={"createdBefore": created}).json()["items"]
    assert {one["id"] for one in older} <= set(jobs[:3])


def test_every_wrong_parameter_of_the_list_is_named(shared):
    answer = shared.client.get("/api/v1/soundbites", params={"limit": 0, "status": "done", "cursor": "x", "createdAfter": "now", "page": 2})
    errors = problem_of(answer, 422, "validation-failed")["errors"]
    assert len(errors) == 5 and len({one["pointer"] for one in errors}) == 5, errors


# ---- Cancel, delete, retry.


def test_a_waiting_job_is_cancelled_and_can_be_made_after_all(serve, tmp_path):
    idle = serve(tmp_path / "data", workers=0)
    job = idle.submit("Not now.")
    cancelled = idle.client.post(f"/api/v1/soundbites/{job}/cancel")
    assert cancelled.status_code == 202 and cancelled.json()["status"] == "cancelled"
    assert idle.client.post(f"/api/v1/soundbites/{job}/cancel").status_code == 202, "cancelling again changes nothing"
    problem_of(idle.audio(job), 409, "job-cancelled")
    again = idle.client.post(f"/api/v1/soundbites/{job}/retry")
    assert again.status_code == 202 and again.json()["status"] == "pending"
    problem_of(idle.audio(job), 409, "not-ready")
    problem_of(idle.client.post(f"/api/v1/soundbites/{job}/retry"), 409, "conflict")
    assert idle.terminate() == 0

    working = serve(tmp_path / "data")
    assert working.settle(job)["status"] == "ready"
    problem_of(working.client.post(f"/api/v1/soundbites/{job}/cancel"), 409, "conflict")
    problem_of(working.client.post(f"/api/v1/soundbites/{job}/retry"), 409, "conflict")


@pytest.mark.parametrize("voice", [ESPEAK, JOE])
@pytest.mark.parametrize("way", ["cancel", "delete"])
def test_a_running_job_stops_soon_after_the_answer_and_leaves_nothing(serve, way, voice):
    server = serve(workers=1)
    job = server.submit(ENDLESS, voice=voice, format="mp3")
    server.await_processing(job)
    poll(lambda: media_children(server.pid), what="the encoder runs", seconds=60)
    if way == "cancel":
        answer = server.client.post(f"/api/v1/soundbites/{job}/cancel")
        assert answer.status_code == 202 and answer.json()["status"] == "cancelled"
    else:
        assert server.client.delete(f"/api/v1/soundbites/{job}").status_code == 204
    answered = time.monotonic()
    poll(lambda: not media_children(server.pid), what="the encoder is gone", seconds=10)
    # The rule is one second; a busy machine gets more.
    assert time.monotonic() - answered < 4
    assert server.settle(server.submit("The worker is free again."), seconds=30)["status"] == "ready"
    if way == "cancel":
        assert server.status(job) == "cancelled"
    else:
        problem_of(server.get(job), 404, "not-found")
    poll(lambda: len(blobs(server.data_dir)) == 1, what="only the second job's audio is there")


def test_delete_takes_the_audio_with_it(serve):
    server = serve()
    record, _ = server.speak("Soon gone.")
    assert len(blobs(server.data_dir)) == 1
    assert server.client.delete(record["links"]["self"]).status_code == 204
    assert blobs(server.data_dir) == []
    problem_of(server.get(record["id"]), 404, "not-found")
    problem_of(server.audio(record["id"]), 404, "not-found")
    problem_of(server.client.delete(record["links"]["self"]), 404, "not-found")
    assert server.client.get("/api/v1/soundbites").json()["items"] == []


def test_a_job_whose_voice_is_gone_fails_and_a_retry_makes_it_once_the_voice_is_back(serve, tmp_path):
    voices = tmp_path / "voices"
    voices.mkdir()
    for suffix in (".onnx", ".onnx.json"):
        shutil.copy(VOICES / (JOE + suffix), voices / ("guest" + suffix))
    idle = serve(tmp_path / "data", workers=0, voices=voices)
    poll(lambda: idle.client.get("/api/v1/voices/guest").status_code == 200)
    job = idle.submit("Is anybody there?", voice="guest")
    assert idle.terminate() == 0

    for suffix in (".onnx", ".onnx.json"):
        (voices / ("guest" + suffix)).rename(voices / ("away" + suffix + "-"))
    server = serve(tmp_path / "data", voices=voices)
    record = server.settle(job)
    assert record["status"] == "failed"
    assert record["error"]["type"].startswith("/problems/") and record["error"]["detail"], record
    assert record["voiceId"] == "guest" and record["error"]["errors"][0]["pointer"] == "/voiceId"
    problem_of(server.audio(job), 409, "job-failed")
    assert server.metric("soundbite_jobs", status="dead_lettered") == 0

    for suffix in (".onnx", ".onnx.json"):
        (voices / ("away" + suffix + "-")).rename(voices / ("guest" + suffix))
    poll(lambda: server.client.get("/api/v1/voices/guest").status_code == 200, what="the voice is back")
    again = server.client.post(f"/api/v1/soundbites/{job}/retry")
    assert again.status_code == 202 and "error" not in again.json()
    assert server.settle(job)["status"] == "ready"
