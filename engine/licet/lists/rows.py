"""Rows of any official file to entries of its lists."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import msgspec
from msgspec import Struct

from licet.findings import Finding, Severity
from licet.lists.catalog import Catalog
from licet.lists.entry import UNREADABLE, Address, Entry, Kind, Notice, sealed
from licet.lists.normalize import Terms
from licet.lists.notices import read_notices, unread
from licet.text import quoted

#: The most characters of a field; what is longer is no name, no address and no remark.
LONGEST_FIELD: Final = 100_000
_LONGEST_NAME: Final = 2_000
_MOST: Final = 100  # findings of one kind; more of them are counted
_KINDS: Final[dict[str, Kind]] = {
    "entity": "entity",
    "individual": "individual",
    "vessel": "vessel",
    "aircraft": "aircraft",
}


class Row(Struct, frozen=True, kw_only=True):
    """A row as a file gives it, its fields split, nothing of it judged yet."""

    line: int  # counted from 1; of a file without lines, the number of the row
    list: str
    name: str
    number: str = ""
    aliases: tuple[str, ...] = ()
    kind: str = ""
    addresses: tuple[Address, ...] = ()
    countries: tuple[str, ...] = ()
    citizenships: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    remarks: str = ""
    notices: str = ""
    start: str = ""
    end: str = ""
    requirement: str = ""
    policy: str = ""


class RowsRead(Struct, frozen=True, kw_only=True):
    """What a reader makes of a file. `met` rows are the good and the bad ones."""

    rows: tuple[Row, ...] = ()
    met: int = 0
    findings: tuple[Finding, ...] = ()
    source_clock: date | None = None
    refused: bool = False  # the file is no such list, and nothing of it counts


class Findings:
    """Findings of one file, bounded: of each kind the first hundred, and how many more there are."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._found: list[Finding] = []
        self._count: Counter[tuple[str, Severity]] = Counter()

    def add(
        self, code: str, message: str, line: int = 1, *, severity: Severity = Severity.ERROR, column: int = 1
    ) -> None:
        """One more problem."""
        self._count[code, severity] += 1
        if self._count[code, severity] <= _MOST:
            finding = Finding(code=code, message=message, path=self.path, line=line, column=column, severity=severity)
            self._found.append(finding)

    def all(self) -> tuple[Finding, ...]:
        """All of them, those left out told by number."""
        more = [
            Finding(
                code=code,
                message=f"{count - _MOST} more like this",
                path=self.path,
                line=1,
                column=1,
                severity=severity,
            )
            for (code, severity), count in self._count.items()
            if count > _MOST
        ]
        return (*self._found, *more)


def flaw(row: Row) -> str | None:
    """What makes the row no entry, or None."""
    if not row.name:
        return "the row has no name"
    if len(row.name) > _LONGEST_NAME:
        return f"expected a name, got {len(row.name)} characters"
    return None


def entries_of(rows: Iterable[Row], catalog: Catalog, findings: Findings) -> tuple[tuple[Entry, ...], int]:
    """The entries of good rows, by list and id, and how many rows say what another one said already."""
    made = [(sealed(_entry(row, catalog, findings)), row.line) for row in rows]
    first: dict[str, tuple[Entry, int]] = {}
    for entry, line in made:
        known = first.setdefault(entry.digest, (entry, line))
        if known[1] != line:
            note = f"{quoted(entry.name)} says the same as line {known[1]}"
            findings.add("duplicate-row", note, line, severity=Severity.NOTE)
    entries = _told_apart([entry for entry, _ in first.values()])
    return tuple(sorted(entries, key=lambda entry: (entry.list, entry.id))), len(made) - len(entries)


def _entry(row: Row, catalog: Catalog, findings: Findings) -> Entry:
    official = catalog.lists[row.list]
    start, end = _date(row.start, "start", row, findings), _date(row.end, "end", row, findings)
    notices = read_notices(row.notices)
    for words in unread(notices):
        findings.add("unread-notice", f"no citation: {quoted(words)}", row.line, severity=Severity.NOTE)
    published = start if official.start_date == "published" else None
    terms = _terms(row, catalog)
    countries = tuple(dict.fromkeys([*row.countries, *(a.country for a in row.addresses if a.country is not None)]))
    return Entry(
        list=row.list,
        id=row.number or _id(row.name, countries[:1]),
        name=row.name,
        aliases=tuple(dict.fromkeys(alias for alias in row.aliases if alias and alias != row.name)),
        kind=_KINDS.get(row.kind.lower(), "unknown"),
        addresses=row.addresses,
        countries=countries,
        citizenships=row.citizenships,
        programs=row.programs,
        ids=row.ids,
        remarks=row.remarks,
        notices=notices,
        # The column of start dates is, of lists made by rules, the day on which the first rule was published, not the
        # one on which it took effect; sources.yaml says which of the two a list gives.
        published=published or _first_published(notices),
        effective=start if official.start_date == "effective" else None,
        ended=end,
        requirement=row.requirement,
        policy=row.policy,
        scope=None if terms is None else terms.scope,
        review=None if terms is None else terms.review,
        footnotes=() if terms is None else terms.footnotes,
        doubt="" if terms is None else terms.doubt,
    )


def _terms(row: Row, catalog: Catalog) -> Terms | None:
    """What the row's requirement and policy say; None where its list has none."""
    phrases = catalog.phrases_of(row.list)
    if phrases is not None:
        return phrases.read(row.requirement, row.policy)
    if row.requirement or row.policy:
        return Terms(scope=UNREADABLE, review=UNREADABLE)
    return None


def _first_published(notices: Sequence[Notice]) -> date | None:
    return min((notice.published for notice in notices if notice.published is not None), default=None)


def _date(text: str, what: str, row: Row, findings: Findings) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        findings.add("bad-date", f"expected the {what} as a date, got {quoted(text)}", row.line)
        return None


def _id(name: str, more: Sequence[str]) -> str:
    """A name that stays the same while the source has no number of its own: a digest of what seldom changes."""
    folded = " ".join(name.casefold().split())
    return hashlib.sha256("\n".join((folded, *more)).encode("utf-8", "replace")).hexdigest()[:16]


def _told_apart(entries: Sequence[Entry]) -> list[Entry]:
    """The entries, those of one list and id told apart by their first notice, else by a number."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.list, entry.id), []).append(entry)
    out: list[Entry] = []
    for (_, shared), group in groups.items():
        if len(group) == 1:
            out.extend(group)
            continue
        # In an order that does not depend on that of the rows.
        ordered = sorted(group, key=lambda entry: (_first_cite(entry), entry.digest))
        taken: Counter[str] = Counter()
        for entry in ordered:
            name = f"{shared}-{_id(_first_cite(entry), ())[:6]}"
            taken[name] += 1
            own = name if taken[name] == 1 else f"{name}-{taken[name]}"
            out.append(sealed(msgspec.structs.replace(entry, id=own)))
    return out


def _first_cite(entry: Entry) -> str:
    return entry.notices[0].cite if entry.notices else ""
