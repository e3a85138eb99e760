"""What people find about hits: kept in the list store, and shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from licet.cli.common import finding
from licet.cli.lists_config import now
from licet.cli.lists_work import NothingError, put_out
from licet.cli.options import DataFormat
from licet.cli.screen_work import COMMAND, How, Loader, country_asked
from licet.lists.adjudications import Adjudication, Ruling, adjudicate, history
from licet.lists.entry import Entry
from licet.screening.listed import Key, Listed
from licet.suggest import choices
from licet.text import clean, quoted

if TYPE_CHECKING:
    from licet.lists.store import Store
    from licet.screening.screener import Screener


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The hit that a ruling is about, as the command line says it."""

    party: str
    listing: str
    country: str | None
    address: str | None


def rule(store: Store, about: About, words: Ruling, output: DataFormat) -> int:
    """The exit code, after a ruling was kept. Raises `NothingError` where there is no such hit, or no reason."""
    country = country_asked(about.country)
    screener = Loader(store, How(as_of=now().date())).screener()
    listed = _met(screener, about, country)
    stands_for = Entry(list=listed.key[0], id=listed.key[1], name=listed.listing.name, digest=listed.digest)
    try:
        made = adjudicate(store, (about.party, country), stands_for, words, now())
    except ValueError as error:
        raise NothingError(finding(COMMAND, "bad-ruling", str(error))) from None
    return put_out(output, {"ruling": ruling_data(made, "holds")}, lambda: ruling_text(made, "holds", listed))


def rulings(store: Store, as_of: date, output: DataFormat, *, everything: bool) -> int:
    """The exit code, after showing what was found; those that no longer hold only where `everything` is asked for."""
    made = history(store)
    screener = Loader(store, How(as_of=as_of)).screener() if made else None
    rows = [(one, _state(one, screener, as_of)) for one in made]
    shown = [row for row in rows if everything or row[1] == "holds"]
    hidden = len(rows) - len(shown)

    def lines() -> Iterator[str]:
        for one, state in shown:
            yield from ruling_text(one, state, None if screener is None else screener.view.listed.get(_key(one)))
        yield from [] if shown else ["no rulings that hold" if rows else "no rulings"]
        yield from [f"({hidden} more that do not hold: --all)"] if hidden else []

    return put_out(output, {"rulings": [ruling_data(one, state) for one, state in shown]}, lines)


def ruling_data(one: Adjudication, state: str) -> dict[str, Any]:
    """A ruling as JSON data."""
    data: dict[str, Any] = msgspec.to_builtins(one)
    return {**data, "state": state}


def ruling_text(one: Adjudication, state: str, listed: Listed | None) -> Iterator[str]:
    """A ruling: the hit, what was found, by whom, why, and through which day."""
    where = f" ({clean(one.country)})" if one.country else ", of no stated country,"
    of = "" if listed is None else f"  {clean(listed.listing.name)}"
    yield f"{one.id}  {one.finding}: {clean(one.name)}{where} and {clean(one.list)}/{clean(one.listing)}{of}"
    until = "until the listing changes" if one.expires_on is None else f"through {one.expires_on}, or until it changes"
    yield f"   by {clean(one.author)} on {one.made_on}, {until}: {clean(one.reason, 300)}"
    if state != "holds":
        yield f"   {state}"


def _state(one: Adjudication, screener: Screener | None, as_of: date) -> str:
    """Whether a ruling holds on the day, else why not."""
    if one.superseded_by is not None:
        return f"superseded by {one.superseded_by}"
    if not one.holds_on(as_of):
        return f"expired on {one.expires_on}"
    listed = None if screener is None else screener.view.listed.get(_key(one))
    if listed is None:
        return "the listing is no longer there"
    return "holds" if listed.digest == one.digest else "the listing has changed"


def _key(one: Adjudication) -> Key:
    return one.list, one.listing


def _met(screener: Screener, about: About, country: str | None) -> Listed:
    """The listing of the hit. A ruling on what the party does not meet would never be used, and is likely a slip."""
    met = screener.screen(about.party, country=country, address=about.address)
    keys = [f"{hit.list}/{hit.listing}" for hit in met.hits]
    hint = f"it meets {choices(keys, 5)}" if keys else "it meets nothing, as it is spelt here"
    list_id, _, id_ = about.listing.partition("/")
    listed = screener.view.listed.get((list_id, id_))
    if listed is None:
        message = f"there is no listing {quoted(about.listing, 100)}"
        raise NothingError(finding(COMMAND, "unknown-listing", message, hint))
    if listed.key not in {hit.key for hit in met.hits}:
        message = f"{quoted(about.party)} does not meet {quoted(about.listing, 100)}"
        raise NothingError(finding(COMMAND, "no-hit", message, hint))
    return listed
