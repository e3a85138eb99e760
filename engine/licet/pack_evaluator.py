"""One pack at work: its law compiled, its names indexed, its backend chosen; it judges a line on a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path

from licet.compile.build import compile_pack
from licet.compile.program import Program
from licet.compile.view import Views
from licet.decision.line import Judgement, judge_line
from licet.decision.model import LineDecision, RegimeDecision, Remark
from licet.infer.backend import Backend
from licet.infer.choose import choose_backend
from licet.infer.resolve import RELEASE, strictest_outcome
from licet.infer.run import infer
from licet.lists.adjudications import Adjudication
from licet.names.settings import DEFAULT, Settings
from licet.policy.in_force import in_force
from licet.policy.model import ListingRow, Pack
from licet.screening.index import Index
from licet.screening.match import Hit
from licet.screening.screened import Screened, screen
from licet.text import quoted
from licet.transaction.facts import NO_REGIMES, Beside, Case, Order
from licet.transaction.model import Item, Transaction
from licet.values import FALSE, TRUE, UNKNOWN, Truth, Value, set_of

_NOTICES_KEPT = 1000


class PackEvaluator:
    """One pack, compiled, with its index of names and its backend."""

    def __init__(
        self,
        pack: Pack,
        backend: str,
        screening: Settings | None = DEFAULT,
        rulings: Iterable[Adjudication] = (),
        cache: Path | None = None,
    ) -> None:
        self.program: Program = compile_pack(pack)
        self.views = Views(self.program)
        self.index = Index(pack.lists, screening, rulings, cache)
        self.backend: Backend = choose_backend(backend, self.program)

    def screen(self, transaction: Transaction) -> Screened:
        """The order with the listings its parties meet: the same for all lines and dates."""
        return screen(transaction, self.index)

    def judge(
        self,
        screened: Screened,
        item: Item,
        as_of: date,
        known_on: date | None,
        *,
        assumptions: bool,
        regimes: Mapping[str, Beside] = NO_REGIMES,
    ) -> Judgement:
        """The judgement on one line of a screened order; `regimes` are the verdicts of others that the pack may ask."""
        view = self.views.at(as_of, known_on)
        order = Order(self.program, view, screened.transaction, as_of, assumptions=assumptions, regimes=regimes)
        cases = _cases(order, item, screened, known_on)
        holds = (*self.stale(as_of), *_unscreened(screened))
        return judge_line(self.program, infer(self.program, cases, self.backend), holds, screened)

    def stale(self, as_of: date) -> tuple[Remark, ...]:
        """What holds every line because the law in the pack is too old for the day."""
        manifest = self.program.pack.manifest
        found: list[Remark] = []
        if as_of > manifest.holds_after:
            found.append(_aged("pack-stale", f"pack `{manifest.id}` is", manifest.holds_after, as_of))
        by_limit: dict[date, list[str]] = {}
        for own in self.program.pack.lists:
            if own.holds_after is not None and as_of > own.holds_after:
                by_limit.setdefault(own.holds_after, []).append(own.list)
        for limit, names in sorted(by_limit.items()):
            found.append(_aged("list-stale", f"{_lists(names)} {'is' if len(names) == 1 else 'are'}", limit, as_of))
        return tuple(found)

    @cached_property
    def asks(self) -> frozenset[str]:
        """The regimes of whose verdicts the pack's facts ask."""
        facts = self.program.pack.vocabulary.facts.values()
        return frozenset(fact.of_regime.regime for fact in facts if fact.of_regime is not None)

    def regime(
        self,
        lines: tuple[LineDecision, ...],
        binds: Truth,
        as_of: date,
        valid_until: date | None = None,
        binding_until: date | None = None,
    ) -> RegimeDecision:
        """The verdict of the pack, made of those on the lines."""
        manifest = self.program.pack.manifest
        outcome = strictest_outcome(line.outcome for line in lines)
        return RegimeDecision(
            pack=manifest.id,
            regime=manifest.regime,
            title=manifest.title,
            binds=binds == TRUE,
            may_bind=binds == UNKNOWN,
            binding_until=binding_until,
            outcome=outcome,
            release=RELEASE[outcome],
            lines=lines,
            valid_until=valid_until,
            notices=self.notices(as_of),
        )

    def notices(self, as_of: date) -> tuple[Remark, ...]:
        """What to know about the age and reach of the law in the pack; kept, since orders of one day are many."""
        found = self._notices.get(as_of)
        if found is None:
            if len(self._notices) >= _NOTICES_KEPT:
                self._notices.clear()
            found = self._notices[as_of] = self._noticed(as_of)
        return found

    @cached_property
    def _notices(self) -> dict[date, tuple[Remark, ...]]:
        return {}

    def _noticed(self, as_of: date) -> tuple[Remark, ...]:
        pack = self.program.pack
        dated: list[tuple[str, date | None]] = [(f"pack `{pack.manifest.id}`", pack.manifest.current_through)]
        dated += [(f"party list `{x.list}`", x.current_through) for x in pack.lists]
        found = [
            Remark(code="not-current", message=f"{what} is kept current through {limit} only")
            for what, limit in dated
            if limit is not None and as_of > limit
        ]
        later = sorted(x.vintage for x in pack.tables.values() if x.vintage is not None and as_of < x.vintage)
        if later:
            many = f"{len(later)} tables" if len(later) > 1 else "a table"
            of = f"{later[0]}" if later[0] == later[-1] else f"{later[0]} to {later[-1]}"
            message = f"the rows of {many} are of {of}, but for changes that have a date"
            found.append(Remark(code="before-vintage", message=message))
        by_coverage: dict[str, list[str]] = {}
        for own in pack.lists:
            if own.coverage:
                by_coverage.setdefault(own.coverage, []).append(own.list)
        found += [Remark(code="list-coverage", message=f"{_lists(x)}: {told}") for told, x in by_coverage.items()]
        return tuple(found)


