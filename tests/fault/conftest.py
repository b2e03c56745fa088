"""Fixtures of the tests that break things around the real program."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def preload(soundbite):
    """Names a library of this folder that is put before libc: failing_disk, later_clock."""

    def path(name: str) -> str:
        library = Path(soundbite).parent / "tests" / "fault" / f"{name}.so"
        if not library.exists():
            pytest.fail(f"{library} is not built", pytrace=False)
        return str(library)

    return path
