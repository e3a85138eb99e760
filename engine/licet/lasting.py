"""How long the judgements on a line hold, under each of several packs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from msgspec.structs import replace

from licet.compile.turns import Turn
from licet.decision.line import Judgement
from licet.decision.model import LineDecision
from licet.decision.shelf_life import day_before, days_ahead, earliest, first_change, first_rebinding, relied_until
from licet.regimes import ByLaw, Regimes, judge_by
from licet.screening.screened import Screened


class Lasting:
    """The ends of the judgements on one line; `judged` are those of each pack."""

    def __init__(self, regimes: Regimes, screened: Sequence[Screened], judged: Sequence[Judgement], law: ByLaw) -> None:
        self._packs = regimes.packs
        self._screened = screened
        self._judged = judged
        self._law = law
        self._on = cache(self._judge)

    def added(self, lines: Sequence[LineDecision]) -> list[LineDecision]:
        """The decisions of each pack with `valid_until`.

        An answer that asks of another regime lasts no longer than what that one says: beyond it nothing is judged.
        """
        own = [self._until(n, line) for n, line in enumerate(lines)]
        named = [pack.program.pack.manifest.regime for pack in self._packs]
        return [
            replace(
                line,
                valid_until=earliest(
                    own[n], *(end for end, regime in zip(own, named, strict=True) if regime in self._packs[n].asks)
                ),
            )
            for n, line in enumerate(lines)
        ]

    def _until(self, pack: int, line: LineDecision) -> date | None:
        judgement = self._judged[pack]
        change = first_change(self._days(pack), judgement, lambda day: self._on(pack, day))
        return earliest(relied_until(judgement, line.determined_by), day_before(change))

    def binding(self, pack: int) -> date | None:
        """The last day on which a pack binds, or does not, as it does today; none where no other day is known."""
        judgement = self._judged[pack]
        return day_before(first_rebinding(self._days(pack), judgement, lambda day: self._on(pack, day)))

    def _days(self, pack: int) -> list[tuple[date, Turn | None]]:
        return [*days_ahead(self._packs[pack].program, self._screened[pack], self._law.as_of)]

    def _judge(self, pack: int, day: date) -> Judgement:
        """The judgement on a later day, other regimes saying what they say today."""
        top = self._judged[pack].top
        assert top.item is not None  # noqa: S101  # a line is judged
        return judge_by(self._packs[pack], self._screened[pack], top.item, self._law.on(day), top.order.regimes)
