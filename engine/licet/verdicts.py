"""Verdicts on orders: remembered by what the law can see of a line, with the reasons made when they are asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from msgspec import Struct

from licet.decision.line import Judgement, reasons
from licet.decision.model import LineDecision, RegimeDecision, lines_of
from licet.infer.resolve import RELEASE, strictest_outcome
from licet.policy.model import Fact
from licet.regimes import ByLaw, Judged, Regimes, binding, outcome_for, released
from licet.signature.eras import Eras
from licet.signature.forms import NotLinearError, Probe, probes_of
from licet.signature.memory import Counts, Memory, Remembered
from licet.signature.sight import QUANTITY, VALUE, Sight
from licet.signature.signer import Key, Signed, Signer
from licet.transaction.read import InputError, Read, decoded, no_date
from licet.values import Truth


class _Question(Struct):  # quicker to make than a dataclass
    """An order, its signature (if it has one), and by which law it is judged."""

    order: Any
    signed: Signed | None
    as_of: date
    known_on: date | None
    assumptions: bool


class Verdict(Struct, eq=False):  # quicker to make than any other class, which is half of its work
    """The answer to an order: `release` is what to act on, `outcome` what it means, `lines` the reasons.

    The reasons are made when first asked for. A line has all that the decision of `Evaluator.evaluate` has, but for
    `readings`, `cases`, `courses` and `valid_until`. Made by `Evaluator.judge` alone.
    """

    transaction: str
    as_of: date
    outcome: str
    release: str
    _verdicts: Verdicts
    _question: _Question
    _found: list[Remembered] | None
    _judged: Judged | None = None
    _made: tuple[RegimeDecision, ...] | None = None

    @property
    def regimes(self) -> tuple[RegimeDecision, ...]:
        """The verdict of each pack, with its lines."""
        if self._made is None:
            self._made = self._verdicts.explained(self._question, self._found, self._judged)
            self._judged = None
        return self._made

    @property
    def lines(self) -> tuple[LineDecision, ...]:
        """The lines of the first pack that binds the release."""
        return lines_of(self.regimes)

    def __repr__(self) -> str:
        """What was asked, and the answer."""
        return f"<Verdict {self.transaction!r} as of {self.as_of}: {self.release} ({self.outcome})>"


class Verdicts:
    """Judges orders, and remembers what they came to. Threads may share it."""

    def __init__(self, regimes: Regimes, read: Callable[..., Read]) -> None:
        self._regimes = regimes
        self._packs = regimes.packs
        self._read = read
        manifests = [pack.program.pack.manifest for pack in self._packs]
        self._may_bind = [n for n, m in enumerate(manifests) if m.binds or m.binds_where is not None]
        only = self._may_bind[0] if len(self._may_bind) == 1 else None
        self._only = only if only is not None and manifests[only].binds else None
        self._memory = Memory()

    @property
    def counts(self) -> Counts:
        """How many orders were asked for and known."""
        return self._memory.counts

    def judge(self, order: Any, as_of: date | None, known_on: date | None, assumptions: bool) -> Verdict:  # noqa: FBT001
        """The verdict on an order in decoded JSON, or its text.

        Raises `InputError` for an order that cannot be judged.
        """
        data = order if type(order) is dict else _plain(order)
        signed = self._signer.sign(data) if type(data) is dict else None
        if signed is not None and len(signed.lines) > 1 and self._across_lines:
            signed = None  # a signature tells nothing of the other lines
        day = as_of if as_of is not None or signed is None else signed.day
        if signed is None or day is None:
            self._memory.was_new()
            return self._the_long_way(order, as_of, known_on, assumptions)
        question = _Question(order, signed, day, known_on, assumptions)
        found = self._remembered(question, signed)
        if found is not None:
            self._memory.was_known()
            outcome = self._strictest(found)
            return Verdict(data["id"], day, outcome, RELEASE[outcome], self, question, found)
        self._memory.was_new()
        judged = self._judge_all(question)
        outcome = self._strictest(self._keep(signed, question, judged))
        return Verdict(data["id"], day, outcome, RELEASE[outcome], self, question, None, judged)

    def explained(
        self, question: _Question, found: Sequence[Remembered] | None, judged: Judged | None
    ) -> tuple[RegimeDecision, ...]:
        """The decisions of each pack on the order's lines: `found` where they are known, `judged` where just judged.

        Raises `ValueError` where they must be made and the order is no longer what was judged.
        """
        signed = question.signed
        made = None if found is None or signed is None else _made_before(found, signed, question.as_of)
        if made is None:
            if judged is None and signed is not None:
                self._see_unchanged(question.order, signed)
            judged = judged or self._judge_all(question)
            made = [tuple(map(reasons, line)) for line in judged]
            if signed is not None:
                self._keep(signed, question, judged, made)
        bound = self._bound(question, found, judged)
        lines_of_packs = zip(*made, strict=True)
        return tuple(
            pack.regime(lines, binds, question.as_of)
            for pack, lines, binds in zip(self._packs, lines_of_packs, bound, strict=True)
        )

    def _bound(self, question: _Question, found: Sequence[Remembered] | None, judged: Judged | None) -> Sequence[Truth]:
        """Whether each pack binds the release."""
        if found is not None:
            return [max(line.binds[n] for line in found) for n in range(len(self._packs))]
        lines = judged or self._judge_all(question)
        return [binding(line[n] for line in lines) for n in range(len(self._packs))]

    def _see_unchanged(self, order: Any, signed: Signed) -> None:
        now = self._signer.sign(_plain(order))
        if now is None or now.told != signed.told:
            message = "the order was changed after it was judged: judge it again"
            raise ValueError(message)

    # --- what is remembered ------------------------------------------------------------------------------------------

    # What signing takes is made when the first order is judged.

    @cached_property
    def _sight(self) -> Sight:
        return Sight(pack.program for pack in self._packs)

    @cached_property
    def _signer(self) -> Signer:
        return Signer(self._sight, [pack.index for pack in self._packs])

    @cached_property
    def _eras(self) -> Eras:
        found = {ruling.expires_on for pack in self._packs for ruling in pack.index.rulings}
        rests = {day + timedelta(days=1) for day in found if day is not None and day < date.max}
        return Eras((pack.program for pack in self._packs), rests)

    @cached_property
    def _across_lines(self) -> bool:
        return any(pack.program.shortcuts.across_lines for pack in self._packs)

    def _keys(self, question: _Question, signed: Signed) -> list[Key]:
        """By what each line of the order is remembered."""
        day = question.as_of
        shared: list[Any] = [self._eras.of_law(day), question.known_on, question.assumptions]
        for part in signed.shared:
            shared.append(part.number)
            if part.days:
                shared.append(bisect_right(part.days, day))
        keys: list[Key] = []
        for line in signed.lines:
            days = line.part.days
            keys.append((*shared, line.part.number, bisect_right(days, day) if days else 0, line.places))
        return keys

    def _remembered(self, question: _Question, signed: Signed) -> list[Remembered] | None:
        """What is remembered of every line; nothing where one is new."""
        found: list[Remembered] = []
        for number, key in enumerate(self._keys(question, signed)):
            remembered = self._memory.find(key, signed.lines, number)
            if remembered is None:
                return None
            found.append(remembered)
        return found

    def _strictest(self, found: Sequence[Remembered]) -> str:
        """The strictest outcome among those of the packs that bind."""
        if self._only is not None:
            if len(found) == 1:
                return found[0].outcomes[self._only]
            return strictest_outcome(r.outcomes[self._only] for r in found)
        return released(
            (strictest_outcome(r.outcomes[n] for r in found), max(r.binds[n] for r in found)) for n in self._may_bind
        )

    # --- what is new -------------------------------------------------------------------------------------------------

    def _judge_all(self, question: _Question) -> Judged:
        read = self._read(question.order)
        law = ByLaw(as_of=question.as_of, known_on=question.known_on, assumptions=question.assumptions)
        return self._regimes.judge(self._regimes.screen(read.transaction), law)

    def _keep(
        self,
        signed: Signed,
        question: _Question,
        judged: Judged,
        made: Sequence[tuple[LineDecision, ...]] | None = None,
    ) -> list[Remembered]:
        """What every line came to, remembered: the decisions too, where they have been made."""
        found: list[Remembered] = []
        keys = self._keys(question, signed)
        for number, judgements in enumerate(judged):
            line = signed.lines[number]
            outcomes = tuple(judgement.resolution.outcome for judgement in judgements)
            remembered = Remembered(outcomes, tuple(judgement.binds for judgement in judgements))
            if made is not None:
                stated = (line.value, line.quantity, question.as_of)
                remembered.decisions[stated if self._quotes(made[number], judgements) else None] = made[number]
            found.append(remembered)
            if not any(_failed(judgement) for judgement in judgements):
                self._memory.keep(keys[number], signed.lines, number, remembered, self._probes(judgements))
        return found

    def _probes(self, judgements: Sequence[Judgement]) -> list[Probe] | None:
        """What tells lines of the same signature apart; nothing where that cannot be said."""
        probes: list[Probe] = []
        try:
            for judgement, sight in zip(judgements, self._sight.packs, strict=True):
                for case in judgement.found.every_case:
                    probes += probes_of(case, sight, sorted(case.asked() & sight.computed))
        except NotLinearError:
            return None
        return list(dict.fromkeys(probes))

    def _quotes(self, decisions: Sequence[LineDecision], judgements: Sequence[Judgement]) -> bool:
        """Whether a decision quotes something that the signature does not tell in full."""
        sight = self._sight
        for decision, judgement, seen in zip(decisions, judgements, sight.packs, strict=True):
            if decision.holds:  # what is too old is said with the day
                return True
            facts = judgement.program.pack.vocabulary.facts
            for name in {reading.fact for a in decision.authorizations for reading in a.failed}:
                if name not in facts or name in seen.computed or name in sight.facts or _is_measure(facts[name]):
                    return True  # what is no fact is the day, on which a law was not in force
        return False

    def _the_long_way(
        self,
        order: Any,
        as_of: date | None,
        known_on: date | None,
        assumptions: bool,  # noqa: FBT001
    ) -> Verdict:
        """An order that has no signature."""
        read = self._read(order)
        day = as_of or read.transaction.date
        if day is None:
            raise InputError((no_date(),))
        question = _Question(order, None, day, known_on, assumptions)
        judged = self._judge_all(question)
        outcome = outcome_for(judged)
        return Verdict(read.transaction.id, day, outcome, RELEASE[outcome], self, question, None, judged)


def _made_before(found: Sequence[Remembered], signed: Signed, as_of: date) -> list[tuple[LineDecision, ...]] | None:
    """The decisions on every line; nothing where one has not been made, or says what is otherwise now."""
    made: list[tuple[LineDecision, ...]] = []
    for remembered, line in zip(found, signed.lines, strict=True):
        decisions = remembered.serve((line.value, line.quantity, as_of))
        if decisions is None:
            return None
        made.append(decisions)
    return made


def _failed(judgement: Judgement) -> bool:
    """Whether something went wrong: of that nothing is remembered."""
    return bool(judgement.found.errors) or any(case.errors for case in judgement.found.every_case)


def _is_measure(fact: Fact) -> bool:
    return fact.scope == "item" and fact.read in {VALUE, QUANTITY}


def _plain(order: Any) -> Any:
    """The order's data; text that is no well-formed JSON stays as it is, for the reader to say why."""
    if isinstance(order, str):
        order = order.encode()
    if not isinstance(order, bytes):
        return order
    try:
        return decoded(order)
    except (ValueError, RecursionError):
        return order