def _cases(order: Order, item: Item, screened: Screened, known_on: date | None) -> list[Case]:
    """The line alone, against each party, and against each listing in force that a party hit."""
    line = Case(order, "item", Case(order, "transaction", None), item=item)
    cases = [line]
    for party, found in screened.parties:
        against = Case(order, "party", line, party=party)
        against.owners = tuple(_listed_on(of, order.as_of, known_on) for of in screened.owners.get(party.id, ()))
        cases.append(against)
        for hit, row in _standing(found, order.as_of, known_on):
            cases.append(Case(order, "listing", against, hit=hit, row=row))
    return cases


def _lists(names: Iterable[str]) -> str:
    shown = [f"`{name}`" for name in sorted(names)]
    return f"party list {shown[0]}" if len(shown) == 1 else f"party lists {', '.join(shown)}"


def _aged(code: str, what: str, limit: date, as_of: date) -> Remark:
    return Remark(code=code, message=f"{what} not kept past {limit}, and the order is judged on {as_of}")


def _unscreened(screened: Screened) -> tuple[Remark, ...]:
    """What holds every line because a name could not be looked up in full."""
    return tuple(
        Remark(
            code="party-unscreened",
            message=f"the name {quoted(name)} of party `{party}` could not be looked up in full",
        )
        for party, name in screened.unscreened
    )


def _listed_on(found: tuple[Hit, ...], as_of: date, known_on: date | None) -> Value:
    """The lists on which an owner is listed on the day; open where it may be a namesake."""
    met = [hit for hit, _ in _standing(found, as_of, known_on)]
    sure = frozenset(hit.listing.list for hit in met if hit.confirmed)
    return set_of(sure, frozenset(hit.listing.list for hit in met), ("hit_confirmed",))


def _standing(found: Iterable[Hit], as_of: date, known_on: date | None) -> Iterator[tuple[Hit, ListingRow]]:
    """The hits as they are on the day, each with the row in force; without those that another one explains."""
    for each in found:
        hit, row = each.on(as_of), row_in_force(each, as_of, known_on)
        explained = any(other.on(as_of) is not None for other in each.unless)  # listed on the day or not: it is they
        if hit is not None and row is not None and not explained:
            yield hit, row


def row_in_force(hit: Hit, as_of: date, known_on: date | None) -> ListingRow | None:
    """The row of the hit's listing that is in force, or nothing where the listing is not."""
    state = in_force(hit.listing.timeline, as_of, known_on)
    if state.truth == FALSE:
        return None
    return next(row for row in hit.listing.rows if row.period == state.period)
