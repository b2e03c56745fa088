"""How the server stops, and what it refuses to start on."""

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time

import folders
import httpx
import pytest
from processes import alive, children, media_children
from serving import ESPEAK, VOICES, clean_environment, poll

GRACE_S = 20


def start(soundbite, data_dir, *words, prefix=()) -> subprocess.CompletedProcess:
    argv = [*prefix, soundbite, "serve", "--workers", 1, "--voices-dir", VOICES, "--data-dir", data_dir, *(words or ("--listen", "127.0.0.1:0"))]
    return subprocess.run([str(one) for one in argv], capture_output=True, text=True, timeout=60, env=clean_environment())


def refused(result: subprocess.CompletedProcess, *words: str) -> None:
    """One clear line, exit 1."""
    assert result.returncode == 1, result
    assert result.stdout == ""
    lines = [line for line in result.stderr.splitlines() if line]
    assert len(lines) == 1 and lines[0].startswith("soundbite: "), result.stderr
    for word in words:
        assert word in lines[0], lines[0]


# ---- Stopping.


def test_sigterm_under_load_loses_no_acknowledged_job(serve, tmp_path):
    data_dir = tmp_path / "data"
    acknowledged: list[str] = []
    long_ones: list[str] = []
    odd: list[str] = []
    for _ in range(3):
        server = serve(data_dir, extra=("--grace", "2s"))
        long_ones.append(server.submit("A long one is under way. " * 3000, format="mp3"))
        stop = threading.Event()

        def post(url: str = server.url, stop: threading.Event = stop) -> None:
            with httpx.Client(base_url=url, timeout=30, trust_env=False, verify=False) as http, contextlib.suppress(httpx.TransportError):
                for _ in range(40):
                    if stop.is_set():
                        return
                    answer = http.post("/api/v1/soundbites", json={"text": "Under load.", "voiceId": ESPEAK, "output": {"format": "wav"}})
                    if answer.status_code == 202:
                        acknowledged.append(answer.json()["id"])
                    elif answer.status_code != 503:
                        odd.append(answer.text)
                    time.sleep(0.01)

        clients = [threading.Thread(target=post) for _ in range(4)]
        for one in clients:
            one.start()
        helpers = children(server.pid)
        time.sleep(random.uniform(0.1, 0.6))
        begin = time.monotonic()
        code = server.terminate()
        took = time.monotonic() - begin
        stop.set()
        for one in clients:
            one.join()
        assert code == 0
        assert took < GRACE_S
        poll(lambda: not any(alive(one) for one in helpers), what="its media program ends with it")
        assert folders.integrity(data_dir) == "ok" and folders.kept_counts_are_true(data_dir)
    assert not odd
    assert len(acknowledged) > 20
    server = serve(data_dir)
    for job in long_ones:
        assert server.get(job).json()["interruptions"] == 0, "given back, not lost"
        assert server.client.delete(f"/api/v1/soundbites/{job}").status_code == 204
    for job in acknowledged:
        record = server.settle(job)
        assert record["status"] == "ready" and record["attempts"] == 0 and record["interruptions"] == 0, record
    assert len(folders.blobs(data_dir)) == len(acknowledged)


def test_what_is_under_way_is_finished_within_the_grace(serve, tmp_path):
    server = serve(tmp_path / "data", workers=1)
    job = server.submit("A minute of speech, more or less. " * 40, format="mp3")
    server.await_processing(job)
    assert server.terminate() == 0
    again = serve(tmp_path / "data", workers=0)
    record = again.get(job).json()
    assert record["status"] == "ready" and record["attempts"] == 0, record


