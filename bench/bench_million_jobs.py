"""Status, list, submit and start with 1,000,000 jobs in the table, against 1,000; and the query plans."""

import random
import re
import shutil
import sqlite3
import statistics
import time
from contextlib import ExitStack
from pathlib import Path

from claim import Report, column, interleave
from http_client import Client
from setting import HERE, Missing

TITLE = "1,000,000 jobs in the table, against 1,000"
REQUESTS = 300
NOISE = 1.25  # what "as fast" may mean, of medians of requests on a shared machine
SHARE = 40  # one in so many waits, as many failed: a page of failed ones is full on both sides


def run(setting) -> Report:
    report = Report(TITLE)
    sizes = (1000, max(2000, round(1_000_000 * setting.scale)))
    few, many = (f"{size:,} jobs" for size in sizes)
    try:
        template = _template(setting)
    except Missing as reason:
        report.missing.append(str(reason))
        return report
    folders = {name: _filled(setting, template, size) for name, size in zip((few, many), sizes, strict=True)}
    starts = interleave({name: _starter(setting, folder) for name, (folder, _) in folders.items()}, setting.runs * 3)
    with ExitStack() as stack:
        kinds = {
            name: _kinds(Client(stack.enter_context(setting.serve(folder, workers=0)).port), ids)
            for name, (folder, ids) in folders.items()
        }
        runs = [_requests(kinds) for _ in range(setting.runs)]
    ready = {name: report.add(name, "start", "s", column(rows, "ready_s")) for name, rows in starts.items()}
    report.ratio("start", ready[many], ready[few], NOISE)
    for kind in kinds[few]:
        figures = {name: report.add(name, kind, "ms", [one[name][kind] for one in runs]) for name in kinds}
        report.ratio(kind, figures[many], figures[few], NOISE)
    report.notes += _plans(folders[many][0])
    for folder, _ in folders.values():
        shutil.rmtree(folder)  # half a gigabyte
    return report


def _template(setting) -> Path:
    """A folder whose only job is settled: the row that all others are copies of."""
    folder = setting.fresh("jobs-template")
    with setting.serve(folder, workers=1) as server:
        client = Client(server.port)
        client.settle(client.submit("Hello.", voiceId="espeak:en-us", metadata={"order": "42"}))
    return folder


def _database(folder: Path) -> Path:
    return folder / "soundbite.db"


def _uuid7(milliseconds: int, choice: random.Random) -> bytes:
    raw = bytearray(milliseconds.to_bytes(6) + choice.randbytes(10))
    raw[6], raw[8] = raw[6] & 0x0F | 0x70, raw[8] & 0x3F | 0x80
    return bytes(raw)


def _filled(setting, template: Path, size: int) -> tuple[Path, list[str]]:
    """A folder with so many jobs, made straight in its database while no server runs; and the ids of some of them."""
    folder = setting.scratch / f"jobs-{size}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    choice = random.Random(size)
    database = sqlite3.connect(_database(folder))
    database.row_factory = sqlite3.Row
    database.execute("PRAGMA synchronous = OFF")
    row = dict(database.execute("SELECT * FROM job").fetchone())
    spec = database.execute("SELECT spec FROM job_spec").fetchone()[0]
    names = list(row)
    now = int(time.time() * 1000)
    step = size // 500
    kept, counts = [], {"pending": 0, "ready": 0, "failed": 0}

    def rows():
        for index in range(size - 1):
            made = now - (size - index) * 100
            state = {0: "pending", 1: "failed"}.get(index % SHARE, "ready")
            counts[state] += 1
            one = row | {
                "seq": index + 10,
                "id": _uuid7(made, choice),
                "created_at": made,
                "updated_at": made,
                "due_at": made,
            }
            one |= {"status": {"pending": 0, "ready": 2, "failed": 3}[state], "expires_at": now + 30 * 86_400_000}
            if state == "ready" and index % step == step - 1:
                kept.append(one["id"].hex())
            yield [one[name] for name in names]

    database.executemany(f"INSERT INTO job ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", rows())
    database.executemany(
        "INSERT INTO job_spec (seq, spec) VALUES (?, ?)", ((index + 10, spec) for index in range(size - 1))
    )
    database.execute("UPDATE counts SET pending = ?, ready = ready + ?, failed = ?", tuple(counts.values()))
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return folder, [f"{one[:8]}-{one[8:12]}-{one[12:16]}-{one[16:20]}-{one[20:]}" for one in kept]


def _starter(setting, folder: Path):
    def one() -> dict:
        with setting.serve(folder, workers=0) as server:
            return {"ready_s": server.ready_s}

    return one


def _kinds(client: Client, ids: list[str]) -> dict:
    """The requests that are measured, by name; each takes the number of its turn."""
    cursor = client.get("/api/v1/soundbites?limit=20")["nextCursor"]
    return {
        "status": lambda turn: client.call("GET", f"/api/v1/soundbites/{ids[turn % len(ids)]}"),
        "list, newest": lambda _: client.call("GET", "/api/v1/soundbites?limit=20"),
        "list, next page": lambda _: client.call("GET", f"/api/v1/soundbites?limit=20&cursor={cursor}"),
        "list, failed only": lambda _: client.call("GET", "/api/v1/soundbites?limit=20&status=failed"),
        "submit": lambda turn: client.submit(f"Order {turn}.", voiceId="espeak:en-us"),
    }


def _requests(kinds: dict[str, dict]) -> dict[str, dict]:
    """The median latency in ms by side and kind; one request at a time, the sides in turn."""
    answer: dict[str, dict] = {name: {} for name in kinds}
    for kind in next(iter(kinds.values())):
        times: dict[str, list[float]] = {name: [] for name in kinds}
        for turn in range(REQUESTS):
            for name, calls in kinds.items():
                start = time.perf_counter()
                calls[kind](turn)
                times[name].append((time.perf_counter() - start) * 1000)
        for name, values in times.items():
            answer[name][kind] = statistics.median(values)
    return answer


def _plans(folder: Path) -> list[str]:
    """How SQLite runs the statements of the requests above, on the large table."""
    statements = _statements()
    database = sqlite3.connect(f"file:{_database(folder)}?mode=ro", uri=True)
    lines = []
    for name in (
        "load_job",
        "list_jobs",
        "list_jobs_by_status",
        "list_dead_letters",
        "due_jobs",
        "next_due",
        "oldest_due",
        "lapsed_leases",
        "expired_jobs",
        "load_counts",
    ):
        plan = database.execute(f"EXPLAIN QUERY PLAN {statements[name]}", _nulls(statements[name]))
        lines.append(f"plan of {name}: {'; '.join(row[3] for row in plan)}")
    return lines


def _nulls(statement: str) -> list[None]:
    return [None] * max((int(one) for one in re.findall(r"\?(\d+)", statement)), default=0)


def _statements() -> dict[str, str]:
    """The store's statements by name, as its source has them."""
    source = (HERE.parent / "src" / "adapter" / "embedded" / "statements.cc").read_text().replace("\\\n", "")
    macros = {name: "".join(re.findall(r'"([^"]*)"', text)) for name, text in re.findall(r"#define (\w+) (.*)", source)}
    return {
        name: "".join(literal or macros[macro] for literal, macro in re.findall(r'"([^"]*)"|\b([A-Z_]{6,})\b', text))
        for name, text in re.findall(r"case Sql::(\w+):\s*return ([^;]*);", source)
    }
