"""Known parties from files: one a line in JSON, or a CSV with a header. What is wrong with one keeps no other back."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from licet.cli.common import finding
from licet.cli.orders import STDIN, refusal
from licet.findings import Finding
from licet.screening.screener import KnownParty
from licet.suggest import did_you_mean
from licet.text import REPLACEMENT, quoted

Country = Callable[[str], str | None]  # the code of a code or a name; None where it is neither

_FIELDS: Final = ("id", "name", "country", "address", "aliases", "kind")
_KINDS: Final = ("entity", "individual", "vessel", "aircraft", "unknown")
_MOST: Final = 1_000_000  # bytes of a line, and characters of a cell
_BETWEEN: Final = ";"  # aliases in one cell


@dataclass(frozen=True, slots=True)
class Asked:
    """A party of a file, or why there is none on that line."""

    path: str
    line: int
    party: KnownParty | None = None
    finding: Finding | None = None


def parties_in(name: str, country: Country) -> Iterator[Asked]:
    """The parties of a file, in order; `-` is the standard input. A file without any is a finding."""
    path = STDIN if name == "-" else name
    none = True
    try:
        for asked in _of_file(name, path, country):
            none = False
            yield asked
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        yield _wrong(path, 1, "unreadable", f"{quoted(path)} cannot be read: {why}")
        return
    if none:
        yield _wrong(path, 1, "no-parties", f"{quoted(path)} has no party in it", "write one party a line")


def _of_file(name: str, path: str, country: Country) -> Iterator[Asked]:
    refused = None if name == "-" else refusal(Path(name), None)
    if refused is not None:
        yield Asked(path, 1, finding=refused)
        return
    with _opened(name) as file:
        first = file.readline(_MOST + 1).removeprefix(b"\xef\xbb\xbf")
        read = _json if first.lstrip().startswith(b"{") else _csv
        yield from read(_Reader(path, country), first, file)


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
    else:
        with Path(name).open("rb") as file:
            yield file


@dataclass(frozen=True, slots=True)
class _Reader:
    """How a line becomes a party."""

    path: str
    country: Country

    def party(self, line: int, data: Any) -> Asked:
        """The party of plain data."""
        problem = _shape(data)
        if problem is not None:
            return _wrong(self.path, line, *problem)
        stated = {name: value for name, value in data.items() if value not in (None, "")}
        where = stated.get("country")
        if where is not None:
            code = self.country(where)
            if code is None:
                return _wrong(self.path, line, *bad_country(where))
            stated["country"] = code
        stated["aliases"] = tuple(name for name in stated.get("aliases", ()) if name)
        return Asked(self.path, line, KnownParty(**{"id": str(line), **stated}))


def bad_country(text: str) -> tuple[str, str, str]:
    """That a country cannot be read: code, message and help of the finding."""
    hint = "countries are ISO 3166-1 alpha-2 codes, such as `CN`, or names in full"
    return "unknown-country", f"expected a country, got {quoted(text)}", hint


def _shape(data: Any) -> tuple[str, str] | tuple[str, str, str] | None:
    """What is wrong with a party's data: code, message and help."""
    if not isinstance(data, Mapping):
        return "wrong-type", "expected an object with the fields of a party"
    for name in data:
        if name not in _FIELDS:
            return "unknown-field", f"unknown field {quoted(name)}", _meant(name)
    for name, value in data.items():
        if name == "aliases" and isinstance(value, list) and all(isinstance(one, str) for one in value):
            continue
        if value is not None and (name == "aliases" or not isinstance(value, str)):
            kind = "a list of texts" if name == "aliases" else "a text"
            return "wrong-type", f"expected `{name}` to be {kind}"
    if not data.get("name"):
        return "no-name", "a party needs a name"
    if data.get("kind") and data["kind"] not in _KINDS:
        return "unknown-kind", f"unknown kind {quoted(data['kind'])}", f"kinds: {', '.join(map(quoted, _KINDS))}"
    return None


def _meant(name: str) -> str:
    near = did_you_mean(name, _FIELDS)
    return f"did you mean `{near}`?" if near else f"a party has {', '.join(map(quoted, _FIELDS))}"


def _json(reader: _Reader, first: bytes, file: BinaryIO) -> Iterator[Asked]:
    number, raw = 1, first
    while raw:
        if len(raw) > _MOST:
            message = f"more than {_MOST} bytes: a party has that many at most; the rest of the file is not read"
            yield _wrong(reader.path, number, "too-large", message)
            return
        if raw.strip():
            try:
                data = msgspec.json.decode(raw)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                why = str(error).removeprefix("JSON is malformed: ").lower()
                yield _wrong(reader.path, number, "not-json", f"the line is not JSON: {why}")
            else:
                yield reader.party(number, data)
        number, raw = number + 1, file.readline(_MOST + 1)


def _csv(reader: _Reader, first: bytes, file: BinaryIO) -> Iterator[Asked]:
    """The rows of a CSV. Its header must be understood, or whole columns would be passed over."""
    if not first.strip():
        return
    csv.field_size_limit(_MOST)
    rows = csv.reader(_texts(first, file), strict=True)
    header: list[str] | None = None
    while True:
        try:
            row = next(rows, None)
        except (csv.Error, _TooLongError) as error:
            message = f"the row cannot be read: {str(error).lower()}; the rest of the file is not read"
            yield _wrong(reader.path, rows.line_num or 1, "not-csv", message)
            return
        if row is None:
            return
        if header is None:
            header = [cell.strip().lower() for cell in row]
            problem = _header(header)
            if problem is not None:
                yield _wrong(reader.path, 1, *problem)
                return
        elif any(row):
            yield _row(reader, rows.line_num, header, row)


class _TooLongError(Exception):
    """A line is longer than any party."""


def _texts(first: bytes, file: BinaryIO) -> Iterator[str]:
    raw = first
    while raw:
        if len(raw) > _MOST:
            raise _TooLongError(f"more than {_MOST} bytes in a line")
        yield from io.StringIO(raw.decode("utf-8", "replace"), newline="")
        raw = file.readline(_MOST + 1)


def _header(header: list[str]) -> tuple[str, str] | tuple[str, str, str] | None:
    unknown = next((name for name in header if name not in _FIELDS), None)
    if unknown is not None:
        return "unknown-column", f"unknown column {quoted(unknown)}", _meant(unknown)
    if "name" not in header:
        return "no-name", "the header has no column `name`"
    return ("column-twice", "a column stands twice in the header") if len(set(header)) < len(header) else None


def _row(reader: _Reader, line: int, header: list[str], row: list[str]) -> Asked:
    if len(row) != len(header):
        message = f"expected {len(header)} cells, got {len(row)}"
        return _wrong(reader.path, line, "not-csv", message)
    if any(REPLACEMENT in cell for cell in row):
        return _wrong(reader.path, line, "not-utf-8", "the row is not UTF-8", "save the file as UTF-8")
    data: dict[str, Any] = dict(zip(header, (cell.strip() for cell in row), strict=True))
    if "aliases" in data:
        data["aliases"] = [name.strip() for name in data["aliases"].split(_BETWEEN)]
    return reader.party(line, data)


def _wrong(path: str, line: int, code: str, message: str, hint: str | None = None) -> Asked:
    return Asked(path, line, finding=replace(finding(path, code, message, hint), line=line))
