"""The README's table of figures, from what the last runs left in build/bench."""

import json
from pathlib import Path

from claim import Bound, number


def readme_table(results: Path, names: list[str]) -> str:
    lines = ["| what | SoundBite | the other | ratio | stated |", "| --- | --- | --- | --- | --- |"]
    machines = set()
    for name in names:
        file = results / f"{name}.json"
        if not file.exists():
            continue
        head, *rest = [json.loads(line) for line in file.read_text().splitlines()]
        trial = "" if head["scale"] == 1 else f" (a trial at scale {head['scale']}: not for the README)"
        machines.add(f"{head['cpu']}, medians of {head['runs']}{trial}")
        for row in rest:
            if "bound" in row:
                row["bound"].pop("held")
                lines.append(_line(head["title"], Bound(**row["bound"])))
    if not machines:
        return "nothing measured yet: ./dev bench"
    return "\n".join([*lines, "", f"Measured on {'; '.join(sorted(machines))}."])


def _line(title: str, bound: Bound) -> str:
    sign = "≥" if bound.at_least else "≤"
    stated = f"{sign} {number(bound.limit, bound.unit)}" if bound.stated else "–"
    ratio = number(bound.value, "x") if bound.unit == "x" else "–"
    if bound.stated and not bound.held:
        stated += " (missed)"
    return f"| {title}: {bound.what} | {bound.ours} | {bound.theirs or '–'} | {ratio} | {stated} |"
