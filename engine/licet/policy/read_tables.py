"""Tables: data to typed rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from licet.policy.model import Column, Row, Table
from licet.policy.node import Node
from licet.policy.read_conditions import cell, country, is_bad, unknown_name
from licet.policy.read_time import period, plain_period
from licet.policy.terms import Period
from licet.values import Value

_UNDATED = Period()
_DATED = frozenset({"from", "through", "filed", "published", "cite", "doubt"})


def table(node: Node, table_id: str) -> Table:
    """The table of a node; findings for columns and cells that do not fit."""
    columns = {name: _column(name, child) for name, child in node["columns"].items()}
    key = tuple(node.get("key"))
    for child in node["key"].elements():
        if child.data not in columns:
            unknown_name(child, "column", str(child.data), columns)
    trusted = node.document is None
    if trusted:  # checked before; most of a pack's data are rows
        rows = tuple(_trusted_row(data, columns) for data in node.get("rows"))
    else:
        rows = tuple(_row(child, columns, key) for child in node["rows"].elements())
    found = Table(
        id=table_id,
        title=node.get("title"),
        columns=columns,
        key=key,
        rows=rows,
        vintage=node.get("vintage"),
        current_through=node.get("current_through"),
        holds_after=node.get("holds_after"),
    )
    if not trusted and set(key) <= set(columns):
        _no_overlap(node, found)
    return found


def check_countries(node: Node, found: Table, codes: Mapping[str, str]) -> None:
    """Report the country codes of a table that the pack's table of them does not have."""
    names = [name for name, column in found.columns.items() if "country" in {column.type, column.of}]
    if node.document is None or not names:
        return
    for row in node["rows"].elements():
        for name in names:
            cells = row.child(name)
            for child in [] if cells is None else cells.elements() if isinstance(cells.data, list) else [cells]:
                country(child, codes)


def _column(name: str, node: Node) -> Column:
    if name in _DATED:
        node.error(
            "column-reserved", f"no column can be called `{name}`: every row may say when it holds by it", key=True
        )
    return Column(type=node.get("type"), of=node.get("of"), values=tuple(node.get("values") or ()))


def _row(node: Node, columns: dict[str, Column], key: tuple[str, ...]) -> Row:
    for name, child in node.items():
        if name not in columns and name not in _DATED:
            unknown_name(child, "column", name, [*columns, *sorted(_DATED)], key=True)
    for name in columns:
        if name not in node and name not in _DATED:
            node.error("missing-cell", f"the row has no `{name}`", help="write `null` where there is none")
    for name in key:
        if name in node and name in columns and node.get(name) is None:
            node[name].error("missing-cell", f"`{name}` is in the table's `key`, so that every row needs a value of it")
    values = tuple(_cell(node[name], columns[name]) if name in node else None for name in columns)
    return Row(values=values, period=period(node), doubt=node.get("doubt"))


def _trusted_row(data: dict[str, Any], columns: dict[str, Column]) -> Row:
    """A row that has been checked before."""
    values = tuple(_plain(data[name]) for name in columns)
    if len(data) == len(values):
        return Row(values=values, period=_UNDATED)
    return Row(values=values, period=plain_period(data), doubt=data.get("doubt"))


def _plain(data: Any) -> Value:
    if isinstance(data, list):
        return frozenset(data)
    return Decimal(data) if isinstance(data, int) and not isinstance(data, bool) else data


def _cell(node: Node, column: Column) -> Value:
    value = cell(node, column)
    return None if is_bad(value) else value


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
