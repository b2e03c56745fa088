"""What lies in a data folder, looked at from outside."""

import hashlib
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path


def database(data_dir: Path) -> Path:
    return Path(data_dir) / "soundbite.db"


def integrity(data_dir: Path) -> str:
    """"ok", or what SQLite finds wrong. For a folder that no server owns."""
    with closing(sqlite3.connect(database(data_dir))) as db:
        return "\n".join(row[0] for row in db.execute("PRAGMA integrity_check"))


def rows(data_dir: Path, sql: str) -> list[tuple]:
    """For a folder that no server owns."""
    with closing(sqlite3.connect(database(data_dir))) as db:
        return db.execute(sql).fetchall()


def kept_counts_are_true(data_dir: Path) -> bool:
    """The kept counters against a count of the records."""
    kept = rows(data_dir, "SELECT pending, processing, ready, failed, cancelled, dead_lettered FROM counts")[0]
    by_status = dict(rows(data_dir, "SELECT status, count(*) FROM job GROUP BY status"))
    dead = rows(data_dir, "SELECT count(*) FROM job WHERE dead_lettered = 1")[0][0]
    counted = (*(by_status.get(status, 0) for status in range(5)), dead)
    assert kept == counted, f"kept {kept}, counted {counted}"
    return True


def blobs(data_dir: Path) -> list[Path]:
    """The finished audio, whatever owns it."""
    return sorted(one for one in (Path(data_dir) / "blobs").rglob("*") if one.is_file())


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def age(paths: list[Path], seconds: float = 7200) -> None:
    """Makes files look old, so that the sweeper does not take them for a completion under way."""
    then = time.time() - seconds
    for one in paths:
        os.utime(one, (then, then))


def snapshot(folder: Path) -> dict[str, tuple]:
    """Name, kind, rights and content of everything in a folder."""
    found = {}
    for one in sorted(Path(folder).rglob("*")):
        status = one.lstat()
        found[str(one.relative_to(folder))] = (status.st_mode, status.st_size, sha256(one) if one.is_file() else "")
    return found
