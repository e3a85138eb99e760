"""Plain text tables of what was found."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.generated import Absent, Row
from benchmarks.peers import Contender

RATIO_AT = 300
NOT_AN_ENGINE = "generated Python"


def figures(rules: int, found: Sequence[Row | Absent]) -> str:
    """All figures of the engines on one policy."""
    rows = [
        (
            row.name,
            _number(row.build),
            _number(row.first * 1000),
            _number(row.fresh.p50),
            _number(row.fresh.p99),
            _number(row.warm.p50),
            _number(row.warm.p99),
            _number(row.warm.rate),
            _number(row.warm_median.rate),
        )
        for row in found
        if isinstance(row, Row)
    ]
    head = ("", "build", "first", "new p50", "new p99", "seen p50", "seen p99", "seen/s", "median")
    unit = (f"{rules:,} rules", "ms", "us", "us", "us", "us", "us", "best", "")
    return "\n".join([_table([head, unit, *rows]), *_absent(found)])


def cost(found: Sequence[Row | Absent], what: str) -> str:
    """Cases a second by the number of rules: `fresh` ones, or `warm` ones, which were seen before."""
    sizes = sorted({row.rules for row in found})
    names = list(dict.fromkeys(row.name for row in found))
    rates = {(row.name, row.rules): getattr(row, what).rate for row in found if isinstance(row, Row)}
    title = {"fresh": "every case new", "warm": "one case in 100 distinct"}[what]
    head = (f"cases/s, {title}", *(f"{size:,} rules" for size in sizes))
    shown = {key: _number(rate) for key, rate in rates.items()}
    lines = [(name, *(shown.get((name, size), "-") for size in sizes)) for name in names]
    return _table([head, *lines])


def ratios(found: Sequence[Row | Absent], contenders: Sequence[Contender]) -> str:
    """How many times as fast as the fastest peer licet is for a case, at the size nearest to 300 rules, by p50."""
    rows = [row for row in found if isinstance(row, Row)]
    if not rows:
        return ""
    size = min((row.rules for row in rows), key=lambda rules: abs(rules - RATIO_AT))
    names = {contender.name for contender in contenders if contender.ours}
    ours = [row for row in rows if row.rules == size and row.name in names]
    peers = [row for row in rows if row.rules == size and row.name not in names]
    lines = _ratios(ours, peers) + _ratios(ours, [row for row in peers if row.name != NOT_AN_ENGINE])
    return (
        _table([(f"times as fast, {size:,} rules", "every case new", "one in 100 distinct"), *lines]) if lines else ""
    )


def _ratios(ours: Sequence[Row], peers: Sequence[Row]) -> list[Sequence[str]]:
    """A line for each of ours, against the fastest of the peers: for new cases, and for those seen before."""
    if not peers:
        return []
    new = min(peers, key=lambda row: row.fresh.p50)
    seen = min(peers, key=lambda row: row.warm.p50)
    return [
        (
            row.name,
            f"{_number(new.fresh.p50 / row.fresh.p50)} x {new.name}",
            f"{_number(seen.warm.p50 / row.warm.p50)} x {seen.name}",
        )
        for row in ours
    ]


def pairs(rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Named figures; the first row is the head."""
    return _table([(name, *values) for name, values in rows])


def _absent(found: Sequence[Row | Absent]) -> list[str]:
    return [f"  {row.name}: {row.reason.splitlines()[0][:150]}" for row in found if isinstance(row, Absent)]


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Rows in columns, the first to the left and the others to the right."""
    widths = [max(len(row[n]) for row in rows if n < len(row)) for n in range(max(map(len, rows)))]
    return "\n".join("  ".join(_cells(row, widths)) for row in rows)


def _cells(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=False))]


def _number(value: float) -> str:
    """Three digits that count, and no more."""
    if value >= 100:  # noqa: PLR2004
        return f"{value:,.0f}"
    return f"{value:.3g}"
