"""Tests and periods in words, for readings, near misses and explanations."""

from __future__ import annotations

from licet.policy.in_force import span
from licet.policy.model import Fact
from licet.policy.terms import FactOperand, Period, TableColumn, Test, Timeline
from licet.values import Value, show

_WORDS = {
    "is": "{}",
    "in": "one of {}",
    "at_least": "at least {}",
    "at_most": "at most {}",
    "more_than": "more than {}",
    "less_than": "less than {}",
    "on_or_after": "{} or later",
    "on_or_before": "{} or earlier",
    "contains": "a set with {}",
    "any_in": "a set with one of {}",
    "only_in": "a set with nothing but {}",
    "within": "a paragraph of {}",
    "known": "stated",
}


def wanted(test: Test, *, negated: bool = False) -> str:
    """What the test wants, in words."""
    if test.op == "known" and test.operand is False:
        text = "not stated"
    elif test.op == "only_in" and test.operand == ():
        text = "an empty set"
    else:
        text = _WORDS[test.op].format(_operand(test))
    return f"not {text}" if negated else text


def _operand(test: Test) -> str:
    operand = test.operand
    if isinstance(operand, TableColumn):
        where = ", ".join(f"{column} {show(value)}" for column, value in operand.where)
        return f"table {operand.table}" + (f" ({where})" if where else "")
    if isinstance(operand, FactOperand):
        return operand.fact
    if isinstance(operand, tuple):
        shown = [show(o) for o in operand[:5]]
        more = f" ({len(operand) - 5} more)" if len(operand) > 5 else ""  # noqa: PLR2004  # as lists in messages
        return ", ".join(shown) + more
    return show(operand)


def ask(fact: Fact) -> str:
    """The question that would make the fact known."""
    return fact.ask or f"what is `{fact.name}`: {fact.meaning}"


def period(found: Period | None) -> str | None:
    """A period in words, with its citation."""
    if found is None:
        return None
    start = found.start.isoformat() if found.start else "always"
    text = f"{start} through {found.through.isoformat()}" if found.through else f"since {start}"
    return f"{text} ({found.cite})" if found.cite else text


def lifetime(timeline: Timeline) -> str:
    """First and last day of a timeline, in words."""
    first, last = span(timeline)
    if last is None:
        return f"since {first}" if first else "always"
    return f"{first} through {last}" if first else f"through {last}"


def value(found: Value) -> str:
    """The value, in words."""
    return show(found)
