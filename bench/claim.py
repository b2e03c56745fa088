"""What a bench says: sides measured in turn, figures with their spread, ratios with their bounds."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Figure:
    """One measured quantity of one side: the median of its runs and their spread."""

    side: str
    metric: str
    unit: str
    values: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.values)


@dataclass
class Bound:
    """A stated limit and what was measured against it."""

    what: str
    value: float
    limit: float
    at_least: bool = False  # else: at most
    unit: str = "x"
    ours: str = ""  # for the README's table: the two figures that the ratio compares
    theirs: str = ""
    stated: bool = True  # False: shown for comparison, never fails a check

    @property
    def held(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass
class Report:
    title: str
    figures: list[Figure] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # sides that could not be measured, and why

    def add(self, side: str, metric: str, unit: str, values: list[float]) -> Figure:
        figure = Figure(side, metric, unit, values)
        self.figures.append(figure)
        return figure

    def ratio(
        self,
        what: str,
        ours: Figure | None,
        theirs: Figure | None,
        limit: float,
        *,
        at_least: bool = False,
        stated: bool = True,
    ) -> None:
        """Bounds the ratio of the medians; nothing when a side is missing."""
        if ours is None or theirs is None:
            return
        self.bounds.append(
            Bound(
                what,
                ours.median / theirs.median,
                limit,
                at_least,
                ours=amount(ours),
                theirs=amount(theirs),
                stated=stated,
            )
        )

    def at_most(self, what: str, value: float, limit: float, unit: str) -> None:
        self.bounds.append(Bound(what, value, limit, False, unit, ours=number(value, unit)))


def interleave(sides: dict[str, Callable[[], dict]], runs: int) -> dict[str, list[dict]]:
    """Runs every side once, then again, `runs` times over, so that a noisy minute falls on all of them."""
    results: dict[str, list[dict]] = {name: [] for name in sides}
    for _ in range(runs):
        for name, run in sides.items():
            results[name].append(run())
    return results


def column(results: list[dict], key: str) -> list[float]:
    return [one[key] for one in results]


def number(value: float, unit: str) -> str:
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    text = f"{value:,.{digits}f}"
    return f"{text}x" if unit == "x" else f"{text} {unit}"


def amount(figure: Figure) -> str:
    return number(figure.median, figure.unit)


def table(report: Report) -> str:
    rows = [("side", "measured", "median", "min – max", "runs")]
    for one in report.figures:
        low, high = (number(end(one.values), one.unit).rpartition(" ")[0] for end in (min, max))
        rows.append((one.side, one.metric, amount(one), f"{low} – {high}", str(len(one.values))))
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    for one in report.bounds:
        sign = "≥" if one.at_least else "≤"
        verdict = ("held" if one.held else "MISSED") if one.stated else "for comparison"
        lines.append(
            f"{one.what}: {number(one.value, one.unit)} (stated {sign} {number(one.limit, one.unit)}) {verdict}"
        )
    lines += [f"not measured: {one}" for one in report.missing]
    lines += [f"note: {one}" for one in report.notes]
    return "\n".join(lines)
