"""Values from tables: for facts of a case, and for fields of what a collection holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from licet.policy.model import Fact, FieldLookup, Lookup, Row
from licet.values import Unknown, Value, asks_of, set_of

if TYPE_CHECKING:
    from licet.transaction.facts import Case, Order


def lookup(fact: Fact, by: Lookup, case: Case) -> Value:
    """The value of the most specific row for the facts of a case."""
    table = case.order.program.pack.tables[by.table]
    if case.order.is_stale(table.id):
        return Unknown(f"table `{table.id}` is not kept past {table.holds_after}")
    for _, name in by.by:
        value = case.value(name)
        if not isinstance(value, str):
            return Unknown(f"`{name}` is not known", asks_of(value) or (name,))
    rows, below = looked_up(by, case)
    if rows or below:
        asks = tuple(name for _, name in by.by) if below else (fact.name,)
        return _agreed(rows, below, list(table.columns).index(by.column), asks)
    if by.missing == "none":
        return None
    if by.missing == "value":
        return by.missing_value
    shown = ", ".join(f"`{case.value(name)}`" for _, name in by.by)
    return Unknown(f"{shown} is not in table `{table.id}`", (fact.name,))


def looked_up(lookup: Lookup, case: Case) -> tuple[list[Row], list[Row]]:
    """The rows that a look-up meets in a case, and those for paragraphs below a classification too coarse."""
    by = [(column, case.value(name)) for column, name in lookup.by]
    known = [(column, value) for column, value in by if isinstance(value, str)]
    return case.order.view.table(lookup.table).lookup(known) if len(known) == len(by) else ([], [])


def field_of(element: Mapping[str, Value], by: FieldLookup, order: Order, fact: str) -> Value:
    """The value that a table gives a field of a collection's element; `fact` is what asks for it."""
    known = [(column, value) for column, own in by.by if isinstance(value := element.get(own), str)]
    if order.is_stale(by.table) or len(known) < len(by.by):
        return Unknown(f"`{by.field}` of an element is not known", (fact,))
    rows, below = order.view.table(by.table).lookup(known)
    columns = list(order.program.pack.tables[by.table].columns)
    return _agreed(rows, below, columns.index(by.column), (fact,))


def _agreed(rows: list[Row], below: list[Row], place: int, asks: tuple[str, ...]) -> Value:
    """The one value of the rows; with a classification too coarse for the table, what all its paragraphs share.

    Where no row covers the classification itself, the table need not know all its paragraphs, so nothing is shared.
    """
    values = [row.values[place] for row in (*rows, *below)]
    if not rows:
        return Unknown("the paragraph is needed" if below else "it is not in the table", asks)
    if all(value == values[0] for value in values):
        return values[0]
    if any(isinstance(value, frozenset) for value in values):
        sets = [v if isinstance(v, frozenset) else frozenset() for v in values]
        return set_of(frozenset.intersection(*sets), frozenset.union(*sets), asks)
    return Unknown("the paragraph is needed" if below else "rows of the table disagree", asks)
