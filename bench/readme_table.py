"""The README's table of figures, from what the last runs left in build/bench."""

import json
from pathlib import Path

from claim import Bound, number


def readme_table(results: Path, names: list[str]) -> str:
    lines = ["| what | SoundBite | the other | ratio | stated |", "| --- | --- | --- | --- | --- |"]
    machine = ""
    for name in names:
        file = results / f"{name}.json"
        if not file.exists():
            continue
        head, *rest = [json.loads(line) for line in file.read_text().splitlines()]
        machine = f"{head['cpu']}; medians of {head['runs']}"
        for row in rest:
            if "bound" in row:
                row["bound"].pop("held")
                lines.append(_line(head["title"], Bound(**row["bound"])))
    return "\n".join([*lines, "", f"Measured on {machine}."]) if machine else "nothing measured yet: ./dev bench"


def _line(title: str, bound: Bound) -> str:
    sign = "≥" if bound.at_least else "≤"
    stated = f"{sign} {number(bound.limit, bound.unit)}" if bound.stated else "–"
    ratio = number(bound.value, "x") if bound.unit == "x" else "–"
    if bound.stated and not bound.held:
        stated += " (missed)"
    return f"| {title}: {bound.what} | {bound.ours} | {bound.theirs or '–'} | {ratio} | {stated} |"
