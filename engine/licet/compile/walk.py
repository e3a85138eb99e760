"""Walking classifications and terms."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct


def tables_in(term: object) -> Iterator[tuple[str, frozenset[str]]]:
    """The tables that a condition or a derivation names anywhere, each with the columns by which it is read."""
    if isinstance(term, (tuple, list)):
        for part in term:
            yield from tables_in(part)
    elif isinstance(term, Struct):
        table, by = getattr(term, "table", None), getattr(term, "by", None)
        if isinstance(table, str):
            keys = (name for name, _ in by) if isinstance(by, tuple) else (getattr(term, "column", ""),)
            yield table, frozenset(keys)
        for name in term.__struct_fields__:
            yield from tables_in(getattr(term, name))
