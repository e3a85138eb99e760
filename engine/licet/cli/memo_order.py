"""The facts of an order at the head of a memo, so that it can be read without the order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from licet.cli import words
from licet.cli.points import Point

Data = Mapping[str, Any]


def order_points(order: Data) -> Iterator[Point]:
    """What is to go where, between whom, and each line of it."""
    way = f"{_words(order.get('activity', 'activity not stated'))}, {_stated(order, 'origin', 'from')}"
    yield Point(f"{way} {_stated(order, 'destination', 'to')}{_dated(order)}")
    if order.get("end_use"):
        yield Point(f"end use: {words.plain(order['end_use'])}")
    for party in order.get("parties", ()):
        yield Point(_party(party))
    for item in order.get("items", ()):
        yield Point(_item(item))
    names = {p.get("id"): p.get("name") for p in order.get("parties", ())}
    for found in order.get("statements", ()):
        by = words.name(names.get(found.get("by"), found.get("by")))
        yield Point(f"statement: {_words(found.get('kind'))}, by {by}{_dated(found, 'on')}")
    for found in order.get("licenses", ()):
        until = _dated(found, "valid_through", ", valid through ")
        yield Point(f"license {words.name(found.get('id'))} ({_words(found.get('kind'))}){until}")


def _stated(order: Data, field: str, before: str) -> str:
    return f"{before} {words.name(order[field])}" if order.get(field) else f"{before} a place that is not stated"


def _dated(found: Data, field: str = "date", before: str = ", ") -> str:
    return f"{before}{words.name(found[field])}" if found.get(field) else ""


def _party(party: Data) -> str:
    roles = ", ".join(_words(role) for role in _list(party.get("roles")))
    country = words.name(party["country"]) if party.get("country") else "country not stated"
    return f"{roles}: {words.name(party.get('name'))} ({country})"


def _item(item: Data) -> str:
    about = words.name(item["description"]) if item.get("description") else "no description"
    parts = [f"line {words.name(item.get('id'))}: {about}"]
    parts.append(f"ECCN {words.name(item['eccn'])}" if item.get("eccn") else "ECCN not stated")
    if item.get("quantity") is not None:
        many = words.name(item["quantity"])
        parts.append(f"{many} {words.name(item['unit'])}" if item.get("unit") else f"quantity {many}")
    if isinstance(item.get("value"), Mapping):
        parts.append(_money(item["value"]))
    parts.append(f"made in {words.name(item['origin'])}" if item.get("origin") else "origin not stated")
    return ", ".join(parts)


def _money(value: Data) -> str:
    amount = value.get("amount")
    shown = f"{amount:,}" if isinstance(amount, (int, float)) else words.name(amount)
    return f"{words.name(value.get('currency', 'USD'))} {shown}"


def _words(text: object) -> str:
    return words.name(text).replace("_", " ")


def _list(found: object) -> Sequence[object]:
    return found if isinstance(found, Sequence) and not isinstance(found, str) else ()
