"""The disk that fails: every N-th call once, then a full one. Clean answers, no crash, nothing lost, nothing counted
against a job."""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess

import folders
import httpx
import pytest
from plain_wav import wav_of_size
from serving import JOE, Server, poll

JOBS = 4


def integral(data_dir) -> None:
    assert folders.integrity(data_dir) == "ok"
    assert folders.kept_counts_are_true(data_dir)


def failing(preload, data_dir, **plan: object) -> dict[str, str]:
    variables = {f"FAILING_DISK_{name.upper()}": str(value) for name, value in plan.items()}
    return {"LD_PRELOAD": preload("failing_disk"), "FAILING_DISK_FOLDER": str(data_dir), **variables}


def is_clean_refusal(answer: httpx.Response) -> bool:
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code == 503 and problem["type"] in ("/problems/storage-full", "/problems/unavailable"), answer.text
    assert int(answer.headers["retry-after"]) > 0
    return True


def work_through(server: Server) -> tuple[list[str], set[str]]:
    """Posts, reads, deletes; whatever fails must say so cleanly. The jobs acknowledged, and those asked to be deleted."""
    acknowledged, deleted = [], set()
    for n in range(JOBS):
        answer = server.post(f"Text number {n}.")
        if answer.status_code == 202:
            acknowledged.append(answer.json()["id"])
        else:
            is_clean_refusal(answer)
    for job in acknowledged:
        record = server.settle(job)
        assert record["status"] == "ready" and record["attempts"] <= 1, record
        assert server.audio(job).content[:4] == b"RIFF"
    if acknowledged:
        job = acknowledged.pop()
        deleted.add(job)
        answer = server.client.delete(f"/api/v1/soundbites/{job}")
        assert answer.status_code == 204 or is_clean_refusal(answer)
    assert server.healthy()
    return acknowledged, deleted


# The start itself makes some ten calls, the four jobs and the delete about a hundred.
@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("at", [1, 2, 4, 8, 16, 32, 64, 128])
def test_the_nth_call_fails_once(soundbite, serve, tmp_path, preload, error, at):
    data_dir = tmp_path / "data"
    acknowledged, deleted = [], set()
    log = tmp_path / "failing.log"
    try:
        server = serve(data_dir, env=failing(preload, data_dir, at=at, error=error), log=log)
    except AssertionError:
        # It failed at the start: one line that says why, nothing more.
        lines = [line for line in log.read_text().splitlines() if line.startswith("soundbite: ")]
        assert len(lines) == 1 and str(data_dir) in lines[0], log.read_text()
    else:
        acknowledged, deleted = work_through(server)
        assert server.metric("soundbite_dead_letters") == 0
        assert server.terminate() == 0
    if folders.database(data_dir).exists() and folders.database(data_dir).stat().st_size:
        integral(data_dir)

    server = serve(data_dir)
    for job in acknowledged:
        assert server.status(job) == "ready" and server.audio(job).status_code == 200
    for job in deleted:
        assert server.get(job).status_code in (200, 404)
    record, _ = server.speak("The disk is well again.")
    assert record["attempts"] == 0
    assert server.terminate() == 0
    integral(data_dir)


def test_a_disk_that_fails_from_some_point_on_answers_503_until_the_next_start(serve, tmp_path, preload):
    data_dir = tmp_path / "data"
    first = serve(data_dir)
    kept, _ = first.speak("Before the disk broke.")
    assert first.terminate() == 0
    server = serve(data_dir, env=failing(preload, data_dir, at=30, count=0, error="EIO"))
    acknowledged = []
    for n in range(40):
        answer = server.post(f"Number {n}.")
        if answer.status_code != 202:
            is_clean_refusal(answer)
            break
        acknowledged.append(answer.json()["id"])
    else:
        pytest.fail("the disk never failed")
    is_clean_refusal(server.client.delete(kept["links"]["self"]))
    assert server.get(kept["id"]).status_code == 200 and server.audio(kept["id"]).status_code == 200
    assert server.client.get("/health/live").status_code == 200
    server.terminate()
    integral(data_dir)
    again = serve(data_dir)
    for job in [*acknowledged, kept["id"]]:
        assert again.settle(job)["status"] == "ready"
    assert again.metric("soundbite_dead_letters") == 0


