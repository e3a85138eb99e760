"""Tables as they stand on a day, indexed by key: a look-up costs the same however long the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from licet.compile.clock import Calendar, Epoch
from licet.policy.in_force import in_force
from licet.policy.model import Row, Table
from licet.policy.terms import Period, TableColumn, Timeline
from licet.values import FALSE, TRUE, Value

_UNDATED = Period()
Key = tuple[Value, ...]


class DatedTable:
    """A table, with the views of it that have been asked for: one an epoch."""

    def __init__(self, table: Table) -> None:
        self.table = table
        #: By the row's place; most rows have no dates, and are always in force.
        self.timelines = {
            place: Timeline(periods=(row.period,)) for place, row in enumerate(table.rows) if row.period != _UNDATED
        }
        self._calendar = Calendar(self.timelines.values())
        self._views: dict[Epoch, TableView] = {}

    def at(self, as_of: date, known_on: date | None) -> TableView:
        """The table on a day."""
        epoch = self._calendar.epoch(as_of, known_on)
        view = self._views.get(epoch)
        if view is None:
            law = {place: in_force(timeline, as_of, known_on).truth for place, timeline in self.timelines.items()}
            rows = tuple(row for place, row in enumerate(self.table.rows) if law.get(place, TRUE) != FALSE)
            view = self._views[epoch] = TableView(self.table, rows)
        return view


class TableView:
    """The rows of a table in force on some day."""

    def __init__(self, table: Table, rows: tuple[Row, ...]) -> None:
        self.rows = rows
        self._table = table
        self._places = {name: place for place, name in enumerate(table.columns)}
        self._columns: dict[TableColumn, frozenset[Value]] = {}
        self._indexes: dict[tuple[str, ...], _Index] = {}

    def column(self, ref: TableColumn) -> frozenset[Value]:
        """The values of a column, in the rows that match."""
        if ref not in self._columns:
            place = self._places[ref.column]
            found: set[Value] = set()
            for row in self.rows:
                if all(row.values[self._places[name]] == wanted for name, wanted in ref.where):
                    value = row.values[place]
                    found |= value if isinstance(value, frozenset) else {value}
            self._columns[ref] = frozenset(found)
        return self._columns[ref]

    def lookup(self, by: Sequence[tuple[str, str]]) -> tuple[list[Row], list[Row]]:
        """The most specific rows for the given values, and those for paragraphs below a given classification."""
        names = tuple(name for name, _ in by)
        if names not in self._indexes:
            self._indexes[names] = _Index(self._table, self.rows, names)
        return self._indexes[names].find(tuple(value for _, value in by))


class _Index:
    """Rows by the values of some columns, of which at most the first classification has paragraphs."""

    def __init__(self, table: Table, rows: Sequence[Row], names: tuple[str, ...]) -> None:
        places = [list(table.columns).index(name) for name in names]
        self._nested = next((n for n, name in enumerate(names) if table.columns[name].type == "eccn"), None)
        self._exact: dict[Key, list[Row]] = {}
        self._below: dict[Key, list[Row]] = {}
        for row in rows:
            key = tuple(row.values[place] for place in places)
            self._exact.setdefault(key, []).append(row)
            for above in list(self._ancestors(key))[1:]:
                self._below.setdefault(above, []).append(row)

    def find(self, key: Key) -> tuple[list[Row], list[Row]]:
        """The rows at the key or its nearest ancestor, and those below it."""
        exact = next((self._exact[above] for above in self._ancestors(key) if above in self._exact), [])
        return exact, self._below.get(key, [])

    def _ancestors(self, key: Key) -> Iterator[Key]:
        """The key, then the key with each parent of its classification, the nearest first."""
        yield key
        if self._nested is None:
            return
        paragraph = str(key[self._nested])
        while "." in paragraph:
            paragraph = paragraph.rpartition(".")[0]
            yield (*key[: self._nested], paragraph, *key[self._nested + 1 :])
