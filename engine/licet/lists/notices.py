"""Federal Register citations in the spellings that official lists have, to notices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from licet.lists.entry import Notice

_LONGEST: Final = 5_000  # characters of one entry's citations
_YEAR_ZERO: Final = 1935  # volume 1 of the Federal Register is of 1936
_DATE: Final = r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4}|\d{2})(?!\d)"
# `84 FR 22961, 5/21/19`, `82.F.R. 14200`, `77 FR 61249 No. 195`, `76 FR No. 197 (10/12/2011)`, `82 F.R. 28473, 28473`.
_PAGE: Final = re.compile(
    r"(?P<volume>\d{2,3})[ .]*F\.? ?R\.?,? *(?:No\. *(?P<number>\d{1,3})(?!\d)|(?P<page>\d{1,6}))(?!/)"
    r"(?:, *\d{1,6}(?![\d/]|[ .]*F))?(?: *\(?No\. *\d{1,3}\)?)?"
    rf"(?:[ ,;]*\(?{_DATE}\)?)?",
    re.IGNORECASE,
)
_ISSUE: Final = re.compile(
    rf"Vol\. *(?P<volume>\d{{2,3}}),? *No\. *(?P<number>\d{{1,3}})(?:[ ,]*{_DATE})?", re.IGNORECASE
)
# `80 17726 4/2/15`: the letters were forgotten, but volume, page and date stand.
_BARE: Final = re.compile(rf"(?P<volume>\d{{2,3}}) +(?P<page>\d{{3,6}}) +{_DATE}")
_ANY: Final = (_PAGE, _ISSUE, _BARE)
_BETWEEN: Final = " ,;.&()"


def read_notices(text: str) -> tuple[Notice, ...]:
    """The notices that the text cites, each once and in order; what is no citation is kept in its own words.

    >>> [(notice.cite, str(notice.published)) for notice in read_notices("84 FR 22961, 5/21/19; 85 FR 29849")]
    [('84 FR 22961', '2019-05-21'), ('85 FR 29849', 'None')]
    """
    return tuple(dict.fromkeys(_notices(" ".join(text[:_LONGEST].split()))))


def unread(notices: tuple[Notice, ...]) -> tuple[str, ...]:
    """The words among the notices that are no citation."""
    return tuple(notice.cite for notice in notices if not _CITED.fullmatch(notice.cite))


_CITED: Final = re.compile(r"\d{2,3} FR (?:No\. )?\d{1,6}")


def _notices(text: str) -> Iterator[Notice]:
    at = 0
    for match in _found(text):
        yield from _words(text[at : match.start()])
        yield _notice(match)
        at = match.end()
    yield from _words(text[at:])


def _found(text: str) -> Iterator[re.Match[str]]:
    """The citations, from left to right."""
    at = 0
    while True:
        matches = [match for match in (pattern.search(text, at) for pattern in _ANY) if match is not None]
        if not matches:
            return
        first = min(matches, key=lambda match: match.start())
        yield first
        at = first.end()


def _notice(match: re.Match[str]) -> Notice:
    found = match.groupdict()
    volume = int(found["volume"])
    page = found.get("page")
    cite = f"{volume} FR {int(page)}" if page else f"{volume} FR No. {int(found['number'])}"
    return Notice(cite=cite, published=_published(found, volume))


def _published(found: dict[str, str | None], volume: int) -> date | None:
    """The day, if it is one and in the year of the volume: each year has a volume of its own."""
    if not found["year"] or not found["month"] or not found["day"]:
        return None
    year = _YEAR_ZERO + volume
    if int(found["year"]) not in {year, year % 100}:
        return None
    try:
        return date(year, int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def _words(text: str) -> Iterator[Notice]:
    bare = text.strip(_BETWEEN)
    bare = bare.removeprefix("and ").removesuffix(" and").strip(_BETWEEN)
    if bare and bare != "and":
        yield Notice(cite=bare)
