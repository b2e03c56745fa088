"""Measuring processes: CPU, memory, time to an event. Linux only (/proc)."""

import json
import os
import re
import resource
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    # The command name may hold spaces and brackets: fields are counted from the last ')'.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def tree(pid: int) -> list[int]:
    """The process and every living descendant of it."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                parents[int(entry)] = int(_stat(int(entry))[1])
            except (OSError, IndexError):
                pass
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def tree_cpu_s(pid: int) -> float:
    """CPU seconds of the tree so far, with those of children it has already waited for."""
    total = 0.0
    for one in tree(pid):
        try:
            total += sum(int(ticks) for ticks in _stat(one)[11:15]) * TICK_S
        except OSError:
            pass
    return total


def _status_mb(pid: int, field: str) -> float:
    try:
        found = re.search(rf"^{field}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.M)
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def tree_rss_mb(pid: int) -> float:
    """Resident memory now, summed over the tree. Pages shared between its processes count more than once."""
    return sum(_status_mb(one, "VmRSS") for one in tree(pid))


def tree_peak_mb(pid: int) -> float:
    """The highest resident memory each living process of the tree has had, summed."""
    return sum(_status_mb(one, "VmHWM") for one in tree(pid))


def command(argv: list, *, stdin: str | None = None, env: dict | None = None) -> dict:
    """Runs a whole command. Its wall and CPU seconds (children included) and peak memory."""
    source = subprocess.PIPE if stdin is not None else subprocess.DEVNULL
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(one) for one in argv], stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env
    )
    feeder = threading.Thread(target=_feed, args=(process, stdin)) if stdin is not None else None
    errors: list[bytes] = []
    reader = threading.Thread(target=lambda: errors.append(process.stderr.read()))
    reader.start()
    if feeder:
        feeder.start()
    out = process.stdout.read()
    reader.join()
    if feeder:
        feeder.join()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(
            f"{' '.join(map(str, argv))}\nexit {process.returncode}: {errors[0].decode(errors='replace')[-2000:]}"
        )
    return {
        "wall_s": wall,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
        "out": out.decode(errors="replace"),
    }


def _feed(process: subprocess.Popen, text: str) -> None:
    try:
        process.stdin.write(text.encode())
        process.stdin.close()
    except BrokenPipeError:
        pass


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """A server started for a bench. With `port` it is ready when that port answers; else when a line on its standard
    output names its address, as SoundBite's does."""

    def __init__(self, argv: list, *, port: int | None = None, env: dict | None = None, log: Path | None = None):
        start = time.perf_counter()
        self.log = open(log or os.devnull, "ab")
        self.process = subprocess.Popen(
            [str(one) for one in argv],
            stdin=subprocess.DEVNULL,
            stdout=self.log if port else subprocess.PIPE,
            stderr=self.log,
            env=env,
            start_new_session=True,
        )
        self.port = port or self._announced_port(log)
        while port and not _answers(port):
            if self.process.poll() is not None:
                raise RuntimeError(f"{argv[0]} did not start (log: {log})")
            time.sleep(0.02)
        self.ready_s = time.perf_counter() - start

    def _announced_port(self, log: Path | None) -> int:
        for raw in self.process.stdout:
            found = re.search(rb"listening on http://[^ ]*:(\d+)", raw)
            if found:
                threading.Thread(target=self._drain, daemon=True).start()
                return int(found[1])
        self.process.wait()
        raise RuntimeError(f"{self.process.args[0]} did not start (log: {log})")

    def _drain(self) -> None:
        for raw in self.process.stdout:
            self.log.write(raw)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Library:
    """A program that loads a voice once, then answers each JSON line on stdin with one on stdout."""

    def __init__(self, argv: list, env: dict | None = None):
        self.process = subprocess.Popen(
            [str(one) for one in argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=env,
        )

    def ask(self, **question) -> dict:
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args[:3]} ended with {self.process.wait()}")
        return json.loads(line)

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def two_cores() -> None:
    """Keeps this program and all it starts on the first two cores, whatever the machine has."""
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:2]))


def open_files(limit: int = 4096) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, limit), hard), hard))
