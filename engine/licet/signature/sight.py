"""What of an order the laws of some packs can see: found once, from their vocabularies and tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from licet.compile.program import Program
from licet.compile.shortcuts import reached
from licet.policy.conditions import listing_conditions, tests_in
from licet.policy.model import Collect, Fact, Scope
from licet.policy.terms import Test
from licet.signature.scales import Numbers, Scale, scale_of

#: Fields of an order that nothing but facts reads. Names are read by screening, which `Signer` asks for itself.
_TEXTS: Mapping[Scope, tuple[str, ...]] = {
    "transaction": ("end_use",),
    "item": ("description", "unit"),
    "party": ("name", "aliases", "address"),
}
#: The measures of a line, each differing from order to order.
VALUE, QUANTITY = "value", "quantity"
LINES = "transaction.items"
_COLLECTED: Mapping[Scope, tuple[str, ...]] = {
    "transaction": (),
    "item": (LINES,),
    "party": ("transaction.parties",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PackSight:
    """What one pack tests, and the facts that other measures may make others: of the line itself, or across lines."""

    program: Program
    tests: Mapping[str, tuple[Test, ...]]
    computed: frozenset[str]

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The facts of the pack, by name."""
        return self.program.pack.vocabulary.facts


class Sight:
    """What the packs, taken together, see of an order's fields and stated facts."""

    def __init__(self, programs: Iterable[Program]) -> None:
        self.packs = tuple(_of_pack(program) for program in programs)

    @cached_property
    def measures(self) -> Mapping[str, Numbers | None]:
        """The scale of each measure of a line; nothing where its very number is seen."""
        scales = {field: self._scale(self._reading("item", field), computed=True) for field in (VALUE, QUANTITY)}
        return {field: scale if isinstance(scale, Numbers) else None for field, scale in scales.items()}

    def unseen(self, scope: Scope) -> frozenset[str]:
        """The fields of texts that no fact reads, be it over a collection."""
        asked = {field for over in self._collections() if over.of in _COLLECTED[scope] for field in _fields_of(over)}
        return frozenset(f for f in _TEXTS[scope] if f not in asked and not self._reading(scope, f))

    def is_unread(self, scope: Scope, field: str) -> bool:
        """Whether no fact reads a field."""
        return not self._reading(scope, field)

    def fields(self, scope: Scope) -> Mapping[str, Scale]:
        """The scales of the fields of texts that facts read."""
        read = {field: self._reading(scope, field) for field in _TEXTS[scope]}
        found = {field: self._scale(facts) for field, facts in read.items() if facts}
        return {field: scale for field, scale in found.items() if scale is not None}

    @cached_property
    def facts(self) -> Mapping[str, Scale]:
        """The scales of the facts stated under `facts`; those that are not there are taken as they are."""
        names = {name for pack in self.packs for name, fact in pack.facts.items() if fact.stated}
        stated = {name: [(p, p.facts[name]) for p in self.packs if name in p.facts] for name in names}
        scales = {name: self._scale(found) for name, found in stated.items()}
        return {name: scale for name, scale in scales.items() if scale is not None}

    def _reading(self, scope: Scope, field: str) -> list[tuple[PackSight, Fact]]:
        """The facts that read a field of an order."""
        return [
            (pack, fact)
            for pack in self.packs
            for fact in pack.facts.values()
            if fact.scope == scope and fact.read is not None and fact.read.partition(".")[0] == field
        ]

    def _collections(self) -> Iterator[Collect]:
        for pack in self.packs:
            yield from (f.derive for f in pack.facts.values() if isinstance(f.derive, Collect))

    def _scale(self, found: list[tuple[PackSight, Fact]], *, computed: bool = False) -> Scale | None:
        """The scale on which all the facts can be told apart; `computed` where what is made of them is seen to."""
        kinds = {fact.type for _, fact in found}
        made = any(pack.program.shortcuts.readers.get(fact.name) for pack, fact in found)
        nested = any(fact.read is not None and "." in fact.read for _, fact in found)
        if len(kinds) > 1 or nested or (made and not computed):
            return None
        tests = [test for pack, fact in found for test in pack.tests.get(fact.name, ())]
        return scale_of(kinds.pop() if kinds else "number", tests)


def _fields_of(over: Collect) -> Iterator[str]:
    """The fields of its elements that a collection reads."""
    yield from (field for field in (over.value, over.by) if field is not None)
    yield from (test.fact for test in (*over.where, *over.has))
    yield from (field for look_up in over.fields for _, field in look_up.by)


def _of_pack(program: Program) -> PackSight:
    facts, readers = program.pack.vocabulary.facts, program.shortcuts.readers
    tests: dict[str, list[Test]] = {}
    said = (test for condition in listing_conditions(program.pack) for test in tests_in(condition))
    for test in (*program.tests, *said):
        tests.setdefault(test.fact, []).append(test)
    own = [f.name for f in facts.values() if f.scope == "item" and f.read in {VALUE, QUANTITY}]
    over = [f.name for f in facts.values() if isinstance(f.derive, Collect) and f.derive.of == LINES]
    return PackSight(
        program=program,
        tests={name: tuple(found) for name, found in tests.items()},
        computed=frozenset().union(
            *(reached(name, readers) - {name} for name in own), *(reached(name, readers) for name in over)
        ),
    )
