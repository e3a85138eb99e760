"""The law on one day: which rules are in force, and what the tables say.

A view belongs to an epoch: between two turning days nothing changes but `as_of` itself, so that one view serves every
date in between.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from datetime import date
from threading import Lock

from licet.compile.program import Program
from licet.policy.in_force import InForce, in_force
from licet.policy.model import Row, Table
from licet.policy.terms import TableColumn, Test, Timeline
from licet.truth import Operand, is_paragraph_of
from licet.values import FALSE, Value


class View:
    """The law of a program on a day; made by `Views`."""

    def __init__(self, program: Program, as_of: date, known_on: date | None) -> None:
        self.as_of = as_of
        self.known_on = known_on
        self._program = program
        self._rows: dict[str, tuple[Row, ...]] = {}
        self._operands: dict[int, Operand] = {}
        self.rules: tuple[InForce, ...] = tuple(in_force(r.timeline, as_of, known_on) for r in program.rules)

    def operand(self, number: int) -> Operand:
        """The operand of a numbered test, a table's column resolved to its values."""
        if number not in self._operands:
            self._operands[number] = self.resolve(self._program.tests[number])
        return self._operands[number]

    def resolve(self, test: Test) -> Operand:
        """The operand of any test, a table's column resolved to its values."""
        operand = test.operand
        if isinstance(operand, TableColumn):
            return self._column(operand)
        return operand  # type: ignore[return-value]  # a FactOperand is resolved by the collection that holds it

    def rows(self, table_id: str) -> tuple[Row, ...]:
        """The rows of a table in force."""
        if table_id not in self._rows:
            table = self._program.pack.tables[table_id]
            self._rows[table_id] = tuple(
                row
                for row in table.rows
                if in_force(Timeline(periods=(row.period,)), self.as_of, self.known_on).truth != FALSE
            )
        return self._rows[table_id]

    def matching(self, table: Table, by: tuple[tuple[str, str], ...]) -> list[Row]:
        """The rows whose key columns hold the given values; among classification paragraphs the most specific."""
        places = {name: place for place, name in enumerate(table.columns)}
        rows = list(self.rows(table.id))
        for column, wanted in by:
            place = places[column]
            if table.columns[column].type == "eccn":
                fitting = [r for r in rows if is_paragraph_of(wanted, str(r.values[place]))]
                longest = max((len(str(r.values[place])) for r in fitting), default=0)
                rows = [r for r in fitting if len(str(r.values[place])) == longest]
            else:
                rows = [r for r in rows if r.values[place] == wanted]
        return rows

    def below(self, table: Table, by: tuple[tuple[str, str], ...]) -> list[Row]:
        """The rows for paragraphs below a given classification, which the order leaves open."""
        places = {name: place for place, name in enumerate(table.columns)}

        def fits(row: Row) -> bool:
            return all(
                str(row.values[places[c]]).startswith(w + ".")
                if table.columns[c].type == "eccn"
                else row.values[places[c]] == w
                for c, w in by
            )

        if not any(table.columns[c].type == "eccn" for c, _ in by):
            return []
        return [row for row in self.rows(table.id) if fits(row)]

    def _column(self, ref: TableColumn) -> frozenset[Value]:
        table = self._program.pack.tables[ref.table]
        names = list(table.columns)
        place = names.index(ref.column)
        found: set[Value] = set()
        for row in self.rows(ref.table):
            if all(row.values[names.index(c)] == v for c, v in ref.where):
                value = row.values[place]
                found |= value if isinstance(value, frozenset) else {value}
        return frozenset(found)


class Views:
    """Views by epoch, bounded, shared by threads."""

    def __init__(self, program: Program, *, size: int = 1024) -> None:
        self._program = program
        self._size = size
        self._lock = Lock()
        self._views: OrderedDict[tuple[int, date | None], View] = OrderedDict()

    def at(self, as_of: date, known_on: date | None) -> View:
        """The view of a day."""
        key = (bisect_right(self._program.turning_days, as_of), known_on)
        with self._lock:
            view = self._views.get(key)
            if view is not None:
                self._views.move_to_end(key)
                return view
        view = View(self._program, as_of, known_on)
        with self._lock:
            self._views[key] = view
            if len(self._views) > self._size:
                self._views.popitem(last=False)
        return view