def use_up_log(server: Server, data_dir) -> None:
    """The log has room of its own, which outlasts that of the disk. Uploads without bytes fill it and keep nobody busy."""
    log = folders.database(data_dir).with_name("soundbite.db-wal")
    room = log.stat().st_size
    for _ in range(5_000):
        if log.stat().st_size > room:
            return
        made = server.client.post("/api/v1/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "10"})
        assert made.status_code == 201, made.text
    pytest.fail("the log never grew")


def test_a_full_disk_is_a_state_and_not_a_failure(serve, tmp_path, preload):
    data_dir, sign = tmp_path / "data", tmp_path / "full"
    server = serve(data_dir, workers=1, env=failing(preload, data_dir, **{"while": sign}))
    ready = [server.speak(f"Number {n}.")[0] for n in range(3)]
    waiting = [server.submit("Under way when the disk fills up. " * 700, format="flac") for _ in range(2)]
    server.await_processing(waiting[0])
    use_up_log(server, data_dir)
    sign.touch()
    poll(lambda: server.post("No room.").status_code == 503, what="POST notices")
    answer = server.post("No room.")
    assert is_clean_refusal(answer) and answer.json()["type"] == "/problems/storage-full"
    health = server.client.get("/health")
    assert health.json()["status"] == "degraded" and health.json()["checks"]["disk"] != "ok"
    # What only reads goes on. (Deleting needs the room that is held back, which this disk does not give.)
    assert server.client.get("/api/v1/soundbites").status_code == 200
    assert server.audio(ready[0]["id"]).status_code == 200
    answer = server.client.delete(ready[0]["links"]["self"])
    assert answer.status_code == 204 or is_clean_refusal(answer)
    for job in waiting:
        record = server.get(job, wait=1).json()
        assert record["status"] in ("pending", "processing") and record["attempts"] == 0, record
    sign.unlink()
    for job in waiting:
        record = server.settle(job)
        assert record["status"] == "ready" and record["attempts"] == 0, record
    poll(lambda: server.client.get("/health").json()["status"] == "ok", what="all is well again")
    server.speak("There is room again.")
    assert server.metric("soundbite_dead_letters") == 0
    assert server.terminate() == 0
    integral(data_dir)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 24 MiB that really fills up."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount")
    where = tmp_path / "disk"
    where.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", where], capture_output=True).returncode != 0:
        pytest.skip("this machine lets nobody mount")
    yield where
    subprocess.run(["umount", "--lazy", where], check=True)


