"""Several packs at work on one order: those that ask of no other first, then those that ask what these say.

What one pack says never reaches back: a pack that is asked does not ask, so that another regime's law never changes its
verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from licet.decision.line import Judgement, outcome_of
from licet.decision.told import Told
from licet.infer.resolve import OUTCOMES, strictest_outcome
from licet.pack_evaluator import PackEvaluator
from licet.policy.model import Pack
from licet.screening.screened import Screened
from licet.transaction.facts import Beside
from licet.transaction.model import Item, Transaction
from licet.values import FALSE, TRUE, Truth

#: By line, the judgement of each pack.
Judged = list[list[Judgement]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ByLaw:
    """By which law an order is judged; `beside` are verdicts of regimes of which no pack is here."""

    as_of: date
    known_on: date | None = None
    assumptions: bool = True
    beside: Mapping[str, Beside] = field(default_factory=dict)

    def on(self, day: date) -> ByLaw:
        """The same on another day."""
        return replace(self, as_of=day)


class Regimes:
    """The packs, and the order in which they are judged."""

    def __init__(self, packs: Sequence[PackEvaluator]) -> None:
        self.packs = tuple(packs)
        self._first = [n for n, pack in enumerate(packs) if not pack.asks]
        self._then = [n for n, pack in enumerate(packs) if pack.asks]
        #: The numbers of the packs, those that ask of others last.
        self.in_turn = (*self._first, *self._then)
        named = [packs[n].program.pack.manifest.regime for n in self._first]
        asked = frozenset[str]().union(*(pack.asks for pack in packs))
        #: The packs that are asked; of a regime of several packs there is no one verdict, and it tells nothing.
        self._telling = {r: n for n, r in zip(self._first, named, strict=True) if r in asked and named.count(r) == 1}

    def screen(self, transaction: Transaction) -> list[Screened]:
        """The order with the listings that its parties meet, for each pack."""
        return [pack.screen(transaction) for pack in self.packs]

    def judge(self, screened: Sequence[Screened], law: ByLaw) -> Judged:
        """The judgements on every line of a screened order."""
        items = screened[0].transaction.items if screened else ()
        found: list[dict[int, Judgement]] = [
            {n: judge_by(self.packs[n], screened[n], item, law, {}) for n in self._first} for item in items
        ]
        for line, item in enumerate(items):
            self._asking(screened, item, found[line], [*found[:line], *found[line + 1 :]], law)
        return [[of[n] for n in range(len(self.packs))] for of in found]

    def judge_line(
        self, screened: Sequence[Screened], item: Item, others: Sequence[Sequence[Judgement]], law: ByLaw
    ) -> list[Judgement]:
        """The judgements on one line alone; `others` are those on the other lines of its order."""
        found = {n: judge_by(self.packs[n], screened[n], item, law, {}) for n in self._first}
        self._asking(screened, item, found, [dict(enumerate(line)) for line in others], law)
        return [found[n] for n in range(len(self.packs))]

    def _asking(
        self,
        screened: Sequence[Screened],
        item: Item,
        found: dict[int, Judgement],
        others: Sequence[Mapping[int, Judgement]],
        law: ByLaw,
    ) -> None:
        """Add the judgements of the packs that ask what those say that are found."""
        if self._then:
            told = {regime: Told(found[n], [line[n] for line in others]) for regime, n in self._telling.items()}
            found.update((n, judge_by(self.packs[n], screened[n], item, law, told)) for n in self._then)


def with_asked(packs: Sequence[Pack], regime: str) -> tuple[list[Pack], list[Pack]]:
    """The packs of a regime with those of the regimes of which they ask, and the others; none where none is of it."""
    own = [pack for pack in packs if pack.manifest.regime == regime]
    asked = {f.of_regime.regime for p in own for f in p.vocabulary.facts.values() if f.of_regime is not None}
    wanted = {regime, *asked} if own else set[str]()
    return [p for p in packs if p.manifest.regime in wanted], [p for p in packs if p.manifest.regime not in wanted]


def judge_by(pack: PackEvaluator, screened: Screened, item: Item, law: ByLaw, told: Mapping[str, Beside]) -> Judgement:
    """The judgement of a pack on a line, other packs having told what it may ask."""
    regimes = {**law.beside, **told} if law.beside else told
    return pack.judge(screened, item, law.as_of, law.known_on, assumptions=law.assumptions, regimes=regimes)


def released(verdicts: Iterable[tuple[str, Truth]]) -> str:
    """The outcome that outcomes come to, each with whether its pack binds.

    Of a pack that only may bind nothing stricter than `hold` counts: whether it does is not known.
    """
    hold = OUTCOMES.index("hold")
    counted = (o if binds == TRUE else OUTCOMES[min(OUTCOMES.index(o), hold)] for o, binds in verdicts if binds)
    return strictest_outcome(counted)


def binding(judgements: Iterable[Judgement]) -> Truth:
    """Whether a pack binds the release, by its judgements on the lines."""
    return max((judgement.binds for judgement in judgements), default=FALSE)


def outcome_for(judged: Judged) -> str:
    """The outcome of an order, by the packs that bind."""
    if not judged:
        return "hold"
    of_packs = [[line[n] for line in judged] for n in range(len(judged[0]))]
    return released((strictest_outcome(map(outcome_of, lines)), binding(lines)) for lines in of_packs)
