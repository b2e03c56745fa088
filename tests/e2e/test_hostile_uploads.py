"""Uploads as attackers, broken clients and bad networks send them: refused with a reason, nothing left behind, and the
server stays healthy."""

import http.client
import json
import socket
import threading

import folders
import httpx
import pytest
from plain_wav import wav
from serving import poll

TONE = wav(0.2)

FAKES = {
    "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(100),
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(100),
    "html": b"<!doctype html><html><script>alert(1)</script></html>",
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "m3u8": b"#EXTM3U\n#EXT-X-VERSION:3\nhttp://127.0.0.1:1/secret\n",
    "ffconcat": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "sdp": b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\n",
    "mpd": b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"/>',
    "gzip": b"\x1f\x8b\x08\0" + bytes(100),
    "elf": b"\x7fELF" + bytes(100),
    "text": b"just text, but long enough to be looked at twice " * 200,
}


@pytest.fixture
def quiet(serve):
    """A server whose folder can be looked at."""
    return serve(workers=0)


def raw(server, data: bytes, *, end: bool = False) -> bytes:
    """Sends bytes as they are, and what the server answers until it closes or is silent for a while."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as link:
        link.sendall(data)
        if end:
            link.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while piece := link.recv(65536):
                answer += piece
        except (TimeoutError, ConnectionResetError):
            pass
        return answer


def left_behind(server) -> list:
    """Files under the data folder that hold what was uploaded."""
    scratch = [one for one in server.data_dir.rglob("*") if one.is_file() and "upload" in str(one.parent)]
    return folders.blobs(server.data_dir) + scratch


def test_what_is_no_audio_is_refused_whatever_it_is_called(quiet):
    for name, data in FAKES.items():
        for send in (
            lambda data=data: quiet.client.post(
                "/api/v1/files?name=song.mp3", content=data, headers={"Content-Type": "audio/mpeg"}
            ),
            lambda data=data: quiet.client.post("/api/v1/files", files={"file": ("song.mp3", data, "audio/mpeg")}),
        ):
            answer = send()
            assert answer.status_code == 415, f"{name}: {answer.text}"
            assert answer.json()["errors"][0]["code"] == "unsupported_media"
    assert left_behind(quiet) == []


def test_a_connection_dropped_at_any_phase_leaves_nothing(quiet):
    head = f"POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(TONE)}\r\n\r\n".encode()
    chunked = b"POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n' + TONE + b"\r\n--x--"
    form = (
        "POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    creation = head.replace(b"/files ", b"/uploads ").replace(
        b"\r\n\r\n",
        f"\r\nTus-Resumable: 1.0.0\r\nUpload-Length: {len(TONE)}\r\n"
        "Content-Type: application/offset+octet-stream\r\n\r\n".encode(),
    )
    requests = [
        head + TONE,
        chunked + f"{len(TONE):x}\r\n".encode() + TONE + b"\r\n0\r\n\r\n",
        form + body,
        creation + TONE,
    ]
    for request in requests:
        for cut in (10, len(request) - len(TONE) - 5, len(request) - len(TONE), len(request) // 2, len(request) - 1):
            raw(quiet, request[:cut], end=True)
    poll(lambda: quiet.metric("soundbite_uploads_arriving") == 0, what="nothing arrives any more")
    assert quiet.client.get("/api/v1/files").json()["items"] == []
    poll(lambda: left_behind(quiet) == [], what="nothing is left behind")


def test_a_wrong_length_is_not_a_file(quiet):
    short = raw(
        quiet, b"POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\n" + TONE, end=True
    )
    assert b" 201 " not in short
    for wrong in (b"+5", b"-1", b"5, 5", b"0x5", b"99999999999999999999"):
        answer = raw(quiet, b"POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + wrong + b"\r\n\r\n")
        assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 413")), (wrong, answer[:100])
    assert left_behind(quiet) == []


def test_a_file_past_the_limit_is_refused_before_it_is_sent(quiet):
    head = b"POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000001\r\n"
    for expect in (b"", b"Expect: 100-continue\r\n"):
        answer = raw(quiet, head + expect + b"\r\n")
        assert answer.startswith(b"HTTP/1.1 413") and b"100000000" in answer


def test_no_bytes_are_no_file(quiet):
    for answer in (
        quiet.client.post("/api/v1/files", content=b""),
        quiet.client.post("/api/v1/files", files={"file": ("a.wav", b"")}),
    ):
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "empty_file")


def test_names_are_shown_and_never_used(quiet):
    outside = folders.snapshot(quiet.data_dir.parent).keys()
    tricks = {
        "../../../../tmp/evil.wav": "evil.wav",
        "..\\..\\evil.wav": "evil.wav",
        "/etc/cron.d/evil": "evil",
        "a\u202egnp.wav": "agnp.wav",
        "a\u0001b\r\nSet-Cookie:x=1.wav": "abSet-Cookie:x=1.wav",
        "..": "",
        "x" * 300: "x" * 255,
        '";filename="other.wav': '";filename="other.wav',
        "%2e%2e%2fa.wav": "%2e%2e%2fa.wav",
    }
    for sent, shown in tricks.items():
        answer = quiet.client.post("/api/v1/files", params={"name": sent}, content=TONE)
        assert answer.status_code == 201, (sent, answer.text)
        assert answer.json()["name"] == shown, sent
        content = quiet.client.get(answer.json()["links"]["content"])
        assert content.content == TONE and "set-cookie" not in content.headers
    appeared = [one for one in folders.snapshot(quiet.data_dir.parent).keys() - outside if "evil" in one]
    assert appeared == []
    assert quiet.client.post("/api/v1/files?name=%00", content=TONE).status_code == 422
    assert quiet.client.post("/api/v1/files?name=%c0%ae", content=TONE).status_code == 422


def test_forms_that_are_not_well_formed_are_refused(quiet):
    def form(body: bytes, boundary: str = "x") -> httpx.Response:
        kind = f"multipart/form-data; boundary={boundary}"
        return quiet.client.post("/api/v1/files", content=body, headers={"Content-Type": kind})

    part = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n' + TONE + b"\r\n"
    assert form(part + b"--x--").status_code == 201
    assert form(part).status_code == 400, "no end"
    assert form(b"preamble\r\n" + part + b"--x--").status_code == 400
    assert form(part + b"--x--\r\nepilogue").status_code == 400
    assert form(part + b"--x--", boundary="x" * 71).status_code == 400
    assert form(b"--x\r\nContent-Disposition: form-data;\r\n name=file\r\n\r\n" + TONE + b"\r\n--x--").status_code == 400
    assert form(b"--x\r\nX: " + b"a" * 17_000 + b"\r\n\r\n\r\n--x--").status_code == 431
    assert form(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 101 + b"--x--").status_code in (400, 422)
    assert len(quiet.client.get("/api/v1/files").json()["items"]) == 1


def test_compressed_bodies_are_refused(quiet):
    answer = quiet.client.post("/api/v1/files", content=TONE, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 415


def test_ten_thousand_tiny_files_are_all_kept(quiet):
    made = []

    def send(count: int) -> None:
        link = http.client.HTTPConnection("127.0.0.1", quiet.port, timeout=60)
        for _ in range(count):
            link.request("POST", "/api/v1/files", body=TONE, headers={"Content-Type": "audio/wav"})
            made.append(json.loads(link.getresponse().read())["id"])
        link.close()

    senders = [threading.Thread(target=send, args=(10_000 // 8,)) for _ in range(8)]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    assert len(set(made)) == 10_000
    assert quiet.client.get("/api/v1/files", params={"limit": 100}).json()["nextCursor"]
    assert quiet.client.get(f"/api/v1/files/{made[0]}/content").content == TONE
    assert quiet.healthy()


def test_requests_cannot_set_what_is_ours(quiet):
    form = {"request": (None, json.dumps({"id": "x", "status": "ready", "userId": "u"})), "file": ("a.wav", TONE)}
    answer = quiet.client.post("/api/v1/soundbites", files=form)
    assert answer.status_code == 422
    assert {one["pointer"] for one in answer.json()["errors"]} == {"/id", "/status", "/userId"}
