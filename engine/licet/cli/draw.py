"""A timeline as a bar and a table."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Sequence
from datetime import date
from typing import Any

from licet.cli import words
from licet.cli.terminal import Paint, blocks, columns
from licet.timeline import Change, Interval

FORMAT = "licet-timeline-1"
_WIDTH = 100
_BLOCKS = {"go": "█", "hold": "▒", "stop": "░"}
_LETTERS = {"go": "#", "hold": "=", "stop": "."}


def as_data(transaction: str, intervals: Sequence[Interval], known_on: date | None) -> dict[str, Any]:
    """The timeline as JSON data."""
    import msgspec

    return {
        "format": FORMAT,
        "transaction": transaction,
        "from": intervals[0].start,
        "to": intervals[-1].through,
        "known_on": known_on,
        "intervals": [msgspec.to_builtins(interval) for interval in intervals],
    }


def drawn(transaction: str, intervals: Sequence[Interval]) -> str:
    """The timeline as text: the bar, its legend, and what holds from when."""
    paint = Paint(sys.stdout)
    marks = _BLOCKS if blocks(sys.stdout) else _LETTERS
    cells = _cells(intervals, columns() - 2)
    bar = "".join(paint(marks[i.release] * n, i.release) for i, n in zip(intervals, cells, strict=True))
    legend = "   ".join(f"{paint(marks[r], r)} {r}" for r in ("go", "hold", "stop"))
    out = [f"{words.name(transaction)}  {intervals[0].start} through {intervals[-1].through}", ""]
    out += [f"  {bar}", f"  {_numbers(cells)}".rstrip(), f"  {legend}", ""]
    for number, interval in enumerate(intervals, 1):
        out += _entry(number, interval, paint)
    return "".join(f"{line}\n" for line in out)


def _cells(intervals: Sequence[Interval], width: int) -> list[int]:
    """How many cells each interval gets: its share of the days, one at least."""
    days = [(i.through - i.start).days + 1 for i in intervals]
    width = max(width, len(days))
    cells = [max(1, width * n // sum(days)) for n in days]
    while sum(cells) != width:
        step = 1 if sum(cells) < width else -1
        # a cell goes to, or comes from, the interval that is farthest from its share
        short = [step * (width * n / sum(days) - cell) for n, cell in zip(days, cells, strict=True)]
        place = max((p for p, cell in enumerate(cells) if cell + step >= 1), key=short.__getitem__)
        cells[place] += step
    return cells


def _numbers(cells: Sequence[int]) -> str:
    """The number of each interval below its first cell, where there is room."""
    line = ""
    at = 0
    for number, cell in enumerate(cells, 1):
        if len(line) <= at and len(str(number)) < cell + (cell == 1):
            line = line.ljust(at) + str(number)
        at += cell
    return line


def _entry(number: int, interval: Interval, paint: Paint) -> list[str]:
    by = f" by {', '.join(map(words.name, interval.authorizations))}" if interval.outcome == "authorized" else ""
    why = f" ({', '.join(map(words.name, interval.reasons))})" if interval.release != "go" and interval.reasons else ""
    review = f", {words.policy(interval.review)}" if interval.review and interval.release == "stop" else ""
    word = paint(f"{interval.release:<4}", interval.release)
    head = f"{number:>3}  {interval.start} .. {interval.through}  {word}  {interval.outcome.replace('_', ' ')}"
    below = [_change(change) for change in interval.changed_by]
    below += [f"near miss: {', '.join(map(words.name, interval.near_misses))}"] if interval.near_misses else []
    return [f"{head}{by}{why}{review}", *(line for text in below for line in _wrapped(text))]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=" " * 5, subsequent_indent=" " * 7, break_on_hyphens=False, break_long_words=False
    )


def _change(change: Change) -> str:
    cite = f" ({words.plain(change.cite)})" if change.cite else ""
    return f"{words.plain(change.title)}: {words.plain(change.happened)}{cite} [{words.name(change.name)}]"
