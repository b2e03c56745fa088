"""Fixtures of the tests that drive the real programs. SOUNDBITE_BIN picks another build of them."""

import os
from pathlib import Path

import pytest
from serving import ROOT, Server


@pytest.fixture(scope="session")
def soundbite() -> Path:
    """The program under test."""
    program = Path(os.environ.get("SOUNDBITE_BIN", ROOT / "build" / "release" / "soundbite")).resolve()
    if not program.exists():
        pytest.fail(f"{program} is not there: run ./dev build, or set SOUNDBITE_BIN", pytrace=False)
    return program


def _factory(program: Path, folder_of):
    started: list[Server] = []

    def start(data_dir: Path | None = None, **options) -> Server:
        one = Server(program, data_dir or folder_of(), **options)
        started.append(one)
        return one

    return start, started


def _close(started: list[Server]) -> None:
    errors = []
    for log in dict.fromkeys(one.log_path for one in started):  # shown when the test fails
        last = next(one for one in reversed(started) if one.log_path == log)
        print(f"--- log of {last.data_dir}, exit {last.process.poll()}\n{last.log_tail()}")
    for one in reversed(started):
        try:
            one.close()
        except Exception as error:
            errors.append(error)
    if errors:
        raise errors[0]


@pytest.fixture
def serve(soundbite, tmp_path):
    """Starts servers, each in the folder given or in one of its own, and stops them after the test."""
    start, started = _factory(soundbite, lambda: tmp_path / f"data-{len(started)}")
    yield start
    _close(started)


@pytest.fixture(scope="module")
def shared(soundbite, tmp_path_factory):
    """One server for all tests of a file that only talk to it; it must be healthy to the end."""
    start, started = _factory(soundbite, lambda: tmp_path_factory.mktemp("shared") / "data")
    one = start()
    yield one
    lived = one.running() and one.healthy()
    _close(started)
    assert lived, f"the server died of what it was asked, exit {one.process.poll()}"
