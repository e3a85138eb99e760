"""Cells of the Commerce Control List's tables of requirements, as far as a program can read them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

COLUMN = re.compile(r"(NS|RS|MT|NP|CB|CC|AT|FC) Column (\d)")
PARAGRAPH = r"[a-z](?:\.(?:\d+|[a-z]))*"
SCOPE = re.compile(r"[A-Z]{2}(?: appl(?:y|ies))?(?: to)? (.*)$")
ENTIRE = re.compile(r"(?:the )?entire entry(?:,? except:? (?P<but>.*)|\.?)$")
FILLER = re.compile(r"(?:items|commodities) controlled by|“software” controlled by|paragraphs?|of this entry|only$")

# What a cell says where it names no column, by the words that give it away.
OUTSIDE = (
    (r"742\.15", ("EI",)),
    (r"Iraq or Pakistan", ("RS_iraq", "RS_pakistan")),
    (r"Pakistan", ("RS_pakistan",)),
    (r"Iraq", ("RS_iraq",)),
    (r"746\.1\(b\)|§ 746\.1 |764\.1\(b\)", ("UN",)),
    (r"742\.6\(a\)\(7\)", ("RS_y",)),
    (r"742\.4\(a\)\(5\)|742\.6\(a\)\(10\)", ("plurilateral",)),
    (r"\(a\)\(6\)\(iii\)\(A\)", ("AC_worldwide",)),
    (r"\(a\)\(6\)\(iii\)\(B\)", ("AC_groups",)),
    (r"742\.6\(a\)\(11\)", ("FN5",)),
    (r"\(a\)\(6\)\(i\)\(B\)", ("HBM",)),
    (r"742\.4\(a\)\(4\)|See § 742\.6\(a\)\(6\)(?:\(i\))? of", ("SME",)),
    (r"742\.13", ("SL",)),
    (r"742\.14", ("SI",)),
    (r"746\.8", ("RU_sector",)),
    (r"North Korea", ("AT_korea",)),
)


@dataclass(frozen=True)
class Reading:
    """A requirement: its code, the column of our table, the paragraphs, and those that it leaves out."""

    code: str
    column: str
    paragraphs: tuple[str, ...] = ("",)
    but: tuple[str, ...] = field(default=())

    def covers(self, paragraph: str) -> bool:
        """Whether it applies to a paragraph of its entry; "" is a paragraph that nobody names."""
        return any(under(paragraph, p) for p in self.paragraphs) and not any(under(paragraph, p) for p in self.but)


def under(paragraph: str, above: str) -> bool:
    """Whether the paragraph is the other one, or below it; everything is below the entry."""
    return not above or paragraph == above or paragraph.startswith(above + ".")


def mechanical(eccn: str, cell: Mapping[str, str]) -> tuple[Reading, ...]:
    """What a program makes of a cell; nothing where it cannot read it."""
    codes = _codes(cell["countryChart"])
    scope = _scope(eccn, cell["control"])
    if not codes or scope is None:
        return ()
    return tuple(Reading(code, column, *scope) for code, column in codes)


def _codes(text: str) -> list[tuple[str, str]]:
    found = COLUMN.match(text)
    if found:
        return [(found[1] + found[2], "reasons")]
    if text == "Column 1.":  # of AT, in one entry
        return [("AT1", "reasons")]
    for words, codes in OUTSIDE:
        if re.search(words, text):
            return [(code, "reasons" if code == "EI" else "special") for code in codes]
    return []


def _scope(eccn: str, text: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    scope = SCOPE.match(text)
    if not scope:
        return None
    entire = ENTIRE.match(scope[1].strip())
    if not entire:
        named = _paragraphs(eccn, scope[1])
        return (tuple(named), ()) if named else None
    if entire["but"] is None:
        return ("",), ()
    but = _paragraphs(eccn, entire["but"])
    return None if but is None else (("",), tuple(but))


def _paragraphs(eccn: str, text: str) -> list[str] | None:
    plain = FILLER.sub("", re.sub(r"\.\s+(?=[a-z0-9])", ".", text.replace(eccn, ""))).strip(" .")
    found: list[str] = []
    for token in re.split(r"\s*(?:,|;|\band\b|\bor\b)\s*", plain):
        name = token.strip(" .")
        span = re.fullmatch(rf"({PARAGRAPH})\s+(?:to|through)\s+\.?({PARAGRAPH})", name)
        if span:
            found += _span(span[1].split("."), span[2].split("."))
        elif re.fullmatch(PARAGRAPH, name):
            found.append(name)
        elif name:
            return None
    return found


def _span(first: list[str], last: list[str]) -> Iterator[str]:
    """The paragraphs from one to another, such as k to n, or f.2 to f.4."""
    low, high = first[-1], last[-1]
    steps = range(int(low), int(high) + 1) if low.isdigit() else range(ord(low), ord(high) + 1)
    for step in steps:
        yield ".".join([*first[:-1], str(step) if low.isdigit() else chr(step)])


def listed(readings: Sequence[Mapping[str, Any]]) -> tuple[Reading, ...]:
    """Readings as the files beside this one list them."""
    return tuple(Reading(r["code"], r["as"], tuple(r.get("in", [""])), tuple(r.get("not_in", []))) for r in readings)
