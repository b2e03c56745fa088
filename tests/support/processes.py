"""What /proc tells of a process. Linux only."""

import os
import re
from pathlib import Path


def _stat(pid: int) -> list[str]:
    # The command's name may hold spaces and brackets: fields are counted from the last ')'. The first is the state.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def state(pid: int) -> str:
    """One letter as ps shows it; empty when there is no such process."""
    try:
        return _stat(pid)[0]
    except OSError:
        return ""


def alive(pid: int) -> bool:
    return state(pid) not in ("", "Z", "X")


def children(pid: int) -> list[int]:
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                if int(_stat(int(entry))[1]) == pid:
                    found.append(int(entry))
            except (OSError, IndexError):
                pass
    return found


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def media_zygote(server: int) -> int | None:
    """The living process that a server forks its media children from."""
    living = [one for one in children(server) if command(one).startswith("soundbite-media") and alive(one)]
    return living[0] if living else None


def media_children(server: int) -> list[int]:
    zygote = media_zygote(server)
    return [one for one in children(zygote) if alive(one)] if zygote else []


def zombies(server: int) -> list[int]:
    """Dead descendants that nobody has waited for."""
    found = [server]
    for one in found:
        found += children(one)
    return [one for one in found if state(one) == "Z"]


def open_files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def resident_mb(pid: int, field: str = "VmRSS") -> float:
    """VmRSS: now. VmHWM: the most it ever was."""
    return int(re.search(rf"^{field}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.M)[1]) / 1024
