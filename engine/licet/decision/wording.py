"""Tests and periods in words, for readings, near misses and explanations."""

from __future__ import annotations

from collections.abc import Callable

from licet.policy.in_force import span
from licet.policy.model import Fact
from licet.policy.terms import FactOperand, Period, TableColumn, Test, Timeline
from licet.values import Value, show

# how each operator reads after the fact's name, and how its opposite does
_WORDS = {
    "is": ("is {}", "is not {}"),
    "in": ("is one of {}", "is not one of {}"),
    "at_least": ("is at least {}", "is not at least {}"),
    "at_most": ("is at most {}", "is not at most {}"),
    "more_than": ("is more than {}", "is not more than {}"),
    "less_than": ("is less than {}", "is not less than {}"),
    "on_or_after": ("is {} or later", "is not {} or later"),
    "on_or_before": ("is {} or earlier", "is not {} or earlier"),
    "contains": ("has {}", "does not have {}"),
    "any_in": ("has one of {}", "has none of {}"),
    "only_in": ("has only {}", "does not have only {}"),
    "within": ("is {} or a paragraph of it", "is not {} or a paragraph of it"),
    "known": ("is stated", "is not stated"),
}
_SEVERAL = {"within": ("is {} or a paragraph of them", "is none of {} nor a paragraph of them")}
_EMPTY = ("is empty", "is not empty")
#: How a table is called: its path, or its title where the reader has the pack.
TableName = Callable[[str], str]


def predicate(test: Test, *, negated: bool = False, called: TableName | None = None) -> str:
    """The test as it reads after the name of its fact."""
    if test.op == "known" and test.operand is False:
        return _WORDS["known"][not negated]
    if test.op == "only_in" and test.operand == ():
        return _EMPTY[negated]
    if isinstance(test.operand, TableColumn) and test.op == "in":
        return f"is {'not ' if negated else ''}in {_operand(test, called)}"
    several = isinstance(test.operand, tuple) and len(test.operand) > 1
    words = _SEVERAL.get(test.op, _WORDS[test.op]) if several else _WORDS[test.op]
    return words[negated].format(_operand(test, called))


def wanted(test: Test, *, negated: bool = False, called: TableName | None = None) -> str:
    """What the test wants, in words: its predicate as it reads after `wanted`."""
    text = predicate(test, negated=negated, called=called)
    for start, instead in (("is ", ""), ("has ", "to have "), ("does not have ", "not to have ")):
        if text.startswith(start):
            return instead + text.removeprefix(start)
    return text


def _operand(test: Test, called: TableName | None) -> str:
    operand = test.operand
    if isinstance(operand, TableColumn):
        where = ", ".join(f"{column} {show(value)}" for column, value in operand.where)
        table = called(operand.table) if called is not None else f"table {operand.table}"
        return table + (f" ({where})" if where else "")
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