def test_those_who_wait_get_an_answer_and_new_ones_are_told_to_go(serve):
    server = serve(workers=1)
    job = server.submit("A long one is under way. " * 4000, format="mp3")
    server.await_processing(job)
    answers: list[httpx.Response] = []

    def wait() -> None:
        with httpx.Client(base_url=server.url, timeout=60, trust_env=False, verify=False) as http:
            answers.append(http.get(f"/api/v1/soundbites/{job}", params={"wait": 30}))

    waiters = [threading.Thread(target=wait) for _ in range(5)]
    for one in waiters:
        one.start()
    poll(lambda: server.metric("soundbite_http_connections") >= 6, what="all of them are connected")
    time.sleep(0.5)  # and what they ask has arrived
    begin = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    for one in waiters:
        one.join(30)
    assert time.monotonic() - begin < 15, "nobody waits out his thirty seconds"
    assert len(answers) == 5 and all(one.status_code == 200 for one in answers)
    # A second signal ends it at once; the job is not lost by that either.
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(30)
    again = serve(server.data_dir, workers=0)
    assert again.get(job).json()["status"] == "pending"


def test_sigint_stops_as_sigterm_does(serve):
    server = serve()
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(30) == 0


def test_a_stop_in_the_midst_of_the_start_is_clean(soundbite, tmp_path):
    argv = [soundbite, "serve", "--listen", "127.0.0.1:0", "--data-dir", tmp_path / "data", "--voices-dir", VOICES]
    for delay in (0.0, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16):
        process = subprocess.Popen([str(one) for one in argv], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=clean_environment())
        try:
            time.sleep(delay)
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=30)
            assert process.returncode in (0, -signal.SIGTERM), said
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


# ---- Refusing to start.


def test_a_second_server_on_the_folder_is_refused_and_the_first_goes_on(soundbite, serve):
    server = serve(workers=1)
    job = server.submit("Mine. " * 500, format="mp3")
    refused(start(soundbite, server.data_dir), str(server.data_dir), str(server.pid), "--data-dir")
    assert server.settle(job)["status"] == "ready"
    assert server.terminate() == 0
    # Through another name it is the same folder.
    first = serve(server.data_dir)
    link = server.data_dir.with_name("another-name")
    link.symlink_to(server.data_dir)
    refused(start(soundbite, link), str(first.pid))


def test_a_second_server_on_the_port_is_refused_and_leaves_its_folder_usable(soundbite, serve, tmp_path):
    server = serve(workers=0)
    result = start(soundbite, tmp_path / "other", "--listen", f"127.0.0.1:{server.port}")
    assert result.returncode == 1 and result.stdout == "" and f"127.0.0.1:{server.port}" in result.stderr.splitlines()[-1]
    assert server.healthy()
    other = serve(tmp_path / "other")
    other.speak("The folder is fine.")


def test_a_folder_that_the_user_cannot_write_is_refused(soundbite, serve, tmp_path):
    first = serve(tmp_path / "data")
    first.speak("From when I could write.")
    assert first.terminate() == 0
    for one in [tmp_path, *tmp_path.rglob("*")]:
        one.chmod(one.stat().st_mode & 0o555)
    # Root may write all the same, unless that right is taken away. Still root, so that the program is found in /root.
    bound = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
    before = folders.snapshot(tmp_path / "data")
    refused(start(soundbite, tmp_path / "data", prefix=bound), str(tmp_path / "data"), "--data-dir")
    refused(start(soundbite, tmp_path / "new", prefix=bound), str(tmp_path / "new"))
    assert folders.snapshot(tmp_path / "data") == before and not (tmp_path / "new").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
def test_a_read_only_file_system_is_refused(soundbite, serve, tmp_path):
    data = tmp_path / "data"
    first = serve(data)
    first.speak("From when I could write.")
    assert first.terminate() == 0
    if subprocess.run(["mount", "--bind", data, data], capture_output=True).returncode != 0:
        pytest.skip("this machine lets nobody mount")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", data], check=True, capture_output=True)
        before = folders.snapshot(data)
        refused(start(soundbite, data), str(data))
        assert folders.snapshot(data) == before
    finally:
        subprocess.run(["umount", data], check=True)


