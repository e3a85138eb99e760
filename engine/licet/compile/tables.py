"""Tables as they stand on a day, indexed by key: a look-up costs the same however long the table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from licet.compile.clock import Calendar, Epoch
from licet.policy.in_force import in_force
from licet.policy.model import Row, Table
from licet.policy.terms import Period, TableColumn, Timeline
from licet.truth import paragraphs
from licet.values import FALSE, Value

_UNDATED = Period()
Key = tuple[Value, ...]
#: The number of a row in its table.
Place = int


class DatedTable:
    """A table, with the views of it that have been asked for: one an epoch. They share its indexes, by row's place."""

    def __init__(self, table: Table) -> None:
        self.table = table
        #: By the row's place; most rows have no dates, and are always in force.
        self.timelines = {
            place: Timeline(periods=(row.period,)) for place, row in enumerate(table.rows) if row.period != _UNDATED
        }
        self._calendar = Calendar(self.timelines.values())
        self._views: dict[Epoch, TableView] = {}
        self._matching: dict[TableColumn, tuple[Place, ...]] = {}
        self._indexes: dict[tuple[str, ...], _Index] = {}

    def at(self, as_of: date, known_on: date | None) -> TableView:
        """The table on a day."""
        epoch = self._calendar.epoch(as_of, known_on)
        view = self._views.get(epoch)
        if view is None:
            law = {place: in_force(timeline, as_of, known_on).truth for place, timeline in self.timelines.items()}
            out = frozenset(place for place, found in law.items() if found == FALSE)
            view = self._views[epoch] = TableView(self, out)
        return view

    def matching(self, ref: TableColumn) -> tuple[Place, ...]:
        """The places of the rows that match, in force or not."""
        if ref not in self._matching:
            names = list(self.table.columns)
            where = [(names.index(name), wanted) for name, wanted in ref.where]
            self._matching[ref] = tuple(
                place
                for place, row in enumerate(self.table.rows)
                if all(row.values[column] == wanted for column, wanted in where)
            )
        return self._matching[ref]

    def index(self, names: tuple[str, ...]) -> _Index:
        """The rows by the values of some columns, in force or not."""
        if names not in self._indexes:
            self._indexes[names] = _Index(self.table, names)
        return self._indexes[names]


class TableView:
    """The rows of a table in force on some day: all but those that are `out`."""

    def __init__(self, dated: DatedTable, out: frozenset[Place]) -> None:
        self._dated = dated
        self._out = out
        self._columns: dict[TableColumn, frozenset[Value]] = {}

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows, in their order."""
        return tuple(self._in_force(range(len(self._dated.table.rows))))

    def column(self, ref: TableColumn) -> frozenset[Value]:
        """The values of a column, in the rows that match."""
        if ref not in self._columns:
            table = self._dated.table
            column = list(table.columns).index(ref.column)
            found: set[Value] = set()
            for row in self._in_force(self._dated.matching(ref)):
                value = row.values[column]
                found |= value if isinstance(value, frozenset) else {value}
            self._columns[ref] = frozenset(found)
        return self._columns[ref]

    def lookup(self, by: Sequence[tuple[str, str]]) -> tuple[list[Row], list[Row]]:
        """The most specific rows for the given values, and those for paragraphs below a given classification.

        A paragraph with rows of its own, none of which is in force, is not what the row above it is about.
        """
        index = self._dated.index(tuple(name for name, _ in by))
        key = tuple(value for _, value in by)
        nearest = next((index.exact[above] for above in index.ancestors(key) if above in index.exact), ())
        return self._in_force(nearest), self._in_force(index.below.get(key, ()))

    def _in_force(self, places: Iterable[Place]) -> list[Row]:
        rows = self._dated.table.rows
        return [rows[place] for place in places if place not in self._out]


class _Index:
    """The places of rows by the values of some columns, of which at most the first classification has paragraphs."""

    def __init__(self, table: Table, names: tuple[str, ...]) -> None:
        columns = [list(table.columns).index(name) for name in names]
        self._nested = next((n for n, name in enumerate(names) if table.columns[name].type == "eccn"), None)
        self.exact: dict[Key, list[Place]] = {}
        self.below: dict[Key, list[Place]] = {}
        for place, row in enumerate(table.rows):
            key = tuple(row.values[column] for column in columns)
            self.exact.setdefault(key, []).append(place)
            for above in list(self.ancestors(key))[1:]:
                self.below.setdefault(above, []).append(place)

    def ancestors(self, key: Key) -> Iterator[Key]:
        """The key, then the key with each parent of its classification, the nearest first."""
        if self._nested is None:
            yield key
            return
        for paragraph in paragraphs(str(key[self._nested])):
            yield (*key[: self._nested], paragraph, *key[self._nested + 1 :])
