"""What turns on which day: the rules, table rows and listings whose being in force may change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from licet.policy.conditions import tests_in
from licet.policy.in_force import turning_days
from licet.policy.model import Listing, Pack, Table
from licet.policy.terms import Period, Timeline
from licet.values import Value


@dataclass(frozen=True, slots=True)
class KeyedRow:
    """The key of a table row that turns: the values of its country and classification columns."""

    table: str
    countries: tuple[Value, ...]
    classifications: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """What turns on a day; `always` are rules that test the date itself."""

    rules: frozenset[str] = frozenset()
    always: bool = False
    rows: tuple[KeyedRow, ...] = ()
    listings: frozenset[tuple[str, str]] = frozenset()


def turns_of(pack: Pack) -> dict[date, Turn]:
    """Every day on which the law in the pack may answer differently from the day before, and what turns."""
    rules: dict[date, set[str]] = {}
    rows: dict[date, dict[KeyedRow, None]] = {}
    listings: dict[date, set[tuple[str, str]]] = {}
    always: set[date] = set()
    for rule in pack.rules:
        for day in turning_days(rule.timeline):
            rules.setdefault(day, set()).add(rule.id)
        for test in (*tests_in(rule.when), *rule.claimed_by):
            if test.fact == "as_of":
                always |= set(_days_of(test.operand))
    for table in pack.tables.values():
        for day, row in _row_turns(table):
            rows.setdefault(day, {})[row] = None
    for party_list in pack.lists:
        for listing in party_list.listings:
            for day in _listing_turns(listing):
                listings.setdefault(day, set()).add((listing.list, listing.id))
    return {
        day: Turn(
            frozenset(rules.get(day, ())), day in always, tuple(rows.get(day, ())), frozenset(listings.get(day, ()))
        )
        for day in sorted({*rules, *rows, *listings, *always})
    }


def _listing_turns(listing: Listing) -> Iterator[date]:
    """The days of its rows, of what its conditions say of the date, and of the dates that facts may compare with it."""
    yield from turning_days(listing.timeline)
    for row in listing.rows:
        yield from _days_of(row.period.start)
        for part in (*row.scope, *row.review):
            for test in tests_in(part.when) if part.when is not None else ():
                if test.fact == "as_of":
                    yield from _days_of(test.operand)
    for value in listing.attributes.values():
        yield from _days_of(value)


def _days_of(operand: object) -> Iterator[date]:
    for value in operand if isinstance(operand, tuple) else (operand,):
        if isinstance(value, date):
            yield from turning_days(Timeline(periods=(Period(start=value, through=value),)))


def _row_turns(table: Table) -> Iterator[tuple[date, KeyedRow]]:
    columns = list(table.columns)
    of_type = {
        kind: [columns.index(name) for name in table.key if table.columns[name].type == kind]
        for kind in ("country", "eccn")
    }
    for row in table.rows:
        # A date in a cell may be compared with the day.
        days = turning_days(Timeline(periods=(row.period,))) | {d for cell in row.values for d in _days_of(cell)}
        if days:
            keyed = KeyedRow(
                table.id,
                tuple(row.values[place] for place in of_type["country"]),
                tuple(row.values[place] for place in of_type["eccn"]),
            )
            for day in days:
                yield day, keyed