def settled_folder(serve, data_dir) -> str:
    """A folder with one finished job, and the job."""
    server = serve(data_dir)
    record, _ = server.speak("Made by this version.")
    assert server.terminate() == 0
    return record["id"]


def test_a_folder_of_a_newer_version_is_refused_and_not_touched(soundbite, serve, tmp_path):
    data = tmp_path / "data"
    job = settled_folder(serve, data)

    def set_version(version: int) -> None:
        with contextlib.closing(sqlite3.connect(folders.database(data))) as db:
            db.execute(f"PRAGMA user_version = {version}")
            db.commit()

    version = folders.rows(data, "PRAGMA user_version")[0][0]
    set_version(version + 1)
    before = content_of(data)
    refused(start(soundbite, data), str(data), "newer")
    assert content_of(data) == before
    set_version(version)
    assert serve(data).status(job) == "ready"


def content_of(data_dir) -> dict:
    """What lies in the folder, but for the lock that each owner signs and what SQLite keeps beside an open file."""
    ignored = ("lock", "soundbite.db-shm", "soundbite.db-wal", "ballast")
    return {name: entry for name, entry in folders.snapshot(data_dir).items() if name not in ignored}


def another_program(path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
        db.execute("INSERT INTO recipes VALUES ('bread')")
        db.commit()


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.write_bytes(b"Dear diary, today I wrote a database of my own. " * 200),
        lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 64),
        another_program,
        lambda path: path.mkdir(),
        lambda path: path.symlink_to("/etc/hostname"),
    ],
    ids=["text", "damaged header", "database of another program", "folder", "link"],
)
def test_a_file_that_is_not_ours_is_refused_and_not_touched(soundbite, tmp_path, make):
    data = tmp_path / "data"
    data.mkdir()
    make(folders.database(data))
    before = content_of(data)
    refused(start(soundbite, data), str(data))
    assert {name: entry for name, entry in content_of(data).items() if name in before} == before


def test_a_file_where_the_folder_should_be_is_refused(soundbite, tmp_path):
    (tmp_path / "data").write_text("not a folder")
    refused(start(soundbite, tmp_path / "data"), str(tmp_path / "data"))
    assert (tmp_path / "data").read_text() == "not a folder"


def test_a_damaged_database_is_told_and_serves_no_wrong_answers(soundbite, serve, tmp_path):
    data = tmp_path / "data"
    server = serve(data)
    for n in range(30):
        server.submit(f"Number {n}.", metadata={"filler": "x" * 250})
    poll(lambda: not server.client.get("/api/v1/soundbites", params={"status": "pending"}).json()["items"], seconds=90)
    assert server.terminate() == 0
    size = folders.database(data).stat().st_size
    with open(folders.database(data), "r+b") as file:
        for page in range(2, size // 4096, 2):
            file.seek(page * 4096 + 8)
            file.write(bytes(4000))
    process = subprocess.Popen(
        [str(one) for one in (soundbite, "serve", "--listen", "127.0.0.1:0", "--data-dir", data, "--voices-dir", VOICES)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment(),
    )  # fmt: skip
    try:
        line = process.stdout.readline()
        if not line:  # seen at the start
            assert process.wait(30) == 1 and str(data) in process.stderr.read()
            return
        with httpx.Client(base_url=line.split()[-1], timeout=30, trust_env=False, verify=False) as http:
            answer = http.get("/api/v1/soundbites", params={"limit": 100})
            assert answer.status_code in (200, 500, 503), answer.text
            if answer.status_code != 200:
                assert answer.headers["content-type"] == "application/problem+json"
                assert str(tmp_path) not in answer.text
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode in (0, 1)


def test_no_encoder_outlives_a_server_that_ends_in_the_midst_of_work(serve):
    server = serve(workers=2)
    for _ in range(2):
        server.submit("Nobody hears the end of this. " * 3000, format="mp3")
    running = poll(lambda: media_children(server.pid), what="encoders run")
    server.kill()
    poll(lambda: not any(alive(one) for one in running), what="the encoders are gone")
