"""The way of an order, on one page: read, screen, facts, infer, resolve, write."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from licet._version import __version__
from licet.courses import Courses
from licet.decision.line import write
from licet.decision.model import Decision, ListVersion, Provenance, RegimeDecision
from licet.decision.shelf_life import earliest
from licet.infer.resolve import RELEASE
from licet.lasting import Lasting
from licet.lists.snapshot import Snapshot, snapshot
from licet.lists.store import Version
from licet.names.settings import DEFAULT, Settings
from licet.pack_evaluator import PackEvaluator
from licet.policy.cache import default_cache, load_pack
from licet.policy.imported import joined
from licet.policy.model import Pack
from licet.regimes import ByLaw, Regimes, binding, outcome_for, released, with_asked
from licet.resources import pack_folders, policies_dir
from licet.screening.collection import no_collection
from licet.signature.memory import Counts
from licet.text import quoted
from licet.transaction.facts import NO_REGIMES, Beside
from licet.transaction.model import Transaction
from licet.transaction.read import InputError, Read, no_date, read_data, read_text
from licet.values import FALSE, TRUE, UNKNOWN
from licet.verdicts import Verdict, Verdicts

FORMAT = "licet-decision-1"


class Evaluator:
    """Evaluates orders against packs. Immutable once made, and safe to share between threads.

    >>> from licet import Evaluator
    >>> evaluator = Evaluator.load()
    >>> decision = evaluator.evaluate({...}, as_of="2019-11-04")   # doctest: +SKIP
    >>> decision.release                                          # doctest: +SKIP
    'stop'
    """

    def __init__(
        self,
        packs: Sequence[Pack],
        *,
        backend: str = "auto",
        lists: Snapshot | None = None,
        screening: Settings | None = DEFAULT,
        cache: Path | None = None,
        known: Sequence[Pack] = (),
    ) -> None:
        """Of packs that are read; `known` are further ones, whose words orders may use, and by which none is judged."""
        fed = Snapshot() if lists is None else lists
        self.lists = fed
        with_lists = [joined(pack, fed) for pack in packs]
        self.differences = tuple(sorted(difference for _, found in with_lists for difference in found))
        made = (PackEvaluator(pack, backend, screening, fed.adjudications, cache) for pack, _ in with_lists)
        self._packs = tuple(sorted(made, key=lambda p: p.program.pack.manifest.id))
        self._spoken = (*(p.program.pack for p in self._packs), *known)
        self.backend = self._packs[0].backend.name if self._packs else "reference"
        self._regimes = Regimes(self._packs)
        self._verdicts = Verdicts(self._regimes, self.read)

    @classmethod
    def load(
        cls,
        folders: Iterable[str | Path] | str | Path | None = None,
        *,
        backend: str = "auto",
        cache: Path | None | bool = True,
        lists: Snapshot | Path | None | bool = True,
        screening: Settings | None = DEFAULT,
        regime: str | None = None,
    ) -> Evaluator:
        """An evaluator of the packs in the folders (default: those that come with licet).

        `backend` is `auto`, `durable` or `reference`. `cache` is a folder for checked packs and indexes of names, True
        for the user's own, or None for none. `lists` are the official lists to join to the packs' own: those of a store
        in a folder, as it is now; True for the user's own store, where there is one; a `snapshot` of certain versions;
        None for none. `screening` says from which score on a name that is not a listing's very own counts; None for
        very names alone. `regime`: judge by the packs of one regime, and of those that it asks.
        Raises `PolicyError` with the findings of packs that cannot be used, `StoreError` for a store that cannot.
        """
        if isinstance(folders, (str, Path)):
            folders = [folders]
        chosen = [Path(f) for f in folders] if folders is not None else pack_folders(policies_dir())
        where = default_cache() if cache is True else cache or None
        with no_collection():
            packs = [load_pack(folder, where) for folder in chosen]
            judging, known = (packs, []) if regime is None else with_asked(packs, regime)
            fed = lists if isinstance(lists, Snapshot) else stored(judging, lists)
            return cls(judging, backend=backend, lists=fed, screening=screening, cache=where, known=known)

    def beside(self, backend: str) -> Evaluator:
        """An evaluator of the same packs by another backend."""
        judging = [pack.program.pack for pack in self._packs]
        return Evaluator(judging, backend=backend, known=self._spoken[len(judging) :])

    @property
    def packs(self) -> tuple[PackEvaluator, ...]:
        """The packs in use, by id."""
        return self._packs

    def read(self, transaction: Transaction | dict[str, Any] | bytes | str, path: str = "transaction") -> Read:
        """The order, checked against the packs' vocabularies.

        Raises `InputError` with every finding.
        """
        packs = self._spoken
        if isinstance(transaction, Transaction):
            transaction = msgspec.to_builtins(transaction, builtin_types=(Decimal, date))
        if isinstance(transaction, str):
            transaction = transaction.encode()
        if isinstance(transaction, bytes):
            return read_text(transaction, path, packs)
        return read_data(transaction, packs, path)

    def evaluate(
        self,
        transaction: Transaction | dict[str, Any] | bytes | str | Read,
        *,
        as_of: date | str | None = None,
        known_on: date | str | None = None,
        assumptions: bool = True,
        shelf_life: bool = True,
        courses: bool = True,
        beside: Mapping[str, Beside] = NO_REGIMES,
    ) -> Decision:
        """The decision on an order.

        `as_of`: the date whose law applies; without it the order's own `date`, never today's. `known_on`: the date on
        which the law must have been known (filed for public inspection, or published); without it all that the packs
        know counts. `assumptions=False` makes every assumed fact unknown. `shelf_life=False` leaves `valid_until` out,
        which costs most of the time, since the coming days must be judged for it; `courses=False` the lawful
        courses, for each of which the order is judged again. `beside` are verdicts of regimes of which no pack
        is here and of which the packs ask.
        Raises `InputError` with every finding of an order that cannot be judged.
        """
        read = transaction if isinstance(transaction, Read) else self.read(transaction)
        day = _day(as_of, "as_of") or read.transaction.date
        if day is None:
            raise InputError((no_date(),))
        known = _day(known_on, "known_on")
        law = ByLaw(as_of=day, known_on=known, assumptions=assumptions, beside=beside)
        regimes = self._asked(read.transaction, law, shelf_life=shelf_life, courses=courses)
        outcome = released((r.outcome, TRUE if r.binds else UNKNOWN if r.may_bind else FALSE) for r in regimes)
        return Decision(
            format=FORMAT,
            transaction=read.transaction.id,
            as_of=day,
            known_on=known,
            assumptions=assumptions,
            release=RELEASE[outcome],
            outcome=outcome,
            valid_until=earliest(*(r.valid_until for r in regimes if r.counts), *(r.binding_until for r in regimes)),
            regimes=regimes,
            provenance=self._provenance(read.data),
            input=plain(read.data),
        )

    def judge(
        self,
        transaction: dict[str, Any] | bytes | str,
        *,
        as_of: date | str | None = None,
        known_on: date | str | None = None,
        assumptions: bool = True,
    ) -> Verdict:
        """The verdict on an order: what `evaluate` says but for certificate, courses and `valid_until`, and far faster.

        Verdicts are remembered: an order that the law cannot tell from an earlier one is not judged again. The reasons
        (`verdict.lines`) are made when they are asked for. Parameters and errors are those of `evaluate`.

        >>> verdict = evaluator.judge({...}, as_of="2019-11-04")   # doctest: +SKIP
        >>> verdict.release                                       # doctest: +SKIP
        'stop'
        """
        if isinstance(as_of, str) or isinstance(known_on, str):
            as_of, known_on = _day(as_of, "as_of"), _day(known_on, "known_on")
        return self._verdicts.judge(transaction, as_of, known_on, assumptions)

    def warm(self) -> None:
        """Make the indexes of names now (or read them from the cache), and not when the first order comes.

        For the whole of the official lists that takes seconds the first time.
        """
        for pack in self._packs:
            pack.index.warm()

    @property
    def remembered(self) -> Counts:
        """How many orders `judge` was asked for and knew, and how many signatures of lines it keeps."""
        return self._verdicts.counts

    def outcome(self, transaction: Read, as_of: date, known_on: date | None = None, *, assumptions: bool = True) -> str:
        """The outcome alone, without reasons: what a scan over many dates or orders needs."""
        law = ByLaw(as_of=as_of, known_on=known_on, assumptions=assumptions)
        return outcome_for(self._regimes.judge(self._regimes.screen(transaction.transaction), law))

    def _asked(
        self, transaction: Transaction, law: ByLaw, *, shelf_life: bool, courses: bool
    ) -> tuple[RegimeDecision, ...]:
        """The verdict of each pack."""
        screened = self._regimes.screen(transaction)
        judged = self._regimes.judge(screened, law)
        lines = [[write(judgement) for judgement in line] for line in judged]
        if courses:
            lines = Courses(regimes=self._regimes, screened=screened, judged=judged, law=law).added(lines)
        rebound: list[date | None] = [None for _ in self._packs]
        if shelf_life:
            lasting = [Lasting(self._regimes, screened, line, law) for line in judged]
            lines = [ends.added(line) for ends, line in zip(lasting, lines, strict=True)]
            rebound = [earliest(*(ends.binding(n) for ends in lasting)) for n, _ in enumerate(self._packs)]
        return tuple(
            pack.regime(
                tuple(line[n] for line in lines),
                binding(line[n] for line in judged),
                law.as_of,
                earliest(*(line[n].valid_until for line in lines)),
                rebound[n],
            )
            for n, pack in enumerate(self._packs)
        )

    @cached_property
    def _lists_used(self) -> dict[str, ListVersion]:
        return {version.source: _used(version, self.lists) for version in self.lists.versions}

    @cached_property
    def _adjudicated(self) -> str | None:
        return self.lists.adjudicated

    def _provenance(self, data: Any) -> Provenance:
        return Provenance(
            engine=__version__,
            backend=self.backend,
            packs={p.program.pack.manifest.id: p.program.pack.digest for p in self._packs},
            input=input_digest(data),
            lists=self._lists_used,
            adjudications=self._adjudicated,
        )


def stored(
    packs: Sequence[Pack],
    where: Path | str | bool | None,  # noqa: FBT001  True is the user's own
    wanted: Mapping[int | str, date | None] | None = None,
    adjudicated: str | None = None,
) -> Snapshot | None:
    """What a list store holds of the packs' lists, in the versions wanted; nothing where there is no store.

    `where` is its folder, True for the user's own, None for none. Raises `StoreError` for a store that cannot be used,
    or has not what is wanted.
    """
    from licet.lists.database import no_lists
    from licet.lists.store import Store, StoreError, default_folder

    if where is None or where is False or (where is True and no_lists()):
        return None
    store = Store(default_folder() if where is True else Path(where))
    if not store.database.exists():
        if wanted or where is not True:
            message = f"no list store in {quoted(store.database.path.parent)}: see `licet lists update`"
            raise StoreError(message)
        return None
    names = {own.list for pack in packs for own in pack.lists}
    return snapshot(store, wanted, lists=names, adjudicated=adjudicated)


def _used(version: Version, fed: Snapshot) -> ListVersion:
    """The version as a decision names it."""
    asked = next((one.asked for one in fed.lists if one.version == version.number), version.fetched_at.date())
    return ListVersion(version=version.number, digest=version.digest, current_through=version.source_clock, asked=asked)


def plain(data: Any) -> Any:
    """The order as JSON data: dates as text, decimals as numbers or, where a float would not keep them, text."""
    if isinstance(data, dict):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [plain(value) for value in data]
    if isinstance(data, date):
        return data.isoformat()
    if isinstance(data, Decimal):
        whole = data == data.to_integral_value()
        return int(data) if whole else float(data) if Decimal(str(float(data))) == data else str(data)
    return data


def input_digest(data: Any) -> str:
    """The SHA-256 of the order in canonical JSON."""
    text = json.dumps(plain(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _day(day: date | str | None, name: str) -> date | None:
    if not isinstance(day, str):
        return day
    try:
        return date.fromisoformat(day)
    except ValueError:
        message = f"expected `{name}` to be a date such as 2019-05-16, got `{day}`"
        raise ValueError(message) from None


__all__ = ["Evaluator", "InputError", "PackEvaluator"]
