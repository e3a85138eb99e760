"""Addresses of official lists, with their countries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from licet.lists.catalog import Countries
from licet.lists.entry import Address

_CODE: Final = re.compile(r"(?:^|[,.;] *)([A-Z]{2})$")
# `(See alternate addresses under Pakistan)`: what the entry says elsewhere, no part of this address.
_POINTER: Final = re.compile(r"[ ,.]{0,4}\((?:see|also see) [^()]*\)[ .]*$", re.IGNORECASE)
_AND: Final = re.compile(r"and(?: |(?=[A-Z0-9]))")


def split_addresses(text: str, countries: Countries) -> tuple[tuple[Address, ...], tuple[str, ...]]:
    """The addresses of a field that separates them by `;`, and the countries it names.

    Each address may end in its country's code, or all of them together, or the country is spelled out.
    """
    pieces: list[tuple[str, str | None]] = []
    bare: list[str] = []
    for part in text.split(";"):
        words = _tidy(part)
        alone = countries.code(words)
        words, code = (words, alone) if alone is not None else _coded(words, countries)
        if alone is None and _POINTER.sub("", words):
            pieces.append((words, code))
        elif code is not None:
            bare.append(code)
    # Where every address has a code, that is its country. A code after the last one alone may be that of another.
    certain = bool(pieces) and all(code is not None for _, code in pieces) and not bare
    named = [_country(words, code, countries, certain=certain) for words, code in pieces]
    codes = [code for _, code in pieces if code is not None]
    # A code tells under which country the party is listed, and comes before what the words tell.
    every = tuple(dict.fromkeys([*codes, *bare, *(found for found in named if found is not None)]))
    addresses = [
        Address(words, found or (every[0] if len(every) == 1 else None))
        for (words, _), found in zip(pieces, named, strict=True)
    ]
    return tuple(dict.fromkeys(addresses)), every


def joined_address(parts: Sequence[str], country: str | None) -> Address | None:
    """An address of its parts (street, city, state, postal code); None where there is none."""
    text = ", ".join(words for words in (" ".join(part.split()) for part in parts) if words)
    return Address(text, country) if text else None


def country_of(text: str, countries: Countries) -> str | None:
    """The country whose name ends the address, postal codes and pointers to other entries aside."""
    bare = _POINTER.sub("", text)
    segments = [segment for segment in bare.split(",") if segment.strip()]
    for segment in segments[:-3:-1]:
        found = countries.at_end(segment)
        if found is not None:
            return found
        if not any(c.isdigit() for c in segment):
            return None
    return None


def _tidy(part: str) -> str:
    words = " ".join(part.split())
    joint = _AND.match(words)
    return (words if joint is None else words[joint.end() :]).strip(" ,")


def _coded(words: str, countries: Countries) -> tuple[str, str | None]:
    """The address without the code at its end, and the code."""
    match = _CODE.search(words)
    if match is None or match[1] not in countries.codes:
        return words, None
    return words[: match.start()].rstrip(" ,"), match[1]


def _country(words: str, code: str | None, countries: Countries, *, certain: bool) -> str | None:
    if certain:
        return code
    return country_of(words, countries) or code