def fill(where) -> list:
    """Takes all the room there is, to the last block."""
    made = []
    for size in (1 << 20, 1 << 16, 1 << 12):
        path = where / f"filler-{size}"
        made.append(path)
        with open(path, "wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                if file.write(bytes(size)) < size:
                    break
    usage = shutil.disk_usage(where)
    assert usage.free < 1 << 14, usage
    return made


def leave(where, room: int) -> None:
    """Fills the disk but for that much."""
    largest = fill(where)[0]
    os.truncate(largest, largest.stat().st_size - room)


def make_room(where) -> None:
    for one in where.glob("filler-*"):
        one.unlink()


@pytest.fixture
def cleanly(small_disk, soundbite):
    """Starts servers on the small disk; they end before it is unmounted."""
    started = []

    def start(**options) -> Server:
        one = Server(soundbite, small_disk / "data", log=small_disk.with_name(f"server-{len(started)}.log"), **options)
        started.append(one)
        return one

    yield start
    for one in started:
        print(one.log_tail())
        one.close()


def test_a_disk_that_is_really_full(small_disk, cleanly):
    server = cleanly(workers=2, extra=("--disk-reserve", "2MiB"))
    ready = [server.speak(f"Number {n}. " * 20)[0] for n in range(4)]
    waiting = [server.submit("Four minutes of speech that have no room. " * 100, output={"sampleRate": 48000}) for _ in range(2)]
    fill(small_disk)
    poll(lambda: server.post("No room.").status_code == 503, what="POST notices")
    answer = server.post("No room.")
    assert is_clean_refusal(answer) and answer.json()["type"] == "/problems/storage-full"
    for record in ready[:3]:
        assert server.audio(record["id"]).status_code == 200
        assert server.client.delete(record["links"]["self"]).status_code == 204
        assert server.get(record["id"]).status_code == 404
    # Whatever was under way waits; no attempt is spent on it.
    for job in waiting:
        assert server.get(job, wait=1).json()["attempts"] == 0
    make_room(small_disk)
    for job in waiting:
        server.client.delete(f"/api/v1/soundbites/{job}")
    poll(lambda: server.post("Room again.").status_code == 202, what="POST works again")
    record, _ = server.speak("Room again, and a voice.")
    assert record["attempts"] == 0
    assert server.status(ready[3]["id"]) == "ready"
    assert server.metric("soundbite_dead_letters") == 0
    assert server.terminate() == 0
    integral(small_disk / "data")


def test_a_job_larger_than_the_disk_waits_instead_of_failing(small_disk, cleanly):
    server = cleanly(workers=1, extra=("--disk-reserve", "1MiB"))
    job = server.submit("An hour of speech does not fit on this disk. " * 1000, output={"sampleRate": 48000})
    server.await_processing(job)

    def out_of_room() -> bool:
        return "storage_full" in server.log_path.read_text()

    poll(out_of_room, seconds=90, what="the attempt finds no room")
    record = server.get(job).json()
    assert record["status"] in ("pending", "processing") and record["attempts"] == 0, record
    assert server.client.delete(f"/api/v1/soundbites/{job}").status_code == 204
    answer = poll(lambda: (one := server.post("A small one fits.")).status_code == 202 and one, what="the room is noticed")
    assert server.settle(answer.json()["id"])["status"] == "ready"
    assert server.healthy()


def test_a_start_on_a_full_disk(small_disk, cleanly):
    server = cleanly(workers=1, extra=("--disk-reserve", "1MiB"))
    record, _ = server.speak("From better days.")
    assert server.terminate() == 0
    fill(small_disk)
    server = cleanly(workers=1, extra=("--disk-reserve", "1MiB"))
    assert server.audio(record["id"]).status_code == 200
    assert is_clean_refusal(server.post("No room."))
    assert server.client.delete(record["links"]["self"]).status_code == 204
    assert server.terminate() == 0
    make_room(small_disk)
    server = cleanly(workers=1, extra=("--disk-reserve", "1MiB"))
    assert server.get(record["id"]).status_code == 404
    server.speak("Room again.")
    assert server.terminate() == 0
    integral(small_disk / "data")


# Every way that a recording takes in: each sends all of it and gives the last answer.


def send_form(server: Server, content: bytes) -> httpx.Response:
    return server.client.post("/api/v1/files", files={"file": ("talk.wav", content)})


def send_raw(server: Server, content: bytes) -> httpx.Response:
    return server.client.post("/api/v1/files", content=content)


def send_chunked(server: Server, content: bytes) -> httpx.Response:
    pieces = (content[at : at + 100_000] for at in range(0, len(content), 100_000))
    return server.client.post("/api/v1/files", content=pieces)


def send_presigned(server: Server, content: bytes) -> httpx.Response:
    order = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "contentType": "audio/wav"}
    slot = server.client.post("/api/v1/files/presign", json=order).json()
    return server.client.put(slot["url"], content=content, headers=slot["headers"])


def send_with_job(server: Server, content: bytes) -> httpx.Response:
    request = (None, json.dumps({"process": [], "output": {"format": "mp3"}}), "application/json")
    return server.client.post("/api/v1/soundbites", files={"request": request, "file": ("talk.wav", content)})


def send_tus_at_once(server: Server, content: bytes) -> httpx.Response:
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(content)), "Content-Type": "application/offset+octet-stream"}
    return server.client.post("/api/v1/uploads", content=content, headers=headers)


def left_of_uploads(data_dir) -> list:
    return folders.blobs(data_dir) + [one for name in ("uploads", "tmp") for one in (data_dir / name).rglob("*")]


