"""What the pack itself doubts of the table rows that an answer rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from licet.decision.model import Remark
from licet.infer.run import Inference
from licet.policy.model import Fact, Lookup
from licet.policy.read_derivations import derived_from
from licet.transaction.facts import Case
from licet.transaction.lookups import looked_up


def row_doubts(found: Inference, rules: set[str]) -> tuple[Remark, ...]:
    """The doubts stated of rows that the given rules looked up, each once; `subject` is the row's citation."""
    seen: dict[Remark, None] = {}
    for j in found.judged:
        if j.rule.id in rules:
            case = found.cases[j.case]
            for fact in _lookups(j.rule.reads, case):
                seen.update(dict.fromkeys(_doubts(fact, case)))
    return tuple(sorted(seen, key=lambda r: (r.code, r.message)))


def _lookups(names: Iterable[str], case: Case) -> Iterator[Fact]:
    """The looked-up facts among the named ones and those that they are derived from."""
    waiting, met = list(names), set[str]()
    while waiting:
        fact = case.order.facts[waiting.pop()]
        if fact.name in met:
            continue
        met.add(fact.name)
        waiting += derived_from(fact)
        if isinstance(fact.derive, Lookup):
            yield fact


def _doubts(fact: Fact, case: Case) -> Iterator[Remark]:
    assert isinstance(fact.derive, Lookup)  # noqa: S101  # `_lookups` yields no other
    rows, below = looked_up(fact.derive, case.at(fact.scope))
    for row in (*rows, *below):
        if row.doubt is not None:
            yield Remark(code=fact.derive.table, message=row.doubt, subject=row.period.cite or "")
