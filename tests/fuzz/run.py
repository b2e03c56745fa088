#!/usr/bin/env python3
"""Fuzzes every target, two at a time, from the corpora and from what earlier runs found.

usage: run.py PROGRAMS SECONDS [NAMES…]     PROGRAMS: the folder of the x_fuzz, built with libFuzzer

What a target says goes to build/fuzzing/x.log and is shown when it found something. New inputs stay in build/fuzzing/x; one
that broke something is build/fuzzing/x-crash-…, and belongs into corpus/x with its fix. build/reports/fuzz.xml counts the
targets as tests. Exits with 1 when anything was found.
"""

import re
import shlex
import subprocess
import sys
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FINDINGS = ROOT / "build" / "fuzzing"
REPORT = ROOT / "build" / "reports" / "fuzz.xml"

DICTIONARIES = {
    "http_request": "http",
    "job_spec": "json",
    "media_decode": "containers",
    "media_outcome": "json",
    "multipart": "multipart",
    "recipe": "json",
    "sniff_container": "containers",
    "strict_json": "json",
    "tus_metadata": "upload_headers",
    "url": "url",
}


@dataclass
class Outcome:
    name: str
    found: str  # why it ended, with what it said last; empty when all is well
    summary: str


def number(text: str, label: str) -> int:
    found = re.search(rf"{label}:\s+(\d+)", text)
    return int(found[1]) if found else 0


def fuzz(programs: Path, name: str, seconds: int) -> Outcome:
    kept, log = FINDINGS / name, FINDINGS / f"{name}.log"
    kept.mkdir(parents=True, exist_ok=True)
    program = programs / f"{name}_fuzz"
    argv = [program, f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=1536", "-print_final_stats=1"]
    argv += [f"-artifact_prefix={FINDINGS / name}-", f"-dict={HERE / 'dictionaries' / DICTIONARIES[name]}.dict"]
    argv += [kept, HERE / "corpus" / name]
    with open(log, "wb") as output:
        try:
            # An input may take ten seconds, so the last one ends well within a minute.
            code = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, timeout=seconds + 60).returncode
        except subprocess.TimeoutExpired:
            code = "none: it had to be killed"
    said = log.read_text(errors="replace")
    executed, most = number(said, "stat::number_of_executed_units"), number(said, "stat::peak_rss_mb")
    summary = f"{name:16} {executed:9} inputs, {most:4} MB at most"
    if code == 0:
        return Outcome(name, "", summary)
    lines = [f"exit code {code}; all it said is in {log.relative_to(ROOT)}", *said.splitlines()[-40:]]
    for artefact in re.findall(r"Test unit written to (\S+)", said):
        again = shlex.join(str(Path(one).relative_to(ROOT)) for one in (program, artefact))
        lines += [f"input: {Path(artefact).relative_to(ROOT)}", f"again: {again}"]
    return Outcome(name, "\n".join(lines), summary)


def report(outcomes: list[Outcome]) -> None:
    suite = xml.Element("testsuite", name="fuzz", tests=str(len(outcomes)))
    for one in outcomes:
        case = xml.SubElement(suite, "testcase", classname="fuzz", name=one.name)
        if one.found:
            xml.SubElement(case, "failure", message=f"fuzzing {one.name} found something")
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    xml.ElementTree(suite).write(REPORT)


def main(programs: str, seconds: str, *names: str) -> int:
    chosen = names or sorted(one.name.removesuffix("_fuzz.cc") for one in HERE.glob("*_fuzz.cc"))
    outcomes = []
    with ThreadPoolExecutor(2) as pool:
        for one in pool.map(lambda name: fuzz(Path(programs).resolve(), name, int(seconds)), chosen):
            print(one.summary, *([one.found] if one.found else []), sep="\n", flush=True)
            outcomes.append(one)
    report(outcomes)
    return 1 if any(one.found for one in outcomes) else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
