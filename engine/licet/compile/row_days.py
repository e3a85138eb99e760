"""Which table rows can reach an order: found by the countries and classifications that it speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from licet.compile.turns import KeyedRow, Turn
from licet.truth import paragraphs


class RowDays:
    """The days on which rows turn, by what an order must speak of for them to reach it."""

    def __init__(self, turns: Mapping[date, Turn]) -> None:
        self._days: dict[KeyedRow, list[date]] = {}
        for day, turn in turns.items():
            for row in turn.rows:
                self._days.setdefault(row, []).append(day)
        self._everywhere: list[KeyedRow] = []
        self._countries: dict[str, list[KeyedRow]] = {}
        self._exact: dict[str, list[KeyedRow]] = {}
        self._below: dict[str, list[KeyedRow]] = {}
        self._depth = 1
        for row in self._days:
            self._add(row)

    def _add(self, row: KeyedRow) -> None:
        if row.countries:
            self._countries.setdefault(str(row.countries[0]), []).append(row)
        elif row.classifications:
            nearest, *above = paragraphs(str(row.classifications[0]))
            self._exact.setdefault(nearest, []).append(row)
            for paragraph in above:
                self._below.setdefault(paragraph, []).append(row)
        else:
            self._everywhere.append(row)
        self._depth = max([self._depth, *(str(c).count(".") + 1 for c in row.classifications)])

    def reaching(self, words: frozenset[str], tables: frozenset[str]) -> set[date]:
        """The days on which a row of the tables turns that an order which says these words can meet."""
        spoken = {above for word in words for above in self._leading(word)}
        found = [
            *self._everywhere,
            *(row for word in words for rows in (self._countries, self._below) for row in rows.get(word, ())),
            *(row for word in spoken for row in self._exact.get(word, ())),
        ]
        return {
            day
            for row in found
            if row.table in tables
            and all(str(c) in words for c in row.countries)
            and all(str(c) in spoken or not words.isdisjoint(paragraphs(str(c))) for c in row.classifications)
            for day in self._days[row]
        }

    def _leading(self, word: str) -> Iterable[str]:
        """The text and what of it stands before its dots, no longer than any classification goes."""
        if "." not in word:
            return (word,)
        parts = word.split(".", self._depth)
        return [".".join(parts[: n + 1]) for n in range(min(len(parts), self._depth))]
