"""What one regime's judgement tells another that asks of it: the outcome, and what is left to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from licet.decision.authorizations import in_play
from licet.decision.line import Judgement, outcome_of, reviewed
from licet.infer.resolve import RELEASE
from licet.values import Unknown, Value

#: The states of an authorization that might still do.
_MIGHT = frozenset({"open", "unclaimed", "failed"})


class Told:
    """The verdict of a regime on one line of an order, as facts of another regime ask for it."""

    __slots__ = ("_judgement", "_others")

    def __init__(self, judgement: Judgement, others: Sequence[Judgement]) -> None:
        self._judgement = judgement
        self._others = others

    def told(self, what: str) -> Value:
        """What is asked of it."""
        asked: Mapping[str, Callable[[], Value]] = {
            "outcome": lambda: outcome_of(self._judgement),
            "release": lambda: RELEASE[outcome_of(self._judgement)],
            "review": lambda: reviewed(self._judgement),
            "could_apply": self._could_apply,
            "another_line_goes": self._another_line_goes,
        }
        return asked[what]()

    def _could_apply(self) -> Value:
        """Whether an authorization that was not tried, is open, or is nearly one could lift what stands."""
        standing = [r for r in self._judgement.resolution.requirements if r.stands]
        found = (a for r in standing for a in in_play(self._judgement.program, self._judgement.found, r))
        return any(a.state in _MIGHT for a in found)

    def _another_line_goes(self) -> Value:
        return any(RELEASE[outcome_of(other)] == "go" for other in self._others)


class Stated:
    """A verdict that is stated, as in a case beside a rule; what it does not say is unknown."""

    __slots__ = ("_said",)

    def __init__(self, said: Mapping[str, object]) -> None:
        self._said = {"release": RELEASE[str(said["outcome"])], "review": None, **said}

    def told(self, what: str) -> Value:
        """What is asked of it."""
        match self._said.get(what, Unknown("the verdict does not say", ())):
            case Unknown() | bool() | str() | None as value:
                return value
            case other:
                message = f"no verdict says {other!r}"
                raise TypeError(message)
