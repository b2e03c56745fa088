"""One long sentence: when its first samples come, against when its last do; in the library and at the end of a pipe."""

import os
import subprocess
import time

import texts
from claim import Report, column, interleave
from setting import VOICE_ID, Missing

TITLE = "First audio of one long sentence"
WAV_HEADER = 44  # bytes


def run(setting) -> Report:
    report = Report(TITLE)
    try:
        soundbite = setting.soundbite
        with setting.speech_library(VOICE_ID) as library:
            sides = {
                "library": lambda: library.ask(text=texts.LONG_SENTENCE),
                "say -o -": lambda: _pipe(soundbite, texts.LONG_SENTENCE),
            }
            runs = interleave(sides, setting.runs)
    except Missing as reason:
        report.missing.append(str(reason))
        return report
    for name, rows in runs.items():
        first = report.add(name, "first samples", "s", column(rows, "first_s"))
        whole = report.add(name, "all of it", "s", column(rows, "wall_s"))
        report.ratio(f"first audio of the whole, {name}", first, whole, 0.5)
    return report


def _pipe(soundbite, text: str) -> dict:
    """When standard output has more than a header, and when it ends."""
    start = time.perf_counter()
    argv = [soundbite, "say", text, "--voice", VOICE_ID, "--format", "wav", "-o", "-"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        seen, first = 0, None
        while block := os.read(process.stdout.fileno(), 1 << 16):
            seen += len(block)
            if first is None and seen > WAV_HEADER + 512:
                first = time.perf_counter() - start
    if process.returncode != 0 or first is None:
        raise RuntimeError(f"say -o - ended with {process.returncode} after {seen} bytes")
    return {"first_s": first, "wall_s": time.perf_counter() - start}
