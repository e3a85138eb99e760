"""Every doubt that a pack states, with its place: where a reviewer should look first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from licet.policy.load import Loaded


def doubts(loaded: Loaded) -> dict[str, dict[str, list[str]]]:
    """The doubts by folder and text, each with the rows or listings that it is about."""
    found: dict[str, dict[str, list[str]]] = {}
    for key, data in sorted(loaded.data.items()):
        kind, home, _ = key.split(":", 2)
        for text, about in _DOUBTS.get(kind, _of_file)(data):
            found.setdefault(home, {}).setdefault(" ".join(text.split()), []).extend(about)
    return dict(sorted(found.items()))


def doubts_page(loaded: Loaded) -> str:
    """The doubts in Markdown, as a list for each folder."""
    found = doubts(loaded)
    count = sum(len(texts) for texts in found.values())
    sections = [f"**`{home}`**\n\n" + "".join(map(_line, texts.items())) for home, texts in found.items()]
    return f"{count} doubts, in {len(found)} places.\n\n" + "\n".join(sections)


def _line(doubt: tuple[str, list[str]]) -> str:
    text, about = doubt
    return f"- {', '.join(about)}: {text}\n" if about else f"- {text}\n"


def _of_file(data: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    if data.get("doubt"):
        yield data["doubt"], []


def _of_table(data: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for row in data["rows"]:
        if row.get("doubt"):
            since = f" from {row['from']}" if row.get("from") else ""
            yield row["doubt"], [" ".join(str(row[name]) for name in data["key"]) + since]


def _of_listings(data: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for listing in data["listings"]:
        if listing.get("doubt"):
            yield listing["doubt"], [f"`{listing['id']}`"]
        for row in listing["rows"]:
            if row.get("doubt"):
                yield row["doubt"], [f"`{listing['id']}` from {row['from']}"]


_DOUBTS = {"table": _of_table, "listings": _of_listings}
