"""Verdicts remembered by signature: bounded, shared by threads, exact.

An entry is of one line's signature. Where the verdict hangs on a number computed from measures, the entry asks its
probes, and keeps a verdict for each set of places; where no probe can say, one for each set of very measures.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from licet.decision.model import LineDecision
from licet.signature.forms import ALL, OWN, Probe
from licet.signature.sight import VALUE
from licet.signature.signer import Key, SignedLine
from licet.transaction.stated import decimal
from licet.values import Truth

#: How many signatures are kept; beyond it the oldest go.
SIZE = 20_000
#: How many verdicts an entry keeps, one for each set of places or measures; and how many decisions that quote.
_PLACES, _QUOTED = 256, 64


@dataclass(slots=True)
class Remembered:
    """What each pack came to: the outcomes, whether it binds, and the decisions on the line, once they are asked for.

    Decisions may quote what a signature leaves out: the value, the quantity and the day by which they are kept. Others
    are kept by nothing, and serve every line.
    """

    outcomes: tuple[str, ...]
    binds: tuple[Truth, ...]
    decisions: dict[tuple[Any, ...] | None, tuple[LineDecision, ...]] = field(default_factory=dict)

    def serve(self, stated: tuple[Any, ...]) -> tuple[LineDecision, ...] | None:
        """The decisions on a line with the stated value and quantity on a day, if they are made."""
        found = self.decisions.get(None)
        return found if found is not None else self.decisions.get(stated)

    def learn(self, other: Remembered) -> None:
        """Take over what another knows of the same line."""
        if len(self.decisions) >= _QUOTED:
            self.decisions.clear()
        self.decisions.update(other.decisions)


@dataclass(slots=True)
class Entry:
    """What is remembered of a signature."""

    probes: tuple[Probe, ...] | None = ()  # none: each set of measures by itself
    only: Remembered | None = None
    more: dict[Any, Remembered] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many orders were asked for, how many of them were known, and how many signatures of lines are kept."""

    asked: int
    known: int
    kept: int

    @property
    def rate(self) -> float:
        """The share of orders that were known, 0 to 1."""
        return self.known / self.asked if self.asked else 0.0


class Memory:
    """Remembers verdicts by signature. Reading takes no lock; what one thread remembers, all know."""

    def __init__(self, size: int = SIZE) -> None:
        self._size = size
        self._entries: dict[Key, Entry] = {}
        self._lock = threading.Lock()
        self._known, self._new = count(), count()  # counted by C code, so that no thread's count is lost
        #: Note that an order was asked for, and all of it known; or not.
        self.was_known, self.was_new = self._known.__next__, self._new.__next__

    def find(self, key: Key, lines: Sequence[SignedLine], number: int) -> Remembered | None:
        """What is remembered of a line of an order, by its signature and measures."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        return entry.only if entry.probes == () else entry.more.get(_place(entry, lines, number))

    def keep(
        self,
        key: Key,
        lines: Sequence[SignedLine],
        number: int,
        remembered: Remembered,
        probes: Sequence[Probe] | None,
    ) -> None:
        """Remember what a line came to. `probes` are all that were asked; none where they cannot tell."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                self._make_room()
                entry = self._entries[key] = Entry(None if probes is None else tuple(probes))
            elif not _covers(entry, probes):
                entry = self._entries[key] = Entry(_united(entry, probes))
            place = None if entry.probes == () else _place(entry, lines, number)
            known = entry.only if place is None else entry.more.get(place)
            if known is not None:
                known.learn(remembered)
            elif place is None:
                entry.only = remembered
            else:
                if len(entry.more) >= _PLACES:
                    entry.more.clear()
                entry.more[place] = remembered

    @property
    def counts(self) -> Counts:
        """How many orders were asked for and known."""
        known, new = (int(counter.__reduce__()[1][0]) for counter in (self._known, self._new))
        return Counts(asked=known + new, known=known, kept=len(self._entries))

    def _make_room(self) -> None:
        """Drops the oldest eighth where all places are taken."""
        if len(self._entries) >= self._size:
            for old in list(self._entries)[: max(1, self._size // 8)]:
                del self._entries[old]


def _covers(entry: Entry, probes: Sequence[Probe] | None) -> bool:
    """Whether the entry tells apart what the probes tell apart."""
    return entry.probes is None or (probes is not None and set(probes) <= set(entry.probes))


def _united(entry: Entry, probes: Sequence[Probe] | None) -> tuple[Probe, ...] | None:
    if entry.probes is None or probes is None:
        return None
    return tuple(dict.fromkeys((*entry.probes, *probes)))


def _place(entry: Entry, lines: Sequence[SignedLine], number: int) -> Any:
    """By what the entry tells lines apart: the places of its probes, or where these cannot say, all measures."""
    if entry.probes is not None:
        measures = _measures(entry.probes, lines, number)
        if measures is not None:
            return tuple(probe.place(measures) for probe in entry.probes)
    return number, tuple((line.part.number, line.places, line.value, line.quantity) for line in lines)


def _measures(probes: Sequence[Probe], lines: Sequence[SignedLine], number: int) -> list[Decimal] | None:
    """The measures that probes ask for, by number; nothing where one of them is not stated plainly."""
    line = lines[number]
    found = [Decimal(0)] * (len(OWN) + len(ALL))
    for asked in {term for probe in probes for term, _ in probe.form.terms}:
        if asked in OWN.values():
            raw = [line.value if asked == OWN[VALUE] else line.quantity]
        else:
            raw = [each.value if asked == ALL[VALUE] else each.quantity for each in lines]
        if None in raw:
            return None
        found[asked] = sum(map(decimal, raw), Decimal(0))
    return found
