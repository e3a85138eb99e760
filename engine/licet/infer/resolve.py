"""From rulings to an outcome: the laws of a decision, as one pure function.

A ruling is an effect of a rule that is true or open in a case. Requirement, lift, bar and exception are separate
layers; each is combined by Kleene's logic, so that whatever is open can only make the answer open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from licet.policy.terms import Bar, Effect, Except, Flag, Lift, Prohibit, Require, Review
from licet.values import FALSE, TRUE, UNKNOWN, Truth

E = TypeVar("E", bound=Effect)
OUTCOMES = ("not_subject", "no_license_required", "authorized", "hold", "license_required", "prohibited")
RELEASE = dict(zip(OUTCOMES, ("go", "go", "go", "hold", "stop", "stop"), strict=True))


def strictest_outcome(outcomes: Iterable[str]) -> str:
    """The strictest of the outcomes; of none, hold."""
    return max(outcomes, key=OUTCOMES.index, default="hold")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """An effect in a case; `case` is the case's number, `truth` true or unknown."""

    rule: str
    case: int
    truth: Truth
    effect: Effect


#: Among names of reasons: whatever the reason, and a rule's own name.
_ANY, _RULE = "*", "rule:"
#: The exceptions that relieve a bar.
Relief = Callable[["Ruling"], "list[Ruling]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """A lift that covers a requirement, and how sure it is once bars are counted."""

    ruling: Ruling
    truth: Truth
    bars: tuple[Ruling, ...]
    exceptions: tuple[Ruling, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A license requirement, every lift that covers it, and whether it still stands."""

    ruling: Ruling
    reason: str
    lifts: tuple[Lifted, ...]
    stands: Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What the rulings come to."""

    outcome: str
    requirements: tuple[Requirement, ...]
    prohibitions: tuple[Ruling, ...]
    open_flags: tuple[Ruling, ...]


def resolve(
    rulings: Sequence[Ruling],
    *,
    covers: Callable[[int, int], bool],
    kinds: Mapping[str, str],
    subject: Truth,
    settled: Callable[[Ruling], bool],
    held: bool,
) -> Resolution:
    """The outcome of a line.

    `covers(a, b)`: case b is case a or below it. `kinds`: the kind of each authorization. `subject`: whether the
    line is within the pack's jurisdiction. `settled(flag)`: a resolution names the flag. `held`: something outside
    the rules holds the line (an error, a stale list).
    """
    layers = _Layers(rulings)

    def relief_for(requirement: Ruling) -> Relief:
        """An exception serves where it covers the bar; a narrower one, only requirements in its own case."""

        def relief(bar: Ruling) -> list[Ruling]:
            return [
                r
                for r in layers.exceptions.get(bar.rule, ())
                if covers(r.case, bar.case) or (covers(bar.case, r.case) and covers(r.case, requirement.case))
            ]

        return relief

    def lifts(requirement: Ruling, reason: str) -> tuple[Lifted, ...]:
        return tuple(
            _lifted(r, layers.bars_on(e.authorization, reason, kinds), relief_for(requirement))
            for r, e in layers.lifts_of(requirement, reason)
            if covers(r.case, requirement.case)
        )

    requirements = tuple(_requirement(r, str(e.reason), lifts(r, str(e.reason))) for r, e in _of(rulings, Require))
    prohibitions = tuple(r for r, _ in _of(rulings, Prohibit))
    open_flags = tuple(r for r, _ in _of(rulings, Flag) if not settled(r))
    return Resolution(
        outcome=_outcome(requirements, prohibitions, subject, held=held or bool(open_flags)),
        requirements=requirements,
        prohibitions=prohibitions,
        open_flags=open_flags,
    )


class _Layers:
    """Lifts and bars by the reason that they name, exceptions by the bar; each in the order of the rulings."""

    def __init__(self, rulings: Sequence[Ruling]) -> None:
        self._lifts: dict[str, dict[int, tuple[Ruling, Lift]]] = {}
        self._bars: dict[str, list[tuple[int, Ruling, Bar]]] = {}
        self.exceptions: dict[str, list[Ruling]] = {}
        for place, ruling in enumerate(rulings):
            match ruling.effect:
                case Lift() as effect:
                    self._enter(place, ruling, effect)
                case Bar(reasons=reasons) as effect:
                    for reason in reasons or (_ANY,):
                        self._bars.setdefault(reason, []).append((place, ruling, effect))
                case Except(bars=bars):
                    for bar in dict.fromkeys(bars):
                        self.exceptions.setdefault(bar, []).append(ruling)

    def _enter(self, place: int, ruling: Ruling, effect: Lift) -> None:
        names = (_ANY,) if effect.everything else (*effect.reasons, *(_RULE + rule for rule in effect.rules))
        for name in names:
            self._lifts.setdefault(name, {})[place] = (ruling, effect)

    def lifts_of(self, requirement: Ruling, reason: str) -> list[tuple[Ruling, Lift]]:
        """The lifts that name the requirement: an authorization discharges nothing else."""
        found = {
            n: lift
            for name in (_ANY, reason, _RULE + requirement.rule)
            for n, lift in self._lifts.get(name, {}).items()
        }
        return [found[place] for place in sorted(found)]

    def bars_on(self, authorization: str, reason: str, kinds: Mapping[str, str]) -> list[Ruling]:
        """The bars on an authorization where it would lift a reason."""
        found = [
            (place, ruling)
            for name in dict.fromkeys((_ANY, reason))
            for place, ruling, bar in self._bars.get(name, ())
            if bars_authorization(bar, authorization, kinds)
        ]
        return [ruling for _, ruling in sorted(found, key=lambda one: one[0])]


def _outcome(requirements: Sequence[Requirement], prohibitions: Sequence[Ruling], subject: Truth, *, held: bool) -> str:
    prohibited = max((r.truth for r in prohibitions), default=FALSE)
    required = max((r.stands for r in requirements), default=FALSE)
    if prohibited == TRUE:
        return "prohibited"
    if required == TRUE:
        return "license_required"
    if UNKNOWN in (prohibited, required) or held:
        return "hold"
    if subject == UNKNOWN:
        return "hold"
    if requirements:
        return "authorized"
    return "no_license_required" if subject == TRUE else "not_subject"


def _requirement(ruling: Ruling, reason: str, lifts: tuple[Lifted, ...]) -> Requirement:
    lifted = max((lift.truth for lift in lifts), default=FALSE)
    return Requirement(ruling=ruling, reason=reason, lifts=lifts, stands=min(ruling.truth, TRUE - lifted))


def _lifted(ruling: Ruling, bars: Sequence[Ruling], relief: Relief) -> Lifted:
    """The lift once bars, and exceptions to them, are counted."""
    truth = ruling.truth
    barring: list[Ruling] = []
    excepting: list[Ruling] = []
    for bar in bars:
        found = relief(bar)
        stands = min(bar.truth, TRUE - max((r.truth for r in found), default=FALSE))
        excepting += found
        if stands != FALSE:
            barring.append(bar)
        truth = min(truth, TRUE - stands)
    return Lifted(ruling=ruling, truth=truth, bars=tuple(barring), exceptions=tuple(excepting))


def bars_authorization(bar: Bar, authorization: str, kinds: Mapping[str, str]) -> bool:
    """Whether the bar is on the authorization; a bar on an id is on every id nested in it."""
    if any(nested(authorization, spared) for spared in bar.all_but):
        return False
    named = any(nested(authorization, name) for name in bar.authorizations)
    by_kind = kinds[authorization] in bar.kinds
    everything = not bar.authorizations and not bar.kinds
    return named or by_kind or everything


def nested(authorization: str, parent: str) -> bool:
    """Whether the id is the parent's or nested in it."""
    return authorization == parent or authorization.startswith(parent + ".")


def strictest(
    requirement: Requirement, rulings: Sequence[Ruling], order: Sequence[str]
) -> tuple[str | None, list[Ruling]]:
    """The strictest review policy for a requirement, and the rulings that give it."""
    giving = [(r, e) for r, e in _of(rulings, Review) if requirement.reason in e.reasons and r.truth == TRUE]
    if not giving:
        return None, []
    rank = max(order.index(str(e.policy)) for _, e in giving)
    return order[rank], [r for r, e in giving if e.policy == order[rank]]


def _of(rulings: Sequence[Ruling], kind: type[E]) -> list[tuple[Ruling, E]]:
    return [(r, r.effect) for r in rulings if isinstance(r.effect, kind)]
