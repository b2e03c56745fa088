"""The media program killed, stopped or gone: jobs are tried again and end ready, and nothing piles up."""

import contextlib
import functools
import os
import signal
import threading
import time

import audio_file
import folders
import pytest
from processes import alive, media_children, media_zygote, open_files, resident_mb, zombies
from recordings import noise, wav
from serving import ESPEAK, poll

# Long enough to be caught in the act, short enough to be made again.
TEXT = "The river runs past the mill and on to the sea, as it has always done. " * 120


# Operations and an analysis that keep the child busy for as long.
RECIPE = [{"op": "denoise"}, {"op": "loudness", "target": -16}, {"op": "fade", "in": 0.1}]
MADE_OF_A_RECORDING = {"audio.mp3", "analysis.json", "waveform.dat", "waveform.png", "spectrogram.png"}

both = pytest.mark.parametrize("kind", ["speech", "recording"])


@functools.cache
def recording() -> bytes:
    return wav(noise(20, level=0.1))


def submit(server, kind: str) -> str:
    """A job of some seconds: the child only encodes speech, of a recording it makes everything."""
    if kind == "speech":
        return server.submit(TEXT, format="mp3")
    file = server.client.post("/api/v1/files", content=recording()).json()["id"]
    request = {"fileId": file, "process": RECIPE, "analysis": True, "output": {"format": "mp3"}}
    answer = server.client.post("/api/v1/soundbites", json=request)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def caught_child(server, job: str, besides: frozenset[int] = frozenset()) -> int:
    # Before its sandbox is known, the media program forks children only to try it: they end at once.
    poll(lambda: server.client.get("/health").json()["sandbox"], every=0.002, what="the sandbox is known")
    server.await_processing(job)
    return poll(lambda: set(media_children(server.pid)) - besides, every=0.002, what="the media program works").pop()


def made(server, job: str) -> dict[str, set[str]]:
    """What lies in the blobs of a job, by attempt."""
    found: dict[str, set[str]] = {}
    for one in folders.blobs(server.data_dir):
        if one.parent.parent.name == job:
            found.setdefault(one.parent.name, set()).add(one.name)
    return found


def shows_nothing_yet(server, job: str) -> bool:
    answers = {what: server.client.get(f"/api/v1/soundbites/{job}/{what}").status_code for what in ("audio", "analysis", "waveform")}
    assert set(answers.values()) <= {404, 409}, answers
    return True


@pytest.fixture(scope="module")
def hung(soundbite, tmp_path_factory):
    """A server whose media children hang from the beginning of this file's tests: their time is long, so others run
    meanwhile. By kind: the job, and its child."""
    from serving import Server

    with Server(soundbite, tmp_path_factory.mktemp("hung") / "data", workers=2) as server:
        jobs = {}
        for kind in ("speech", "recording"):
            job = submit(server, kind)
            child = caught_child(server, job, besides=frozenset(child for _, child in jobs.values()))
            os.kill(child, signal.SIGSTOP)
            jobs[kind] = job, child
        yield server, jobs, time.monotonic()
        for _, child in jobs.values():
            with contextlib.suppress(ProcessLookupError):
                if child in media_children(server.pid):
                    os.kill(child, signal.SIGKILL)


@both
def test_a_killed_child_costs_one_attempt(serve, hung, kind):
    server = serve(workers=1)
    job = submit(server, kind)
    os.kill(caught_child(server, job), signal.SIGKILL)
    poll(lambda: server.get(job).json()["attempts"] == 1, what="the failure is counted")
    if server.status(job) == "pending":  # it waits for a while before it is tried again
        assert shows_nothing_yet(server, job) and not made(server, job)
    record = server.settle(job)
    assert record["status"] == "ready" and record["attempts"] == 1, record
    assert "error" not in record
    assert made(server, job) == {"2": MADE_OF_A_RECORDING if kind == "recording" else {"audio.mp3"}}
    server.speak("The next, please.")
    assert server.healthy() and not zombies(server.pid)


@both
def test_a_job_whose_child_always_dies_is_a_dead_letter_that_can_be_retried(serve, kind):
    server = serve(workers=1)
    job = submit(server, kind)
    done = threading.Event()

    def kill_them_all() -> None:
        while not done.wait(0.002):
            for child in media_children(server.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)

    killer = threading.Thread(target=kill_them_all)
    killer.start()
    try:
        record = server.settle(job)
    finally:
        done.set()
        killer.join()
    assert record["status"] == "failed" and record["attempts"] == 3, record
    assert record["error"]["detail"] and "/" not in record["error"]["detail"]
    assert shows_nothing_yet(server, job) and not made(server, job)
    assert server.metric("soundbite_dead_letters") == 1
    assert server.client.post(f"/api/v1/soundbites/{job}/retry").status_code == 202
    record = server.settle(job)
    assert record["status"] == "ready" and record["attempts"] == 0
    assert server.metric("soundbite_dead_letters") == 0
    poll(lambda: not zombies(server.pid))


@both
def test_a_killed_zygote_is_started_again(serve, kind):
    server = serve(workers=2)
    jobs = [submit(server, kind) for _ in range(3)]
    caught_child(server, jobs[0])
    first = media_zygote(server.pid)
    os.kill(first, signal.SIGKILL)
    for job in jobs:
        record = server.settle(job)
        assert record["status"] == "ready" and record["attempts"] <= 1, record
    second = media_zygote(server.pid)
    assert second and second != first
    assert server.client.get("/health").json()["status"] == "ok"
    poll(lambda: not zombies(server.pid), what="the dead are buried")
    # Also while nothing runs.
    os.kill(second, signal.SIGKILL)
    server.speak("Another one.")


