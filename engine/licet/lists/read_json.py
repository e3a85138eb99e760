"""The consolidated screening list as JSON: the `results` of its programming interface, or the rows alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from licet.findings import Severity
from licet.lists.addresses import country_of, joined_address
from licet.lists.catalog import Catalog
from licet.lists.entry import Address
from licet.lists.rows import LONGEST_FIELD, Findings, Row, RowsRead, flaw
from licet.text import quoted

_TEXTS: Final = (
    "source name type federal_register_notice start_date end_date standard_order license_requirement license_policy "
    "remarks"
).split()
_NEEDED: Final = ("source", "name")
_PARTS: Final = ("address", "city", "state", "postal_code")
_ID_PARTS: Final = ("country", "number", "type")


class _RowError(ValueError):
    """What is wrong with a row."""


def read_json(data: bytes, catalog: Catalog, findings: Findings) -> RowsRead:
    """The rows of the data, counted from 1; what is wrong with it goes into the findings."""
    try:
        body: Any = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as problem:
        findings.add("not-a-list", f"no JSON: {problem}")
        return RowsRead(refused=True)
    results = body.get("results") if isinstance(body, dict) else body
    if not isinstance(results, list):
        findings.add("not-a-list", "expected a list of rows, or an object with `results`")
        return RowsRead(refused=True)
    _warn_of_part(body, len(results), findings)
    rows: list[Row] = []
    for number, item in enumerate(results, start=1):
        try:
            rows.append(_row(item, number, catalog))
        except _RowError as problem:
            code = "unknown-list" if str(problem).startswith("no list") else "bad-row"
            findings.add(code, str(problem), number)
    return RowsRead(rows=tuple(rows), met=len(results), source_clock=_clock(body))


def _warn_of_part(body: Any, count: int, findings: Findings) -> None:
    total = body.get("total") if isinstance(body, dict) else None
    if isinstance(total, int) and total > count:
        findings.add("part-of-list", f"the source has {total} rows, the file {count}", severity=Severity.WARNING)


def _clock(body: Any) -> date | None:
    """The last day on which the source says one of its lists was brought up to date."""
    used = body.get("sources_used") if isinstance(body, dict) else None
    days: list[date] = []
    for source in used if isinstance(used, list) else ():
        text = source.get("source_last_updated") if isinstance(source, dict) else None
        try:
            days.append(date.fromisoformat(str(text)[:10]))
        except ValueError:
            continue
    return max(days, default=None)


def _row(item: Any, number: int, catalog: Catalog) -> Row:
    if not isinstance(item, dict):
        raise _RowError("expected an object")
    texts = {name: _text(item.get(name), name) for name in _TEXTS}
    for name in _NEEDED:
        if not texts[name]:
            raise _RowError(f"the row has no {name}")
    known = catalog.list_named(texts["source"])
    if known is None:
        raise _RowError(f"no list of this name: {quoted(texts['source'])}")
    addresses, countries = _addresses(item.get("addresses"), catalog)
    own = _text(item.get("country"), "country")
    code = catalog.countries.code(own) if own else None
    remarks = [texts["remarks"], f"standard order: {texts['standard_order']}" if texts["standard_order"] else ""]
    row = Row(
        line=number,
        list=known,
        number=_text(item.get("entity_number"), "entity_number"),
        name=texts["name"],
        aliases=_texts(item.get("alt_names"), "alt_names"),
        kind=texts["type"],
        addresses=addresses,
        countries=tuple(dict.fromkeys([*countries, *([code] if code else [])])),
        citizenships=tuple(
            catalog.countries.code(name) or name for name in _texts(item.get("citizenships"), "citizenships")
        ),
        programs=_texts(item.get("programs"), "programs"),
        ids=_ids(item.get("ids")),
        remarks="; ".join(text for text in remarks if text),
        notices=texts["federal_register_notice"],
        start=texts["start_date"],
        end=texts["end_date"],
        requirement=texts["license_requirement"],
        policy=texts["license_policy"],
    )
    wrong = flaw(row)
    if wrong is not None:
        raise _RowError(wrong)
    return row


def _addresses(value: Any, catalog: Catalog) -> tuple[tuple[Address, ...], tuple[str, ...]]:
    found: list[Address] = []
    countries: list[str] = []
    for item in _list(value, "addresses"):
        if not isinstance(item, Mapping):
            raise _RowError("expected an address as an object")
        named = _text(item.get("country"), "country")
        code = catalog.countries.code(named) if named else None
        parts = [_text(item.get(name), name) for name in _PARTS]
        if code is None and named:
            parts.append(named)  # a place that is no country stays readable
        elif code is None:
            code = country_of(parts[0], catalog.countries)
        address = joined_address(parts, code)
        if address is not None:
            found.append(address)
        if code is not None:
            countries.append(code)
    return tuple(dict.fromkeys(found)), tuple(dict.fromkeys(countries))


def _ids(value: Any) -> tuple[str, ...]:
    """Numbers of passports and registers, in the words that the CSV file has for them."""
    found = []
    for item in _list(value, "ids"):
        if isinstance(item, Mapping):
            parts = [_text(item.get(name), name) for name in _ID_PARTS]
            found.append(", ".join(part for part in parts if part))
        else:
            found.append(_text(item, "ids"))
    return tuple(dict.fromkeys(text for text in found if text))


def _list(value: Any, name: str) -> Sequence[Any]:
    if value is None or value == "":
        return ()
    if not isinstance(value, list):
        raise _RowError(f"expected {quoted(name)} as a list")
    return value


def _texts(value: Any, name: str) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split(";")
    return tuple(dict.fromkeys(text for text in (_text(item, name) for item in _list(value, name)) if text))


def _text(value: Any, name: str) -> str:
    """The text on one line; a number is its digits, nothing is nothing."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _RowError(f"expected {quoted(name)} as text")
    text = " ".join(str(value).split())
    if len(text) > LONGEST_FIELD:
        raise _RowError(f"{quoted(name)} has {len(text)} characters, and may have {LONGEST_FIELD}")
    return text
