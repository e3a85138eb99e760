"""The consolidated screening list as CSV, in any of its layouts: columns are found by their names."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from licet.findings import Severity
from licet.lists.addresses import split_addresses
from licet.lists.catalog import Catalog
from licet.lists.rows import Findings, Row, RowsRead, flaw
from licet.suggest import did_you_mean
from licet.text import quoted

#: The columns that are read. A file without one of them would lose what it says, and is refused.
NEEDED: Final = (
    "source entity_number type programs name addresses federal_register_notice start_date end_date standard_order "
    "license_requirement license_policy remarks alt_names citizenships ids"
).split()
# Columns that are known and have no place in an entry.
_KNOWN: Final = frozenset(
    "_id title call_sign vessel_type gross_tonnage gross_registered_tonnage vessel_flag vessel_owner source_list_url "
    "dates_of_birth nationalities places_of_birth source_information_url".split()
)
_SHOWN: Final = 5  # names of columns in one message


def looks_like_csv(head: str) -> bool:
    """Whether the beginning of a text is a line of column names, some of which are read."""
    columns = {name.strip(' "').lower() for name in head.lstrip("\ufeff").split("\n", 1)[0].split(",")}
    return len(columns & set(NEEDED)) > 1


def read_csv(text: str, catalog: Catalog, findings: Findings) -> RowsRead:
    """The rows of the text; what is wrong with it goes into the findings."""
    records = _records(text, findings)
    header = next(records, None)
    if header is None or header[1] is None:
        findings.add("not-a-list", "expected a line of column names, got none")
        return RowsRead(refused=True)
    columns = _columns(header[1], findings)
    if columns is None:
        return RowsRead(refused=True)
    rows: list[Row] = []
    met = 0
    for line, record in records:
        if record is not None and not any(record):
            continue  # a blank line says nothing
        met += 1
        row = None if record is None else _row(record, line, columns, len(header[1]), catalog, findings)
        if row is not None:
            rows.append(row)
    return RowsRead(rows=tuple(rows), met=met)


def _records(text: str, findings: Findings) -> Iterator[tuple[int, list[str] | None]]:
    """Each record with the line on which it begins; None where it is no CSV."""
    # Quotes that do not close are an error rather than a field that swallows the rows behind it. The library refuses a
    # field of more than 131,072 characters.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            findings.add("bad-row", f"no CSV: {problem}", line)
            yield line, None
            continue
        yield line, record


def _columns(header: Sequence[str], findings: Findings) -> Mapping[str, int] | None:
    """Where each column stands, or None where one is missing or stands twice."""
    names = [name.strip().lower() for name in header]
    missing = [name for name in NEEDED if name not in names]
    twice = sorted(name for name, count in Counter(names).items() if count > 1 and name in NEEDED)
    if missing:
        near = did_you_mean(missing[0], [name for name in names if name not in NEEDED])
        hint = "" if near is None else f", and {quoted(near)} is near {quoted(missing[0])}"
        findings.add("missing-column", f"the columns {_told(missing)} are missing{hint}")
    for name in twice:
        findings.add("duplicate-column", f"the column {quoted(name)} stands twice", column=names.index(name) + 1)
    unknown = [name for name in names if name not in NEEDED and name not in _KNOWN]
    if unknown and not missing:
        findings.add("unknown-column", f"the columns {_told(unknown)} are not read", severity=Severity.NOTE)
    return None if missing or twice else {name: names.index(name) for name in NEEDED}


def _told(names: Sequence[str]) -> str:
    more = f" ({len(names) - _SHOWN} more)" if len(names) > _SHOWN else ""
    return ", ".join(quoted(name) for name in names[:_SHOWN]) + more


def _row(
    record: Sequence[str], line: int, columns: Mapping[str, int], width: int, catalog: Catalog, findings: Findings
) -> Row | None:
    if len(record) != width:
        findings.add("bad-row", f"expected {width} fields, got {len(record)}", line)
        return None

    def field(name: str) -> str:
        return " ".join(record[columns[name]].split())

    known = catalog.list_named(field("source"))
    if known is None:
        findings.add("unknown-list", f"no list of this name: {quoted(field('source'))}", line)
        return None
    addresses, countries = split_addresses(record[columns["addresses"]], catalog.countries)
    order = field("standard_order")
    row = Row(
        line=line,
        list=known,
        number=field("entity_number"),
        name=field("name"),
        aliases=split(field("alt_names")),
        kind=field("type"),
        addresses=addresses,
        countries=countries,
        citizenships=tuple(catalog.countries.code(name) or name for name in split(field("citizenships"))),
        programs=split(field("programs")),
        ids=split(field("ids")),
        remarks="; ".join(text for text in (field("remarks"), f"standard order: {order}" if order else "") if text),
        notices=field("federal_register_notice"),
        start=field("start_date"),
        end=field("end_date"),
        requirement=field("license_requirement"),
        policy=field("license_policy"),
    )
    wrong = flaw(row)
    if wrong is not None:
        findings.add("bad-row", wrong, line)
    return None if wrong is not None else row


def split(text: str) -> tuple[str, ...]:
    """The parts of a field that separates them by `;`, each once."""
    return tuple(dict.fromkeys(part for part in (piece.strip() for piece in text.split(";")) if part))
