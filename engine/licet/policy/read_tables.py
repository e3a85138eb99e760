"""Tables: data to typed rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from licet.policy.model import Column, Row, Table
from licet.policy.node import Node
from licet.policy.read_conditions import unknown_name
from licet.policy.read_time import period
from licet.text import quoted
from licet.values import Value

_DATED = frozenset({"from", "through", "filed", "published", "cite", "doubt"})


def table(node: Node, table_id: str) -> Table:
    """The table of a node; findings for columns and cells that do not fit."""
    columns = {name: Column(type=c.get("type"), of=c.get("of")) for name, c in node["columns"].items()}
    key = tuple(node.get("key"))
    for child in node["key"].elements():
        if child.data not in columns:
            unknown_name(child, "column", str(child.data), columns)
    rows = tuple(_row(child, columns, key) for child in node["rows"].elements())
    found = Table(
        id=table_id,
        title=node.get("title"),
        columns=columns,
        key=key,
        rows=rows,
        current_through=node.get("current_through"),
        holds_after=node.get("holds_after"),
    )
    _no_overlap(node, found)
    return found


def _row(node: Node, columns: dict[str, Column], key: tuple[str, ...]) -> Row:
    for name, child in node.items():
        if name not in columns and name not in _DATED:
            unknown_name(child, "column", name, [*columns, *sorted(_DATED)], key=True)
    for name in columns:
        if name not in node:
            node.error("missing-cell", f"the row has no `{name}`", help="write `null` where there is none")
    if any(node.get(name) is None for name in key if name in node):
        node.error("missing-cell", "a key column must have a value")
    values = tuple(_cell(node[name], columns[name]) if name in node else None for name in columns)
    return Row(values=values, period=period(node), doubt=node.get("doubt"))


_FITS: dict[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "date": (date,),
    "number": (int, Decimal),
    "money": (int, Decimal),
}


def _cell(node: Node, column: Column) -> Value:
    data: Any = node.data
    if data is None:
        return None
    if column.type == "set":
        if not isinstance(data, list) or not all(isinstance(member, str) for member in data):
            node.error("cell-type", f"expected a list of text, got {quoted(data)}")
            return None
        return frozenset(data)
    kinds = _FITS.get(column.type, (str,))
    if not isinstance(data, kinds) or (isinstance(data, bool) and column.type != "boolean"):
        node.error("cell-type", f"expected a {column.type}, got {quoted(data)}")
        return None
    return Decimal(data) if isinstance(data, int) and not isinstance(data, bool) else data  # type: ignore[no-any-return]


def _no_overlap(node: Node, found: Table) -> None:
    """Two rows with the same key on the same day would make the answer hang on their order."""
    places = [list(found.columns).index(name) for name in found.key if name in found.columns]
    seen: dict[tuple[Value, ...], list[tuple[int, Row]]] = {}
    for number, row in enumerate(found.rows):
        key = tuple(row.values[p] for p in places)
        for earlier, other in seen.get(key, ()):
            if _overlap(row, other):
                node["rows"][number].error(
                    "rows-overlap",
                    f"rows {earlier + 1} and {number + 1} have the same key on the same day",
                    help="end the earlier row with `through`",
                )
        seen.setdefault(key, []).append((number, row))


def _overlap(a: Row, b: Row) -> bool:
    first, last = date.min, date.max
    return (a.period.start or first) <= (b.period.through or last) and (b.period.start or first) <= (
        a.period.through or last
    )
