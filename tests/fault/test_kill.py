"""kill -9 of the server, again and again, while clients post, cancel and delete: no acknowledged job is lost or made
twice, and nothing is left over.

SOUNDBITE_KILLS sets how often (default 20), SOUNDBITE_SEED repeats a run."""

import contextlib
import os
import random
import shutil
import threading
import time

import audio_file
import folders
import httpx
from processes import alive, children
from serving import ESPEAK, poll

KILLS = int(os.environ.get("SOUNDBITE_KILLS", "20"))
SEED = int(os.environ.get("SOUNDBITE_SEED", "0")) or random.randrange(1, 2**32)
CLIENTS = 3
JOBS_PER_KILL = 24  # no more than what two workers make in the end while the test waits


class Client(threading.Thread):
    """Posts jobs to whichever server there is, and remembers each that was acknowledged."""

    def __init__(self, number: int, crowd: "Crowd"):
        super().__init__(daemon=True)
        self.number = number
        self.crowd = crowd
        self.dice = random.Random(SEED + number)
        self.kept: dict[str, str] = {}  # acknowledged jobs that must become ready, with their text
        self.given_up: set[str] = set()  # those for which a cancel was sent
        self.deleted: set[str] = set()  # those for which a DELETE was sent
        self.unexpected: list[str] = []

    def run(self) -> None:
        posted = 0
        while not self.crowd.stop.wait(self.dice.uniform(0.005, 0.04)):
            if not self.crowd.take_ticket():
                continue
            posted += 1
            text = f"Job {posted} of client {self.number}."
            # What a killed server does to a connection: any error of the transport.
            with contextlib.suppress(httpx.TransportError):
                self.post(text)

    def post(self, text: str) -> None:
        with httpx.Client(base_url=self.crowd.url, timeout=30, trust_env=False, verify=False) as http:
            body = {"text": text, "voiceId": ESPEAK, "output": {"format": "wav"}}
            answer = http.post("/api/v1/soundbites", json=body)
            if answer.status_code != 202:
                self.unexpected.append(answer.text)
                return
            job = answer.json()["id"]
            what = self.dice.random()
            if what < 0.08:
                self.given_up.add(job)
                http.post(f"/api/v1/soundbites/{job}/cancel")
            elif what < 0.16:
                self.deleted.add(job)
                time.sleep(self.dice.uniform(0, 0.1))
                http.delete(f"/api/v1/soundbites/{job}")
            else:
                self.kept[job] = text


class Crowd:
    """The clients, the address of the server there is, and how many jobs they may post."""

    def __init__(self):
        self.url = ""
        self.stop = threading.Event()
        self.lock = threading.Lock()
        self.tickets = 0
        self.clients = [Client(number, self) for number in range(CLIENTS)]

    def take_ticket(self) -> bool:
        with self.lock:
            if self.tickets <= 0:
                return False
            self.tickets -= 1
            return True

    def all(self, name: str):
        found = [getattr(client, name) for client in self.clients]
        if isinstance(found[0], dict):
            return {key: value for one in found for key, value in one.items()}
        return {one for each in found for one in each}


def kill_at_random_points(serve, data_dir, crowd: Crowd, dice: random.Random) -> None:
    for _ in range(KILLS):
        server = serve(data_dir)
        crowd.url = server.url
        with crowd.lock:
            crowd.tickets = JOBS_PER_KILL
        helpers = children(server.pid)
        # Short times hit the start, longer ones the work.
        time.sleep(dice.choice((0.02, 0.2, 0.5, 1.0)) * dice.uniform(0.1, 1.5))
        server.kill()
        server.client.close()
        poll(lambda: not any(alive(one) for one in helpers), what="its media program ends with the server")


def one_blob_each(server, ready: dict[str, dict]) -> None:
    """Waits for the sweeper, then compares what lies in the folder with what the records say."""

    def swept():
        return len(folders.blobs(server.data_dir)) == len(ready)

    poll(swept, seconds=60, every=0.2, what=f"{len(ready)} blobs remain of {len(folders.blobs(server.data_dir))}")
    in_folder = sorted(folders.sha256(one) for one in folders.blobs(server.data_dir))
    assert in_folder == sorted(record["output"]["sha256"] for record in ready.values())


