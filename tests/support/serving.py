"""A SoundBite server under test: the real program, a folder and a port of its own."""

import contextlib
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
VOICES = ROOT / "build" / "deps" / "voices"
JOE = "en_US-joe-medium"
ESPEAK = "espeak:en-us"

# Bounds are for a busy machine: they catch what hangs, not what is slow.
START_S = 60
STOP_S = 60
SETTLE_S = 120


def poll(question, *, seconds: float = 30, every: float = 0.02, what: str = ""):
    """The first true answer. Fails when there is none in time."""
    end = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what or question}")
        time.sleep(every)


def clean_environment(**more: str) -> dict[str, str]:
    """The caller's, without settings of SoundBite that would change what is tested."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOUNDBITE_")}
    return {**kept, **more}


class Server:
    """`soundbite serve`, started and listening. Use as a context manager, or through the fixture `serve`."""

    def __init__(
        self,
        program: Path,
        data_dir: Path,
        *,
        workers: int = 2,
        listen: str = "127.0.0.1:0",
        voices: Path = VOICES,
        extra: tuple = (),
        env: dict[str, str] | None = None,
        log: Path | None = None,
    ):
        self.data_dir = Path(data_dir)
        self.log_path = log or self.data_dir.with_name(self.data_dir.name + ".log")
        argv = [program, "serve", "--listen", listen, "--data-dir", data_dir, "--workers", workers]
        argv += ["--voices-dir", voices, *extra]
        with open(self.log_path, "ab") as log_file:
            self.process = subprocess.Popen(
                [str(one) for one in argv],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log_file,
                env=clean_environment(**(env or {})),
                start_new_session=True,
            )
        self.port = 0
        try:
            self._await_ready_line()
            self.client = httpx.Client(base_url=self.url, timeout=60, trust_env=False, verify=False)
        except BaseException:
            self.kill()
            raise

    def _await_ready_line(self) -> None:
        # A hung start is ended from a timer, so that reading the line can simply block.
        timer = threading.Timer(START_S, self.process.kill)
        timer.start()
        try:
            for line in self.process.stdout:
                if found := re.fullmatch(rb"listening on http://\S+:(\d+)\n", line):
                    self.port = int(found[1])
                    threading.Thread(target=self.process.stdout.read, daemon=True).start()
                    return
        finally:
            timer.cancel()
        raise AssertionError(f"the server did not start, exit {self.process.wait()}:\n{self.log_tail()}")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self.process.pid

    # ---- The API in few words.

    def post(self, text: str, *, voice: str = ESPEAK, format: str = "wav", output: dict | None = None, **fields) -> httpx.Response:
        body = {"text": text, "voiceId": voice, "output": {"format": format, **(output or {})}, **fields}
        return self.client.post("/api/v1/soundbites", json=body)

    def submit(self, text: str, **fields) -> str:
        """The id of the new job."""
        answer = self.post(text, **fields)
        assert answer.status_code == 202, answer.text
        return answer.json()["id"]

    def get(self, job: str, **query) -> httpx.Response:
        return self.client.get(f"/api/v1/soundbites/{job}", params=query)

    def status(self, job: str) -> str:
        answer = self.get(job)
        assert answer.status_code == 200, answer.text
        return answer.json()["status"]

    def settle(self, job: str, *, seconds: float = SETTLE_S) -> dict:
        """The record, once it is settled."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            answer = self.get(job, wait=5)
            assert answer.status_code == 200, answer.text
            record = answer.json()
            if record["status"] in ("ready", "failed", "cancelled"):
                return record
        raise AssertionError(f"job {job} is not settled after {seconds} s: {record}")

    def audio(self, job: str, **headers) -> httpx.Response:
        return self.client.get(f"/api/v1/soundbites/{job}/audio", headers=headers)

    def speak(self, text: str, **fields) -> tuple[dict, bytes]:
        """The record of a finished job, and its audio."""
        record = self.settle(self.submit(text, **fields))
        assert record["status"] == "ready", record
        audio = self.audio(record["id"])
        assert audio.status_code == 200, audio.text
        return record, audio.content

    def await_processing(self, job: str) -> None:
        poll(lambda: self.status(job) == "processing", what=f"job {job} is being processed")

    def healthy(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return self.client.get("/health/ready").status_code == 200
        return False

    def metric(self, name: str, **labels: str) -> float:
        """The sum over all series of that name with those labels."""
        total = 0.0
        for line in self.client.get("/metrics").text.splitlines():
            found = re.fullmatch(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)", line)
            if found and found[1] == name:
                if all(f'{label}="{value}"' in (found[2] or "") for label, value in labels.items()):
                    total += float(found[3])
        return total

    # ---- The process.

    def running(self) -> bool:
        return self.process.poll() is None

    def terminate(self) -> int:
        """SIGTERM. The exit code."""
        if self.running():
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_S)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait(STOP_S)

    def close(self) -> None:
        self.client.close()
        if self.running():
            try:
                self.terminate()
            except subprocess.TimeoutExpired:
                self.kill()
                raise

    def log_tail(self, size: int = 6000) -> str:
        return self.log_path.read_text(errors="replace")[-size:]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
