"""Resumable uploads with a client of others (tuspy), through kills of the server."""

import hashlib
import threading

import httpx
import pytest
from plain_wav import wav, wav_of_size
from serving import poll
from tusclient import client as tus
from tusclient.exceptions import TusCommunicationError

HEADERS = {"Tus-Resumable": "1.0.0"}
CHUNK = {**HEADERS, "Content-Type": "application/offset+octet-stream"}


def uploader(server, path, *, url=None, chunk=200_000, retries=0):
    made = tus.TusClient(f"{server.url}/api/v1/uploads").uploader(
        str(path), chunk_size=chunk, metadata={"filename": path.name}, retries=retries, retry_delay=0.2
    )
    if url:
        made.set_url(url)
        made.offset = made.get_offset()
    return made


def finished_file(server, url: str) -> dict:
    head = server.client.head(url, headers=HEADERS)
    assert head.status_code == 200, head.headers
    return server.client.get(f"/api/v1/files/{head.headers['soundbite-file-id']}").json()


def create(server, length: int) -> str:
    answer = server.client.post("/api/v1/uploads", headers={**HEADERS, "Upload-Length": str(length)})
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


def patch(server, place: str, offset: int, data) -> httpx.Response:
    return server.client.patch(place, content=data, headers={**CHUNK, "Upload-Offset": str(offset)})


def test_a_real_client_uploads_in_pieces_and_at_once(shared, tmp_path):
    recording = tmp_path / "täke.wav"
    recording.write_bytes(wav_of_size(1_000_000))
    for chunk in (123_456, 2_000_000):
        one = uploader(shared, recording, chunk=chunk)
        one.upload()
        file = finished_file(shared, one.url)
        assert file["sha256"] == hashlib.sha256(recording.read_bytes()).hexdigest()
        assert (file["name"], file["bytes"]) == ("täke.wav", 1_000_000)


def test_a_client_goes_on_after_the_server_was_killed(serve, tmp_path):
    recording = tmp_path / "long.wav"
    recording.write_bytes(wav_of_size(3_000_000))
    first = serve(tmp_path / "data", workers=0)
    one = uploader(first, recording)
    for _ in range(7):
        one.upload_chunk()
    place = one.url.removeprefix(first.url)
    first.kill()
    with pytest.raises(Exception):  # noqa: B017 what the transport says
        one.upload_chunk()
    second = serve(tmp_path / "data", workers=0)
    again = uploader(second, recording, url=second.url + place)
    assert again.offset == 1_400_000, "every chunk that was acknowledged is there"
    again.upload()
    assert finished_file(second, place)["sha256"] == hashlib.sha256(recording.read_bytes()).hexdigest()


def test_a_kill_in_the_middle_of_one_long_request_costs_only_what_was_not_kept_yet(serve, tmp_path):
    data = wav_of_size(60_000_000)
    first = serve(tmp_path / "data", workers=0)
    place = create(first, len(data))

    def slowly():
        for at in range(0, 50_000_000, 1_000_000):
            yield data[at : at + 1_000_000]
            if not stop.wait(0.1):
                continue
            return
        stop.wait(60)

    def send():
        try:
            patch(first, place, 0, slowly())
        except httpx.TransportError:
            pass

    stop = threading.Event()
    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    with httpx.Client(base_url=first.url, trust_env=False) as looker:
        offset = lambda: int(looker.head(place, headers=HEADERS).headers["upload-offset"])  # noqa: E731
        seen = poll(offset, what="the server keeps what arrives")
    first.kill()
    stop.set()
    sender.join(30)
    second = serve(tmp_path / "data", workers=0)
    kept = int(second.client.head(place, headers=HEADERS).headers["upload-offset"])
    assert seen <= kept <= 50_000_000
    assert patch(second, place, kept, data[kept:]).status_code == 204
    assert finished_file(second, place)["sha256"] == hashlib.sha256(data).hexdigest()


def test_a_connection_that_ends_keeps_what_arrived(shared):
    data = wav_of_size(400_000)
    place = create(shared, len(data))

    def broken():
        yield data[:150_000]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        httpx.patch(
            shared.url + place,
            content=broken(),
            headers={**CHUNK, "Upload-Offset": "0", "Content-Length": str(len(data))},
            trust_env=False,
        )
    head = lambda: shared.client.head(place, headers=HEADERS).headers["upload-offset"]  # noqa: E731
    poll(lambda: head() == "150000", what="what arrived is kept")
    assert patch(shared, place, 150_000, data[150_000:]).status_code == 204
    assert finished_file(shared, place)["sha256"] == hashlib.sha256(data).hexdigest()


def test_of_many_racing_patches_one_wins(shared):
    data = wav(3.0)
    place = create(shared, len(data))
    start = threading.Barrier(6)
    answers = []

    def race():
        with httpx.Client(base_url=shared.url, trust_env=False, timeout=60) as one:
            start.wait()
            answer = one.patch(place, content=data, headers={**CHUNK, "Upload-Offset": "0"})
            answers.append(answer.status_code)

    racers = [threading.Thread(target=race) for _ in range(6)]
    for one in racers:
        one.start()
    for one in racers:
        one.join()
    assert answers.count(204) == 1, answers
    assert set(answers) <= {204, 423, 409}, "the others are told that it is locked, or by then too late"
    assert finished_file(shared, place)["sha256"] == hashlib.sha256(data).hexdigest()


def test_an_upload_that_is_no_audio_is_refused_and_gone(shared, tmp_path):
    fake = tmp_path / "song.mp3"
    fake.write_bytes(b"<html>" + b" " * 10_000)
    one = uploader(shared, fake)
    with pytest.raises(TusCommunicationError) as refused:
        one.upload()
    assert refused.value.status_code == 415
    assert shared.client.head(one.url, headers=HEADERS).status_code == 404
