#!/usr/bin/env python3
"""Adds up JUnit reports and prints "N passed, M failed, K skipped" as the last line.

usage: count_tests.py FOLDER [FAILED…]     FAILED names what exited with an error, a report by its name without .xml; where
                                           the report shows no failure, it counts as one itself
exits with 1 when anything failed, or when no test passed
"""

import pathlib
import sys
import xml.etree.ElementTree as xml


def outcome(case):
    if case.get("status") == "fail" or case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.get("status") in ("notrun", "disabled") or case.find("skipped") is not None:
        return "skipped"
    return "passed"


def main(folder, *failed_stages):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    explained = set()
    for report in sorted(pathlib.Path(folder).glob("*.xml")):
        for case in xml.parse(report).iter("testcase"):
            result = outcome(case)
            counts[result] += 1
            if result == "failed":
                explained.add(report.stem)
                print(f"failed in {report.stem}: {case.get('classname', '')} {case.get('name')}")
    for stage in failed_stages:
        if stage not in explained:
            counts["failed"] += 1
            print(f"failed: {stage}")
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 0 if counts["passed"] > 0 and counts["failed"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
