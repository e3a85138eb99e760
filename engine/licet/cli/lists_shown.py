"""Official lists, their versions and entries, as text and as data."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from licet.text import clean

if TYPE_CHECKING:
    from licet.lists.changes import Changes
    from licet.lists.entry import Entry
    from licet.lists.store import Version

_LONGEST = 300
# What a spreadsheet takes for a formula at the beginning of a cell, in either width.
_FORMULA = "=+-@\t\r\n＝＋－＠"


def shown(text: object, limit: int = _LONGEST) -> str:
    """Text from a list, fit to print."""
    return clean(str(text), limit)


def day(value: object) -> str:
    """A day, or that it is not known."""
    return "unknown" if value is None else str(value)


# --- versions --------------------------------------------------------------------------------------------------------


def version_data(version: Version) -> Mapping[str, Any]:
    """A version as JSON data."""
    from msgspec import to_builtins

    data: dict[str, Any] = to_builtins(version)
    return {**data, "entries": version.entries}


def version_text(version: Version) -> Iterator[str]:
    """A version and its counts."""
    yield f"version {version.number} ({version.digest[:12]}), {version.entries} entries"
    yield f"  current to {day(version.source_clock)} ({version.clock_basis}), fetched {version.fetched_at.isoformat()}"
    yield f"  from {shown(version.address)}, read by licet {version.engine}"
    if version.unreadable or version.findings:
        yield f"  {version.findings} findings, {version.unreadable} rows unreadable"
    if version.accepted is not None:
        yield f"  accepted in spite of {', '.join(version.accepted_codes)}: {shown(version.accepted)}"
    for name, count in sorted(version.counts.items()):
        yield f"  {count:>8}  {shown(name)}"


# --- entries ---------------------------------------------------------------------------------------------------------


def entry_data(entry: Entry) -> Any:
    """An entry as JSON data."""
    from msgspec import to_builtins

    return to_builtins(entry)


def entry_line(entry: Entry) -> str:
    """An entry on one line."""
    where = f" ({shown(', '.join(entry.countries))})" if entry.countries else ""
    return f"{shown(entry.list)}  {shown(entry.name)}{where}  [{shown(entry.id)}]"


def entry_text(entry: Entry) -> Iterator[str]:
    """An entry in full."""
    yield shown(entry.name)
    for name in entry.__struct_fields__:
        if name != "name":
            yield from _field(name, _readable(getattr(entry, name)))


def _readable(value: object) -> object:
    """Addresses and notices as lines of text; everything else as it is."""
    return [_cell(one) for one in value] if isinstance(value, tuple) else value


def _field(name: str, value: object) -> Iterator[str]:
    if value in (None, "", (), []):
        return
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        yield f"  {name}: {shown(value[0], 2000)}"
        yield from (f"  {'':>{len(name)}}  {shown(one, 2000)}" for one in value[1:])
        return
    yield f"  {name}: {shown(plain(value), 2000)}"


def plain(value: object) -> str:
    """A value of an entry on one line."""
    from msgspec import Struct
    from msgspec.json import encode

    if isinstance(value, tuple | list | dict | Struct):
        return encode(value).decode("utf-8", "replace")
    return "none" if value in (None, "") else str(value)


# --- differences -----------------------------------------------------------------------------------------------------


def changes_data(changes: Changes) -> Mapping[str, Any]:
    """Differences as JSON data."""
    from msgspec import to_builtins

    return {
        "counts": changes.counts(),
        "added": [entry_data(entry) for entry in changes.added],
        "removed": [entry_data(entry) for entry in changes.removed],
        "changed": [
            {
                "list": one.new.list,
                "id": one.new.id,
                "name": one.new.name,
                "digests": [one.old.digest, one.new.digest],
                "fields": to_builtins(one.fields),
            }
            for one in changes.changed
        ],
    }


def changes_text(changes: Changes) -> Iterator[str]:
    """Differences: how many in each list, then each one."""
    for name, counts in changes.counts().items():
        yield f"{shown(name)}: {counts['added']} added, {counts['removed']} removed, {counts['changed']} changed"
    yield from (f"+ {entry_line(entry)}" for entry in changes.added)
    yield from (f"- {entry_line(entry)}" for entry in changes.removed)
    for one in changes.changed:
        yield f"~ {entry_line(one.new)}"
        yield from (f"    {f.name}: {shown(plain(f.old))} -> {shown(plain(f.new))}" for f in one.fields)


# --- a spreadsheet ---------------------------------------------------------------------------------------------------


def as_csv(entries: Iterable[Entry]) -> Iterator[str]:
    """The entries as lines of CSV; no cell is one that a spreadsheet would take for a formula."""
    from licet.lists.entry import Entry

    yield _csv_line(Entry.__struct_fields__)
    for entry in entries:
        yield _csv_line([_cell(getattr(entry, name)) for name in Entry.__struct_fields__])


def _cell(value: object) -> str:
    from licet.lists.entry import Address, Notice

    if isinstance(value, tuple):
        return "; ".join(_cell(one) for one in value)
    if isinstance(value, Address):
        return value.text if value.country is None else f"{value.text} ({value.country})"
    if isinstance(value, Notice):
        return value.cite if value.published is None else f"{value.cite}, {value.published}"
    return "" if value in (None, "") else clean(plain(value), 30_000)  # a spreadsheet's cell holds little more


def _csv_line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([_inert(cell) for cell in cells])
    return out.getvalue()


def _inert(cell: str) -> str:
    """The cell as text, whatever it begins with.

    >>> _inert("=1+1"), _inert("Acme")
    ("'=1+1", 'Acme')
    """
    return f"'{cell}" if cell[:1] in _FORMULA and cell else cell
