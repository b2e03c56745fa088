#!/usr/bin/env python3
"""Runs the benches: every claim of the README, SoundBite and its peers in turn on the same two cores.

./dev bench                     all of them
./dev bench submit cold_command    these
./dev bench --markdown          the README's table from the last results
./dev bench --check             exit 1 when a stated bound is missed
"""

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

from claim import table
from measure import open_files, two_cores
from readme_table import readme_table
from setting import Setting

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "build" / "bench"
NAMES = [
    "speech",
    "first_audio",
    "http_speech",
    "cold_command",
    "espeak",
    "submit",
    "read",
    "under_load",
    "start",
    "memory",
    "million_jobs",
    "uploads",
    "first_frame",
    "normalize",
    "waveform",
    "analysis",
    "quality",
]


def main() -> int:
    options = parse()
    if options.markdown:
        print(readme_table(RESULTS, NAMES))
        return 0

    subprocess.run([str(HERE / "setup.sh")], check=True)
    build(options.programs)
    two_cores()
    open_files()
    setting = Setting(programs=options.programs.resolve(), runs=options.runs, scale=options.scale)
    missed = []
    for name in options.names or NAMES:
        started = time.time()
        report = importlib.import_module(f"bench_{name}").run(setting)
        print(f"\n{report.title}\n{table(report)}", flush=True)
        missed += [f"{name}: {one.what}" for one in report.bounds if one.stated and not one.held]
        if options.check and report.missing:
            missed.append(f"{name}: not measured")
        save(name, report, options, started)
    for one in missed:
        print(f"missed: {one}", file=sys.stderr)
    return 1 if missed and options.check else 0


def build(programs: Path) -> None:
    """What is measured is what the sources say now."""
    if (programs / "build.ninja").exists():
        targets = ["soundbite", "soundbite-media", "speech_library", "first_frame_bench", "analysis_bench"]
        subprocess.run(["ninja", "-C", str(programs), "--quiet", *targets], check=True)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(NAMES)}")
    parser.add_argument("--runs", type=int, default=5, help="how often each side runs (default 5)")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="shortens the load runs, to try a bench out (default 1)"
    )
    parser.add_argument(
        "--programs", type=Path, default=HERE.parent / "build" / "release", help="the folder of soundbite"
    )
    parser.add_argument("--check", action="store_true", help="exit 1 when a stated bound is missed or was not measured")
    parser.add_argument("--markdown", action="store_true", help="print the README's table from the last results")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"no such bench: {', '.join(sorted(unknown))} (there are {', '.join(NAMES)})")
    return options


def save(name: str, report, options, started: float) -> None:
    """One JSON line per figure and bound, after one that tells of the machine and the run."""
    cpus = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in cpus if line.startswith("model name")), "")
    lines = [
        {
            "bench": name,
            "title": report.title,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
            "cpu": f"{model or platform.machine()}, {len(os.sched_getaffinity(0))} cores",
            "loadBefore": LOAD_BEFORE,
            "runs": options.runs,
            "scale": options.scale,
            "missing": report.missing,
            "notes": report.notes,
        }
    ]
    lines += [{"figure": {**asdict(one), "median": one.median}} for one in report.figures]
    lines += [{"bound": {**asdict(one), "held": one.held}} for one in report.bounds]
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.json").write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))


LOAD_BEFORE = os.getloadavg()[0]

if __name__ == "__main__":
    sys.exit(main())