def test_acknowledged_jobs_survive_kills_and_are_made_exactly_once(serve, tmp_path, preload):
    print(f"seed {SEED}: set SOUNDBITE_SEED to repeat")
    dice = random.Random(SEED)
    data_dir = tmp_path / "data"
    crowd = Crowd()
    with contextlib.ExitStack() as clients:
        clients.callback(lambda: [client.join(60) for client in crowd.clients])
        clients.callback(crowd.stop.set)
        for client in crowd.clients:
            client.start()
        kill_at_random_points(serve, data_dir, crowd, dice)
    kept, given_up, deleted = crowd.all("kept"), crowd.all("given_up"), crowd.all("deleted")
    print(f"{KILLS} kills, {len(kept)} jobs to be ready, {len(given_up)} cancelled, {len(deleted)} deleted")
    assert not crowd.all("unexpected")
    assert len(kept) > KILLS

    # An hour later, so that the sweeper takes no blob for a completion under way. One that nobody owns is among them.
    server = serve(data_dir, env={"LD_PRELOAD": preload("later_clock"), "LATER_CLOCK_S": "3600"})
    records = {job: server.settle(job) for job in kept}
    not_ready = {job: record for job, record in records.items() if record["status"] != "ready"}
    assert not not_ready, f"{len(not_ready)} of {len(records)} are not ready: {list(not_ready.values())[:3]}"
    assert all(record["attempts"] == 0 for record in records.values()), "a kill is no failure of the job"
    interrupted = sum(record["interruptions"] for record in records.values())
    print(f"{interrupted} attempts were interrupted")

    for job in given_up:
        record = server.settle(job)
        assert record["status"] in ("ready", "cancelled"), record
        if record["status"] == "ready":
            records[job] = record
    for job in deleted:
        answer = server.get(job)
        if answer.status_code == 200:  # the server died before it heard of the delete
            records[job] = server.settle(job)
            assert records[job]["status"] == "ready"
        else:
            assert answer.status_code == 404
    # Posts whose answer was lost are jobs too.
    for record in everything(server):
        if record["id"] not in records and record["id"] not in given_up:
            records[record["id"]] = server.settle(record["id"])
            assert records[record["id"]]["status"] == "ready"

    orphan = plant_orphan(data_dir)
    one_blob_each(server, records)
    assert not orphan.exists()
    sample = dice.sample(sorted(kept), min(25, len(kept)))
    for job in sample:
        content = server.audio(job).content
        assert len(content) == records[job]["output"]["bytes"]
        assert audio_file.rms(audio_file.read_wav(content).samples) > 0.01
    assert server.metric("soundbite_dead_letters") == 0
    assert server.terminate() == 0
    assert folders.integrity(data_dir) == "ok"
    assert folders.kept_counts_are_true(data_dir)
    assert list((data_dir / "tmp").iterdir()) == []


def everything(server) -> list[dict]:
    found, cursor = [], None
    while True:
        page = server.client.get("/api/v1/soundbites", params={"limit": 100, **({"cursor": cursor} if cursor else {})}).json()
        found += page["items"]
        cursor = page["nextCursor"]
        if not cursor:
            return found


def plant_orphan(data_dir):
    """As a kill between the blob and the record leaves it: an attempt that no record knows."""
    owned = folders.blobs(data_dir)[0]
    orphan = owned.parent.parent / "0" / owned.name
    orphan.parent.mkdir()
    shutil.copy(owned, orphan)
    return orphan


def test_a_job_that_kills_its_server_again_and_again_is_given_up(serve, tmp_path):
    """One that is interrupted more often than the limit ends as a dead letter instead of being tried for ever."""
    data_dir = tmp_path / "data"
    server = serve(data_dir, workers=1)
    job = server.submit("This text is the death of servers. " * 2000, format="mp3")
    for _ in range(30):
        poll(lambda: server.status(job) != "pending", what="somebody takes the job")
        if server.status(job) != "processing":
            break
        server.kill()
        server.client.close()
        server = serve(data_dir, workers=1)
    record = server.get(job).json()
    assert record["status"] == "failed" and record["interruptions"] == 11, record
    assert record["error"]["type"] == "/problems/interrupted"
    assert server.metric("soundbite_dead_letters") == 1
    assert server.speak("The next one is made.")[0]["status"] == "ready"
