"""Orders with one mistake each: what is said to whoever sent them, word for word, at the right line and column.

They are read with the small pack tests/bad/base. `LICET_UPDATE=1` writes what is said now.
"""

import os
import re
from functools import cache
from pathlib import Path

import pytest

from licet import Evaluator, InputError
from licet.findings import Finding, has_errors, render_text
from licet.text import is_invisible

BAD = Path(__file__).resolve().parent / "bad"
ORDERS = sorted(path for path in (BAD / "orders").iterdir() if path.suffix in {".json", ".yaml"})


@cache
def evaluator() -> Evaluator:
    return Evaluator.load(BAD / "base", backend="reference", cache=None)


def findings(order: Path) -> tuple[Finding, ...]:
    try:
        return evaluator().read(order.read_bytes(), order.name).warnings
    except InputError as error:
        return error.findings


def told(order: Path) -> str:
    text = order.read_bytes().decode("utf-8", "replace")
    return render_text(findings(order), sources=lambda _: text)


def test_there_are_enough_mistakes() -> None:
    assert len(ORDERS) >= 20


@pytest.mark.parametrize("order", ORDERS, ids=lambda path: path.name)
def test_a_mistake_is_told(order: Path) -> None:
    expected = order.with_name(order.name + ".txt")
    if os.environ.get("LICET_UPDATE"):
        expected.write_text(told(order), encoding="utf-8", newline="\n")
    assert has_errors(findings(order))
    assert told(order) == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("order", ORDERS, ids=lambda path: path.name)
def test_it_stands_where_the_mistake_is(order: Path) -> None:
    """Inside the file; and never at its very beginning unless the file as a whole is meant."""
    lines = re.split(r"\r\n|\r|\n", order.read_bytes().decode("utf-8", "replace"))
    for found in findings(order):
        assert 1 <= found.line <= len(lines)
        assert 1 <= found.column <= len(lines[found.line - 1]) + 1


@pytest.mark.parametrize("order", ORDERS, ids=lambda path: path.name)
def test_nothing_that_a_terminal_acts_on_is_printed(order: Path) -> None:
    assert not [c for c in told(order) if c != "\n" and is_invisible(c)]