def test_stop_signals_meant_for_the_server_do_not_end_its_media_program(serve):
    server = serve(workers=1)
    job = server.submit(TEXT, format="mp3")
    child = caught_child(server, job)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        os.kill(child, number)
        os.kill(media_zygote(server.pid), number)
    record = server.settle(job)
    assert record["status"] == "ready" and record["attempts"] == 0, record


@both
@pytest.mark.parametrize("way", ["cancel", "delete", "terminate"])
def test_a_stopped_child_holds_nobody_up(serve, way, kind):
    server = serve(workers=1, extra=("--grace", "1s"))
    job = submit(server, kind)
    child = caught_child(server, job)
    os.kill(child, signal.SIGSTOP)
    if way == "terminate":
        assert server.terminate() == 0
    else:
        if way == "cancel":
            assert server.client.post(f"/api/v1/soundbites/{job}/cancel").status_code == 202
        else:
            assert server.client.delete(f"/api/v1/soundbites/{job}").status_code == 204
        server.speak("The next, please.")
        assert not made(server, job)
    poll(lambda: not alive(child), what="the stopped child is killed")


def test_hundreds_of_jobs_leave_no_file_open_no_zombie_and_no_memory(serve):
    server = serve(workers=2)

    def run(count: int) -> None:
        jobs = [server.submit(f"Number {n}.", format=("wav", "mp3", "opus", "m4a")[n % 4]) for n in range(count)]
        for n, job in enumerate(jobs):
            if n % 10 == 0:
                server.client.post(f"/api/v1/soundbites/{job}/cancel")
        for job in jobs:
            assert server.settle(job)["status"] in ("ready", "cancelled")

    def quiet() -> bool:
        return not media_children(server.pid) and not zombies(server.pid)

    run(30)
    poll(quiet)
    files, zygote_files, memory = open_files(server.pid), open_files(media_zygote(server.pid)), resident_mb(server.pid)
    run(100)
    poll(quiet, what="no encoder and no zombie is left")
    # The readers of the database open theirs when they are first needed.
    poll(lambda: open_files(server.pid) <= files + 4, what=f"{files} open files as before")
    assert open_files(media_zygote(server.pid)) == zygote_files
    assert resident_mb(server.pid) < memory + 40
    assert server.metric("soundbite_dead_letters") == 0


def loudness_over_time(content: bytes) -> list[float]:
    """RMS of every 20 ms: where the syllables are."""
    pcm = audio_file.read_wav(content)
    window = pcm.rate // 50
    return [audio_file.rms(pcm.samples[at : at + window]) for at in range(0, len(pcm.samples) - window, window)]


def alike(one: list[float], other: list[float]) -> float:
    """Correlation of two courses of loudness, at the best of a few shifts; 1 is the same."""

    def at(shift: int) -> float:
        pairs = list(zip(one[max(0, shift) :], other[max(0, -shift) :]))
        mean_a, mean_b = (sum(side) / len(pairs) for side in zip(*pairs))
        spread_a = sum((a - mean_a) ** 2 for a, _ in pairs)
        spread_b = sum((b - mean_b) ** 2 for _, b in pairs)
        return sum((a - mean_a) * (b - mean_b) for a, b in pairs) / (spread_a * spread_b) ** 0.5

    return max(at(shift) for shift in range(-3, 4))


def test_a_text_sounds_the_same_whoever_speaks_beside(serve):
    """espeak-ng keeps its state in globals: speaking twice at once would mix words, voices and speeds silently. Its
    pitch flutters on from one text to the next, so bytes are never the same; words and their places are."""
    server = serve(workers=4)
    texts = {
        ESPEAK: "She sells sea shells by the sea shore, and the shells she sells are sea shells.",
        "espeak:de": "Fischers Fritz fischt frische Fische, frische Fische fischt Fischers Fritz.",
        "espeak:ru": "Карл у Клары украл кораллы, а Клара у Карла украла кларнет.",
    }
    kinds = [(voice, speed) for voice in texts for speed in (1, 1.7)]
    alone = {kind: loudness_over_time(server.speak(texts[kind[0]], voice=kind[0], speed=kind[1])[1]) for kind in kinds}
    others = [alike(alone[a], alone[b]) for a in kinds for b in kinds if a != b]
    assert max(others) < 0.4, "the measure tells texts and speeds apart"
    jobs = [(kind, server.submit(texts[kind[0]], voice=kind[0], speed=kind[1])) for _ in range(8) for kind in kinds]
    for kind, job in jobs:
        assert server.settle(job)["status"] == "ready"
        heard = loudness_over_time(server.audio(job).content)
        assert abs(len(heard) - len(alone[kind])) <= 2, kind
        # A syllable may come some milliseconds later than the last time: 0.7 to 1 were measured, others have 0.24.
        assert alike(heard, alone[kind]) > 0.55, kind


@both
def test_a_hung_child_is_killed_and_the_job_made_again(hung, kind):
    # The last of the file: the children have been hanging since the first.
    server, jobs, since = hung
    job, child = jobs[kind]
    record = server.settle(job, seconds=180)
    assert record["status"] == "ready" and record["attempts"] == 1, record
    assert list(made(server, job)) == ["2"]
    assert not alive(child)
    assert time.monotonic() - since > 20, "half a minute is for slow disks, not for hung programs"
    assert server.healthy()
    poll(lambda: not zombies(server.pid))
