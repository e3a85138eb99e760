"""Official lists in whatever form they come: the front door of the readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from licet.findings import Finding, sort_findings
from licet.lists.catalog import Catalog
from licet.lists.entry import UNREADABLE, Entry
from licet.lists.read_csv import looks_like_csv, read_csv
from licet.lists.read_json import read_json
from licet.lists.read_xml import read_xml
from licet.lists.rows import Findings, RowsRead, entries_of

#: The most bytes of a file; the whole consolidated list has 8 MB as CSV and some 60 MB as JSON.
MOST_BYTES: Final = 200_000_000
_HEAD: Final = 4_096

Format: TypeAlias = Literal["csv", "json", "xml"]


class Read(Struct, frozen=True, kw_only=True):
    """What a file holds. `met` rows are the entries, those `twice` there, and the `bad` ones."""

    entries: tuple[Entry, ...] = ()  # by list and id
    counts: Mapping[str, int] = {}  # entries by list
    met: int = 0
    bad: int = 0
    twice: int = 0
    findings: tuple[Finding, ...] = ()
    source_clock: date | None = None  # the day of which the file says that it is current; None where it does not say
    format: Format | None = None
    refused: bool = False  # the file is no official list, and nothing of it counts


class Share(Struct, frozen=True):
    """How much of a list's requirements and policies was read, by entries and by distinct spellings."""

    entries: int
    read: int
    spellings: int
    spellings_read: int


def read_list(data: bytes, format: Format | None, catalog: Catalog, *, path: str = "list") -> Read:
    """The entries of an official file; the format is found out where none is given.

    A bad row is a finding and counted as `bad`, and the others still count; a file that is no official list is
    `refused`. `path` is what findings call the file. Never raises on what the data say.
    """
    findings = Findings(path)
    found = format or sniff(data)
    if len(data) > MOST_BYTES:
        findings.add("too-large", f"the file has {len(data)} bytes, and may have {MOST_BYTES}")
    elif found is None:
        findings.add("not-a-list", "expected the screening list as CSV or JSON, or the regulations as XML")
    else:
        raw = _rows(data, found, catalog, findings)
        if not raw.refused:
            return _made(raw, found, catalog, findings)
    return Read(findings=tuple(sort_findings(findings.all())), format=found, refused=True)


def sniff(data: bytes) -> Format | None:
    """The format that the first bytes look like; None where they look like none."""
    head = data[:_HEAD].decode("utf-8-sig", "replace").lstrip()
    if head.startswith(("{", "[")):
        return "json"
    if head.startswith("<"):
        return "xml"
    return "csv" if looks_like_csv(head) else None


def shares(entries: Iterable[Entry]) -> Mapping[str, Share]:
    """How much was read of each list that has requirements or policies."""
    by_list: dict[str, Counter[tuple[str, str, bool]]] = {}
    for entry in entries:
        if entry.scope is not None or entry.review is not None:
            read = UNREADABLE not in (entry.scope, entry.review)
            by_list.setdefault(entry.list, Counter())[entry.requirement, entry.policy, read] += 1
    return {
        name: Share(
            entries=sum(count.values()),
            read=sum(number for (_, _, read), number in count.items() if read),
            spellings=len(count),
            spellings_read=sum(1 for _, _, read in count if read),
        )
        for name, count in sorted(by_list.items())
    }


def _rows(data: bytes, format: Format, catalog: Catalog, findings: Findings) -> RowsRead:
    if format == "json":
        return read_json(data, catalog, findings)
    if format == "xml":
        return read_xml(data, catalog, findings)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        # One bad byte must not lose a whole list; it shows as a replacement character, and as a finding.
        line = data.count(b"\n", 0, problem.start) + 1
        findings.add("bad-encoding", f"expected UTF-8, got the byte {data[problem.start]:#04x}", line)
        text = data.decode("utf-8-sig", "replace")
    return read_csv(text, catalog, findings)


def _made(raw: RowsRead, format: Format, catalog: Catalog, findings: Findings) -> Read:
    entries, twice = entries_of(raw.rows, catalog, findings)
    return Read(
        entries=entries,
        counts=Counter(entry.list for entry in entries),
        met=raw.met,
        bad=raw.met - len(raw.rows),
        twice=twice,
        findings=tuple(sort_findings(findings.all())),
        source_clock=raw.source_clock,
        format=format,
    )