RECORDING = wav_of_size(6_000_000)
SHORT_OF_IT = 4_000_000


@pytest.mark.parametrize("send", [send_form, send_raw, send_chunked, send_presigned, send_with_job])
def test_an_upload_that_fills_the_disk_leaves_nothing(small_disk, cleanly, send):
    data_dir = small_disk / "data"
    server = cleanly(workers=0, extra=("--disk-reserve", "1MiB"))
    leave(small_disk, SHORT_OF_IT)
    answer = send(server, RECORDING)
    assert is_clean_refusal(answer) and answer.json()["type"] == "/problems/storage-full"
    poll(lambda: not left_of_uploads(data_dir), what="what came of it is gone")
    # Now it is refused at the door.
    fill(small_disk)
    answer = poll(lambda: (one := send(server, RECORDING[:1000])).status_code == 503 and one, what="it is noticed")
    assert is_clean_refusal(answer) and answer.json()["type"] == "/problems/storage-full"
    assert not left_of_uploads(data_dir)
    make_room(small_disk)
    answer = poll(lambda: (one := send(server, RECORDING)).is_success and one, what="there is room again")
    file = answer.json().get("source", {}).get("fileId") or answer.json()["id"]
    assert server.client.get(f"/api/v1/files/{file}/content").content == RECORDING
    assert len(left_of_uploads(data_dir)) == 1
    assert server.terminate() == 0
    integral(data_dir)
    assert folders.rows(data_dir, "SELECT (SELECT count(*) FROM file), (SELECT count(*) FROM job)") == [(1, send is send_with_job)]


def test_a_resumable_upload_goes_on_where_the_disk_was_full(small_disk, cleanly):
    data_dir = small_disk / "data"
    server = cleanly(workers=0, extra=("--disk-reserve", "1MiB"))
    headers = {"Tus-Resumable": "1.0.0"}
    chunk = {**headers, "Content-Type": "application/offset+octet-stream"}
    created = server.client.post("/api/v1/uploads", headers={**headers, "Upload-Length": str(len(RECORDING))})
    place = created.headers["location"]
    offset = lambda: server.client.head(place, headers=headers).headers["upload-offset"]  # noqa: E731

    def send(data: bytes) -> httpx.Response:
        return server.client.patch(place, content=data, headers={**chunk, "Upload-Offset": offset()})

    assert send(RECORDING[:1_000_000]).status_code == 204
    leave(small_disk, SHORT_OF_IT - 1_000_000)
    assert is_clean_refusal(send(RECORDING[1_000_000:]))
    assert 1_000_000 <= int(offset()) < len(RECORDING)
    fill(small_disk)
    answer = poll(lambda: (one := send(RECORDING[int(offset()) :])).status_code == 503 and one, what="it is noticed")
    assert answer.json()["type"] == "/problems/storage-full"
    answer = send_tus_at_once(server, RECORDING[:1000])
    assert is_clean_refusal(answer) and answer.json()["type"] == "/problems/storage-full"
    assert len(left_of_uploads(data_dir)) == 1
    make_room(small_disk)
    poll(lambda: send(RECORDING[int(offset()) :]).status_code == 204, what="there is room again")
    file = server.client.head(place, headers=headers).headers["soundbite-file-id"]
    assert server.client.get(f"/api/v1/files/{file}/content").content == RECORDING
    assert len(left_of_uploads(data_dir)) == 1
    assert server.terminate() == 0
    integral(data_dir)
    assert folders.rows(data_dir, "SELECT count(*) FROM file") == [(1,)]


def test_a_piper_voice_speaks_on_after_the_disk_was_full(serve, tmp_path, preload):
    data_dir, sign = tmp_path / "data", tmp_path / "full"
    server = serve(data_dir, env=failing(preload, data_dir, **{"while": sign}))
    sign.touch()
    poll(lambda: server.post("No.", voice=JOE).status_code == 503)
    sign.unlink()
    poll(lambda: server.post("Yes.", voice=JOE).status_code == 202)
    server.speak("Yes, again.", voice=JOE)
