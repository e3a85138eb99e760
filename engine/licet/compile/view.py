"""The law on one day: which rules are in force, and what the tables say.

A view belongs to an epoch: between two turning days nothing changes but `as_of` itself, so that one view serves every
date in between.
"""

from __future__ import annotations

from datetime import date

from licet.compile.clock import Calendar, Clock, Epoch
from licet.compile.program import Program
from licet.compile.tables import DatedTable, TableView
from licet.policy.in_force import InForce
from licet.policy.terms import TableColumn, Test
from licet.truth import Operand


class View:
    """The law of a program on a day; made by `Views`."""

    def __init__(self, program: Program, rules: tuple[InForce, ...], tables: dict[str, TableView]) -> None:
        self.rules = rules
        self._program = program
        self._tables = tables
        self._operands: dict[int, Operand] = {}

    def operand(self, number: int) -> Operand:
        """The operand of a numbered test, a table's column resolved to its values."""
        if number not in self._operands:
            self._operands[number] = self.resolve(self._program.tests[number])
        return self._operands[number]

    def resolve(self, test: Test) -> Operand:
        """The operand of any test, a table's column resolved to its values."""
        operand = test.operand
        if isinstance(operand, TableColumn):
            return self._tables[operand.table].column(operand)
        return operand  # type: ignore[return-value]  # a FactOperand is resolved by the collection that holds it

    def table(self, table_id: str) -> TableView:
        """A table on the day."""
        return self._tables[table_id]


class Views:
    """The views of a program: one an epoch, so that there are only as many as the law has turns."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._clocks = {rule.id: Clock(rule.timeline) for rule in program.pack.rules}
        self._tables = {table.id: DatedTable(table) for table in program.pack.tables.values()}
        rows = [timeline for table in self._tables.values() for timeline in table.timelines.values()]
        self._calendar = Calendar([*(rule.timeline for rule in program.pack.rules), *rows])
        self._views: dict[Epoch, View] = {}

    def at(self, as_of: date, known_on: date | None) -> View:
        """The view of a day."""
        epoch = self._calendar.epoch(as_of, known_on)
        view = self._views.get(epoch)
        if view is None:
            states = {rule_id: clock.at(as_of, known_on) for rule_id, clock in self._clocks.items()}
            rules = tuple(states[rule.id] for rule in self._program.rules)
            tables = {table_id: table.at(as_of, known_on) for table_id, table in self._tables.items()}
            # Two threads may make the same view; either serves, since views of one epoch are equal.
            view = self._views[epoch] = View(self._program, rules, tables)
        return view
