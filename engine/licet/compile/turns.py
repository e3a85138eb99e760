"""What turns on which day: the rules, table rows and listings whose being in force may change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from licet.compile.walk import tables_in
from licet.policy.conditions import listing_conditions, tests_in
from licet.policy.in_force import turning_days
from licet.policy.model import Listing, Pack, Table
from licet.policy.terms import Period, TableColumn, Test, Timeline
from licet.values import Value

_UNDATED = Period()


@dataclass(frozen=True, slots=True)
class KeyedRow:
    """The key of a table row that turns: the values of its country and classification columns."""

    table: str
    countries: tuple[Value, ...]
    classifications: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """What turns on a day: being in force, and, of the rules that are `dated`, what they say of the date itself."""

    rules: frozenset[str] = frozenset()
    dated: frozenset[str] = frozenset()
    rows: tuple[KeyedRow, ...] = ()
    listings: frozenset[tuple[str, str]] = frozenset()


def turns_of(pack: Pack) -> dict[date, Turn]:
    """Every day on which the law in the pack may answer differently from the day before, and what turns."""
    rules: dict[date, set[str]] = {}
    rows: dict[date, dict[KeyedRow, None]] = {}
    listings: dict[date, set[tuple[str, str]]] = {}
    dated: dict[date, set[str]] = {}
    for rule in pack.rules:
        for day in turning_days(rule.timeline):
            rules.setdefault(day, set()).add(rule.id)
        for day in _days_tested((*tests_in(rule.when), *rule.claimed_by)):
            dated.setdefault(day, set()).add(rule.id)
    told = _told_by(pack)
    for table in pack.tables.values():
        for day, row in _row_turns(table, told.get(table.id, frozenset(table.key))):
            rows.setdefault(day, {})[row] = None
    for party_list in pack.lists:
        for listing in party_list.listings:
            for day in _listing_turns(listing):
                listings.setdefault(day, set()).add((listing.list, listing.id))
    return {
        day: Turn(
            frozenset(rules.get(day, ())),
            frozenset(dated.get(day, ())),
            tuple(rows.get(day, ())),
            frozenset(listings.get(day, ())),
        )
        for day in sorted({*rules, *rows, *listings, *dated})
    }


def _days_tested(tests: Iterable[Test]) -> Iterator[date]:
    """The days on which tests of the date itself may turn."""
    for test in tests:
        if test.fact == "as_of":
            yield from _days_of(test.operand)


def _listing_turns(listing: Listing) -> Iterator[date]:
    """The days of its rows, of what its conditions say of the date, and of the dates that facts may compare with it."""
    yield from turning_days(listing.timeline)
    for row in listing.rows:
        yield from _days_of(row.period.start)
        for part in (*row.scope, *row.review):
            yield from _days_tested(tests_in(part.when) if part.when is not None else ())
    for value in listing.attributes.values():
        yield from _days_of(value)


def _days_of(operand: object) -> Iterator[date]:
    for value in operand if isinstance(operand, tuple) else (operand,):
        if isinstance(value, date):
            yield from _days_around(value)


@lru_cache(maxsize=10_000)
def _days_around(day: date) -> frozenset[date]:
    return frozenset(turning_days(Timeline(periods=(Period(start=day, through=day),))))


def _told_by(pack: Pack) -> dict[str, frozenset[str]]:
    """By table, the columns that everything which reads it goes by: a row tells an order nothing without them."""
    rules = [test.operand for rule in pack.rules for test in (*tests_in(rule.when), *rule.claimed_by)]
    operands = [operand for operand in rules if isinstance(operand, TableColumn)]
    derivations = [fact.derive for fact in pack.vocabulary.facts.values()]
    found: dict[str, frozenset[str]] = {}
    for table, columns in tables_in((*listing_conditions(pack), *operands, *derivations)):
        found[table] = found.get(table, columns) & columns
    return found


def _row_turns(table: Table, told_by: frozenset[str]) -> Iterator[tuple[date, KeyedRow]]:
    """The days on which a row begins, ends or has a date; its key, as far as an order can be told by it."""
    columns = list(table.columns)
    of_type = {
        kind: [columns.index(name) for name in table.key if table.columns[name].type == kind and name in told_by]
        for kind in ("country", "eccn")
    }
    # A date in a cell may be compared with the day.
    dates = [place for place, column in enumerate(table.columns.values()) if "date" in (column.type, column.of)]
    for row in table.rows:
        days = turning_days(Timeline(periods=(row.period,))) if row.period != _UNDATED else set[date]()
        days.update(day for place in dates for day in _days_of(row.values[place]))
        if days:
            keyed = KeyedRow(
                table.id,
                tuple(row.values[place] for place in of_type["country"]),
                tuple(row.values[place] for place in of_type["eccn"]),
            )
            for day in days:
                yield day, keyed
