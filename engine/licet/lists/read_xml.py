"""An official list as it stands in the regulations: the tables of a supplement, in the XML of the electronic code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final
from xml.parsers import expat

from licet.findings import Severity
from licet.lists.addresses import split_addresses
from licet.lists.catalog import Catalog
from licet.lists.entity_cell import read_entity
from licet.lists.rows import LONGEST_FIELD, Findings, Row, RowsRead, flaw
from licet.text import quoted

_DEEPEST: Final = 64
_MOST_ROWS: Final = 200_000
_LINES: Final = frozenset({"br", "p", "fp", "li", "div"})  # what begins a new line in a cell
_CELLS: Final = frozenset({"td", "th"})
_OUTSIDE: Final = frozenset({"head", "amddate"})  # what is read outside of tables
# Column -> words that its heading has.
_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "country": ("country",),
    "entity": ("entity", "listed person"),
    "requirement": ("license requirement",),
    "policy": ("license review policy", "license policy"),
    "notices": ("federal register",),
}
_CLOCKS: Final = ("%B %d, %Y", "%b. %d, %Y", "%Y-%m-%d")


class _Refused(Exception):  # noqa: N818 - it is no error of ours
    """Why the document is not read."""


def read_xml(data: bytes, catalog: Catalog, findings: Findings) -> RowsRead:
    """The rows of the tables of known lists; what is wrong with the document goes into the findings.

    Document type declarations, and with them entities and references to other documents, are refused.
    """
    reader = _Reader(catalog, findings)
    # Whatever encoding the document names: the library would look for it among all codecs there are.
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _no_doctype
    reader.line = lambda: int(parser.CurrentLineNumber)
    try:
        parser.Parse(data, True)  # noqa: FBT003 - the library takes it by position only
    except _Refused as problem:
        findings.add("refused-xml", str(problem), parser.CurrentLineNumber, column=parser.CurrentColumnNumber + 1)
        return RowsRead(refused=True)
    except expat.ExpatError as problem:
        words = expat.errors.messages.get(problem.code, "unknown")
        findings.add("not-a-list", f"no XML: {words}", problem.lineno, column=problem.offset + 1)
        return RowsRead(refused=True)
    if not reader.tables:
        findings.add("not-a-list", "no table of a known list in the document")
        return RowsRead(refused=True)
    return RowsRead(rows=tuple(reader.rows), met=reader.met, source_clock=reader.clock)


def _no_doctype(*_: object) -> None:
    raise _Refused("document type declarations are not read")


class _Reader:
    """What the parser tells, gathered to rows."""

    def __init__(self, catalog: Catalog, findings: Findings) -> None:
        self.rows: list[Row] = []
        self.met = 0
        self.tables = 0
        self.clock: date | None = None
        self.line: Callable[[], int] = lambda: 1
        self._catalog = catalog
        self._findings = findings
        self._depth = 0
        self._list: str | None = None
        self._list_depth = 0
        self._columns: Mapping[str, int] | None = None
        self._in_table = False
        self._cells: list[str] = []
        self._text: list[str] | None = None  # of the cell, the heading or the date that is open
        self._size = 0
        self._row_line = 1
        self._country: str | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _Refused(f"more than {_DEEPEST} elements inside one another")
        tag = name.lower()
        if tag.startswith("div") and self._list is None:
            self._enter(attributes.get("N", ""), self._depth)
        elif tag == "table" and self._list is not None:
            self._in_table, self._columns, self._country = True, None, None
        elif tag == "tr" and self._in_table:
            self._cells, self._row_line = [], self.line()
        elif tag in (_CELLS if self._in_table else _OUTSIDE):
            self._text, self._size = [], 0
        elif tag in _LINES and self._text is not None:
            self._text.append("\n")

    def text(self, text: str) -> None:
        if self._text is None:
            return
        self._size += len(text)
        if self._size > LONGEST_FIELD:
            raise _Refused(f"a cell of more than {LONGEST_FIELD} characters")
        self._text.append(text.replace("\n", " "))

    def end(self, name: str) -> None:
        tag = name.lower()
        if tag in _CELLS and self._in_table:
            self._cells.append(self._close())
        elif tag == "tr" and self._in_table:
            self._record()
        elif tag == "table":
            self._in_table = False
        elif tag == "head" and not self._in_table:
            heading = self._close()
            if self._list is None:
                self._enter(heading, self._depth - 1)
        elif tag == "amddate" and not self._in_table:
            self._date(self._close())
        if self._list is not None and self._depth == self._list_depth:
            self._list = None
        self._depth -= 1

    def _close(self) -> str:
        text = "".join(self._text or ())
        self._text = None
        return "\n".join(line for line in (" ".join(part.split()) for part in text.split("\n")) if line)

    def _enter(self, heading: str, depth: int) -> None:
        self._list = self._catalog.list_under(heading) if heading else None
        self._list_depth = depth

    def _date(self, text: str) -> None:
        for form in _CLOCKS:
            try:
                self.clock = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, without a time
            except ValueError:
                continue
            return

    def _record(self) -> None:
        if not any(self._cells):
            return
        if self._columns is None:
            self._columns = _columns(self._cells)
            if self._columns is None:
                self._in_table = False  # a table of something else
                self._findings.add(
                    "other-table",
                    "a table without countries and entities is not read",
                    self._row_line,
                    severity=Severity.NOTE,
                )
            else:
                self.tables += 1
            return
        self.met += 1
        if self.met > _MOST_ROWS:
            raise _Refused(f"more than {_MOST_ROWS} rows")
        row = self._row(self._columns)
        if row is not None:
            self.rows.append(row)

    def _row(self, columns: Mapping[str, int]) -> Row | None:
        cells = self._cells
        width = len(columns)
        if len(cells) == width - 1:
            cells = ["", *cells]  # the cell of the country spans several rows
        if len(cells) != width or self._list is None:
            self._findings.add("bad-row", f"expected {width} cells, got {len(self._cells)}", self._row_line)
            return None
        self._set_country(cells[columns["country"]])
        name, aliases, addresses = read_entity(cells[columns["entity"]])
        places, countries = split_addresses(addresses, self._catalog.countries)
        listed = () if self._country is None else (self._country,)
        row = Row(
            line=self._row_line,
            list=self._list,
            name=name,
            aliases=aliases,
            addresses=places,
            # It is listed under one country; its addresses may lie in others.
            countries=tuple(dict.fromkeys([*listed, *countries])),
            notices=self._cell("notices"),
            requirement=self._cell("requirement"),
            policy=self._cell("policy"),
        )
        wrong = flaw(row)
        if wrong is not None:
            self._findings.add("bad-row", wrong, self._row_line)
            return None
        if self._country is None:
            self._findings.add("unknown-country", f"no country for {quoted(name)}", self._row_line)
        return row

    def _cell(self, column: str) -> str:
        at = (self._columns or {}).get(column)
        cells = self._cells if at is None or len(self._cells) == len(self._columns or {}) else ["", *self._cells]
        return "" if at is None else " ".join(cells[at].split())

    def _set_country(self, text: str) -> None:
        """The country of this row and of those below it that have none of their own."""
        if not text:
            return
        self._country = self._catalog.countries.code(" ".join(text.split()))
        if self._country is None:
            self._findings.add("unknown-country", f"no country of this name: {quoted(text)}", self._row_line)


def _columns(cells: list[str]) -> Mapping[str, int] | None:
    """Where each column stands by its heading; None where the table is about something else."""
    found: dict[str, int] = {}
    for at, cell in enumerate(cells):
        heading = " ".join(cell.lower().split())
        for column, words in _HEADINGS.items():
            if column not in found and any(word in heading for word in words):
                found[column] = at
                break
        else:
            return None
    return found if {"country", "entity"} <= set(found) else None
