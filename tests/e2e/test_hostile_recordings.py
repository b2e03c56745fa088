"""Recordings that are none, that are broken, or that want to do harm: a clear error, and nothing opened or reached."""

import contextlib
import os
import random
import socket
import struct
import subprocess
import threading
import time
from pathlib import Path

import pytest
from recordings import encoded, tone, wav

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 200


@pytest.fixture
def honeypot():
    """Counts the connections to a port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    visits = []

    def wait() -> None:
        while True:
            try:
                visits.append(listener.accept()[1])
            except OSError:
                return

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    yield listener.getsockname()[1], visits
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def upload(server, content: bytes, name: str):
    return server.client.post("/api/v1/files", files={"file": (name, content, "audio/mpeg")})


def outcome(server, content: bytes, name: str = "talk.mp3", **request) -> dict:
    """The settled record of a job on this recording."""
    answer = upload(server, content, name)
    assert answer.status_code == 201, answer.text
    answer = server.client.post("/api/v1/soundbites", json={"fileId": answer.json()["id"], "output": {"format": "wav"}, **request})
    assert answer.status_code == 202, answer.text
    return server.settle(answer.json()["id"])


def code_of(record: dict) -> str:
    assert record["status"] == "failed", record
    return record["error"]["errors"][0]["code"]


@pytest.mark.parametrize(
    "content",
    [
        PNG,
        b"%PDF-1.7\n" + b"x" * 500,
        b"<!DOCTYPE html><html><body>hello</body></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:1/a.ts\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nm=audio 5004 RTP/AVP 0\r\n",
        b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"/>',
        b"RIFF\x24\x00\x00\x00AVI LIST",
        random.Random(1).randbytes(5000),
        b"\x00" * 5000,
    ],
    ids=["png", "pdf", "html", "svg", "m3u8", "ffconcat", "sdp", "mpd", "avi", "random", "zeros"],
)
def test_what_is_no_recording_is_refused_at_the_door(shared, content):
    answer = upload(shared, content, "talk.mp3")
    assert answer.status_code == 415, answer.text
    problem = answer.json()
    assert problem["errors"][0]["code"] == "unsupported_media", problem


@pytest.mark.parametrize("name", ["talk.mp3", "talk.flac", "talk.m4a", "talk.ogg"])
def test_a_wrong_extension_is_told_and_changes_nothing(shared, tmp_path, name):
    content = encoded(wav(tone(1)), tmp_path, "right.aiff")
    record = outcome(shared, content, name, analysis=True)
    assert record["status"] == "ready", record
    told = shared.client.get(record["links"]["analysis"]).json()["input"]
    assert told["container"] == "aiff" and told["integrity"]["renamed"] is True


@pytest.mark.parametrize("name", ["cut.mp3", "cut.flac", "cut.m4a", "cut.ogg", "cut.wav"])
def test_a_recording_cut_anywhere_is_an_error_or_is_told(shared, tmp_path, name):
    whole = encoded(wav(tone(5)), tmp_path, name)
    for percent in (1, 10, 50, 90, 99):
        content = whole[: max(1, len(whole) * percent // 100)]
        answer = upload(shared, content, name)
        if answer.status_code != 201:
            assert answer.status_code in (415, 422), answer.text
            continue
        job = shared.client.post("/api/v1/soundbites", json={"fileId": answer.json()["id"], "analysis": True, "output": {"format": "wav"}})
        record = shared.settle(job.json()["id"])
        if record["status"] == "failed":
            assert code_of(record) in ("undecodable", "too_short", "no_audio", "unsupported_media"), record
        elif name in ("cut.flac", "cut.wav", "cut.mp3"):
            told = shared.client.get(record["links"]["analysis"]).json()["input"]
            assert told["integrity"]["truncated"] is True, (percent, told["integrity"], told["duration"])


def test_flipped_bits_never_break_the_server(shared, tmp_path):
    source = random.Random(7)
    for name in ("talk.mp3", "talk.flac", "talk.m4a", "talk.ogg", "talk.opus", "talk.mka"):
        content = bytearray(encoded(wav(tone(2, rate=48000), rate=48000), tmp_path, name))
        for _ in range(40):
            content[source.randrange(64, len(content))] ^= 1 << source.randrange(8)
        answer = upload(shared, bytes(content), name)
        if answer.status_code == 201:
            job = shared.client.post("/api/v1/soundbites", json={"fileId": answer.json()["id"], "output": {"format": "wav"}})
            assert shared.settle(job.json()["id"])["status"] in ("ready", "failed")
    assert shared.healthy()


@pytest.mark.parametrize("claim", [0xFFFFFFF0, 0xF0000000])
def test_a_wav_that_claims_four_gigabytes_gives_what_it_has(shared, claim):
    content = bytearray(wav(tone(1)))
    content[4:8] = content[40:44] = struct.pack("<I", claim)
    record = outcome(shared, bytes(content), "big.wav", analysis=True)
    assert record["status"] == "ready", record
    assert abs(record["output"]["durationSeconds"] - 1) < 0.001


def test_an_mp3_that_claims_ten_hours_gives_what_it_has_and_tells_both(shared, tmp_path):
    content = bytearray(encoded(wav(tone(5)), tmp_path, "talk.mp3"))
    xing = max(content.find(b"Xing"), content.find(b"Info"))
    content[xing + 8 : xing + 12] = struct.pack(">I", 36000 * 44100 // 1152)
    record = outcome(shared, bytes(content), "talk.mp3", analysis=True)
    assert record["status"] == "ready", record
    told = shared.client.get(record["links"]["analysis"]).json()["input"]
    assert told["duration"]["declared"] > 35000 and abs(told["duration"]["decoded"] - 5) < 0.1
    assert told["integrity"]["truncated"] is True


@pytest.mark.parametrize(("rate", "channels"), [(1, 1), (44100, 65535), (4_000_000_000, 1)])
def test_headers_beyond_reason_are_refused(shared, rate, channels):
    content = bytearray(wav(tone(1)))
    content[22:24] = struct.pack("<H", channels)
    content[24:28] = struct.pack("<I", rate)
    content[28:32] = struct.pack("<I", min(rate * channels * 2, 0xFFFFFFFF))
    content[32:34] = struct.pack("<H", channels * 2 & 0xFFFF)
    record = outcome(shared, bytes(content), "odd.wav")
    assert code_of(record) in ("limit_exceeded", "undecodable", "unsupported_media", "no_audio"), record


def test_hours_of_silence_in_few_bytes_end_at_the_limit(serve, tmp_path):
    server = serve(extra=("--max-audio", "60s"))
    bomb = encoded(wav([0.0] * 44100 * 90), tmp_path, "bomb.flac")
    assert len(bomb) < 200_000
    record = outcome(server, bomb, "bomb.flac")
    assert code_of(record) == "too_long", record


def test_a_playlist_inside_a_recording_reaches_nobody(shared, honeypot):
    port, visits = honeypot
    playlist = f"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:{port}/x.mp3\n".encode()
    for content in (playlist, b"ID3\x04\x00\x00\x00\x00\x00\x00" + playlist, wav(tone(0.2)) + playlist):
        answer = upload(shared, content, "list.mp3")
        if answer.status_code == 201:
            job = shared.client.post("/api/v1/soundbites", json={"fileId": answer.json()["id"], "output": {"format": "wav"}})
            shared.settle(job.json()["id"])
    assert visits == []


def test_a_tag_of_a_hundred_megabytes_is_an_error_and_takes_no_memory(serve):
    from processes import resident_mb

    server = serve(extra=("--max-file", "120MB"))
    size = 100_000_000
    header = b"ID3\x04\x00\x00" + bytes([(size >> shift) & 0x7F for shift in (21, 14, 7, 0)])
    server.speak("The voice is loaded.", voice="en_US-joe-medium")
    before = resident_mb(server.pid)
    answer = server.client.post("/api/v1/files", content=header + bytes(size), headers={"Content-Type": "audio/mpeg"})
    if answer.status_code == 201:
        job = server.client.post("/api/v1/soundbites", json={"fileId": answer.json()["id"], "output": {"format": "wav"}})
        record = server.settle(job.json()["id"])
        assert record["status"] == "failed", record
    else:
        assert answer.status_code in (415, 422)
    assert resident_mb(server.pid) < before + 60


def test_a_recipe_that_holds_much_audio_back_takes_no_memory_for_it(shared, tmp_path):
    from processes import media_children, resident_mb

    source = tmp_path / "long.flac"
    tones = "aevalsrc=0.2*sin(440*PI*t)|0.2*sin(550*PI*t):s=44100:d=660"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", tones, source], check=True, timeout=120)
    file = upload(shared, source.read_bytes(), "long.flac").json()["id"]
    hold = [{"op": "fade", "out": 600}, {"op": "fade", "out": 600}]
    job = shared.client.post("/api/v1/soundbites", json={"fileId": file, "process": hold, "output": {"format": "mp3"}}).json()["id"]
    most = 0.0
    while shared.client.get(f"/api/v1/soundbites/{job}").json()["status"] in ("pending", "processing"):
        for child in media_children(shared.pid):
            with contextlib.suppress(OSError, TypeError):  # it may have ended
                most = max(most, resident_mb(child, "VmHWM"))
        time.sleep(0.05)
    assert shared.settle(job)["status"] == "ready"
    assert 20 < most < 150, "two fades of ten minutes are 420 MB of samples"


@pytest.mark.parametrize("told", [None, 5, 3599, 36000], ids=["unknown", "short", "allowed", "true"])
def test_ten_hours_of_silence_are_refused_in_a_moment_whatever_their_header_says(shared, tmp_path, told):
    from processes import media_zygote

    def spent() -> float:
        """CPU seconds of all media children that ended."""
        fields = Path(f"/proc/{media_zygote(shared.pid)}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")

    made = tmp_path / "hours.flac"
    # Ten minutes of noise before it, so that it is not as small as silence alone.
    sound = "anoisesrc=r=8000:a=0.5:d=600,apad=whole_dur=36000"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", sound, "-c:a", "flac", made], check=True, timeout=120)
    content = bytearray(made.read_bytes())
    assert len(content) > 8_000_000
    total = 0 if told is None else told * 8000
    content[21] = content[21] & 0xF0 | total >> 32
    content[22:26] = struct.pack(">I", total & 0xFFFFFFFF)
    before = spent()
    assert code_of(outcome(shared, bytes(content), "bomb.flac")) == "too_long"
    assert spent() - before < 2
