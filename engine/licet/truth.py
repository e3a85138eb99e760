"""The truth of one test on one value: the bottom of all evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from licet.values import FALSE, TRUE, UNKNOWN, Interval, MaybeSet, Truth, Unknown, Value

Operand = Value | tuple[Value, ...] | frozenset[Value]

#: Operators by the fact types they fit; the checker and the compiler both read this table.
OPERATORS: dict[str, frozenset[str]] = {
    "is": frozenset({"boolean", "enum", "text", "country", "eccn", "date", "number", "money"}),
    "in": frozenset({"enum", "text", "country", "eccn", "date", "number", "money"}),
    "at_least": frozenset({"number", "money"}),
    "at_most": frozenset({"number", "money"}),
    "more_than": frozenset({"number", "money"}),
    "less_than": frozenset({"number", "money"}),
    "on_or_after": frozenset({"date"}),
    "on_or_before": frozenset({"date"}),
    "contains": frozenset({"set"}),
    "any_in": frozenset({"set"}),
    "only_in": frozenset({"set"}),
    "within": frozenset({"eccn"}),
    "known": frozenset({"boolean", "enum", "text", "country", "eccn", "date", "number", "money", "set"}),
}


def truth(op: str, operand: Operand, value: Value, *, eccn: bool = False) -> Truth:
    """Whether `value` passes the test: true, false, or unknown when the value is not known well enough.

    `eccn` says that equality is between classification paragraphs, where a parent may stand for any of its children.
    """
    if op == "known":
        return TRUE if isinstance(value, Unknown) is not operand else FALSE
    if isinstance(value, Unknown):
        return UNKNOWN
    if value is None:
        return TRUE if op == "is" and operand is None else FALSE
    if isinstance(value, (MaybeSet, frozenset)):
        return _of_set(op, operand, value)
    if isinstance(value, Interval):
        return _of_interval(op, operand, value)
    if eccn and op in _OF_PARAGRAPHS:
        return _of_paragraphs(str(value), _members(operand), below=op == "within")
    return TRUE if _SCALAR[op](value, operand) else FALSE


def paragraphs(given: str) -> Iterator[str]:
    """The classification and every paragraph that it lies in, the nearest first."""
    yield given
    while "." in given:
        given = given.rpartition(".")[0]
        yield given


def _of_paragraphs(given: str, wanted: Iterable[Value], *, below: bool) -> Truth:
    """Whether the classification is one of the paragraphs or, with `below`, under one; open where it is above one."""
    found = FALSE
    for named in wanted:
        paragraph = str(named)
        if given == paragraph or (below and given.startswith(paragraph) and given[len(paragraph)] == "."):
            return TRUE
        if paragraph.startswith(given) and paragraph[len(given)] == ".":
            found = UNKNOWN
    return found


_OF_PARAGRAPHS = frozenset({"is", "in", "within"})


def _members(operand: Operand) -> tuple[Value, ...]:
    if isinstance(operand, tuple):
        return operand
    return tuple(operand) if isinstance(operand, frozenset) else (operand,)


def _of_set(op: str, operand: Operand, value: MaybeSet | frozenset[str]) -> Truth:
    wanted = {str(o) for o in _members(operand)}
    sure = value.sure if isinstance(value, MaybeSet) else value
    if op == "only_in":
        if not sure <= wanted:
            return FALSE
        return UNKNOWN if isinstance(value, MaybeSet) and not value.maybe <= wanted else TRUE
    if op not in {"contains", "any_in"}:
        return FALSE
    if wanted & sure:
        return TRUE
    return UNKNOWN if isinstance(value, MaybeSet) and wanted & value.maybe else FALSE


def _of_interval(op: str, operand: Operand, value: Interval) -> Truth:
    """Compare both ends: the same answer at each is the answer."""
    low, high = value.low, value.high
    if op in {"is", "in"}:
        return UNKNOWN if any(_inside(o, value) for o in _members(operand)) else FALSE
    rising = op in {"at_least", "more_than"}
    at_low = _SCALAR[op](low, operand) if low is not None else not rising
    at_high = _SCALAR[op](high, operand) if high is not None else rising
    if at_low == at_high:
        return TRUE if at_low else FALSE
    return UNKNOWN


def _inside(number: Value, interval: Interval) -> bool:
    if not isinstance(number, Decimal):
        return False
    return (interval.low is None or interval.low <= number) and (interval.high is None or number <= interval.high)


_SCALAR: dict[str, Callable[..., bool]] = {
    "is": lambda value, operand: value == operand,
    "in": lambda value, operand: value in operand,
    "at_least": lambda value, operand: value >= operand,
    "at_most": lambda value, operand: value <= operand,
    "more_than": lambda value, operand: value > operand,
    "less_than": lambda value, operand: value < operand,
    "on_or_after": lambda value, operand: value >= operand,
    "on_or_before": lambda value, operand: value <= operand,
}
