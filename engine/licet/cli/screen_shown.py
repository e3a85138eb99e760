"""What screening finds, as text and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from licet.cli.codes import GO, HOLD, STOP
from licet.text import clean, quoted

if TYPE_CHECKING:
    from licet.cli.terminal import Paint
    from licet.screening.rescreen import Change
    from licet.screening.screener import Screening, ScreeningHit

FORMAT = "licet-screening-1"
_SHOWN = 5  # hits of one party, where not all are asked for
_STYLES = {"confirmed": "stop", "possible": "hold", "none": "go", "dismissed": "dim"}
_OF_BAND = {"confirmed": STOP, "possible": HOLD, "none": GO}


def code_of(one: Screening) -> int:
    """The exit code: stop for a confirmed hit, hold for a possible one and wherever there may be more."""
    code = _OF_BAND[one.band]
    return HOLD if code == GO and not one.complete else code


def code_of_change(change: Change) -> int:
    """The exit code: that of the hit as it is now; one that went lets go."""
    if change.what == "cut":
        return HOLD
    after = change.after
    return GO if after is None or not after.in_force else _OF_BAND.get(after.band, GO)


# --- as text ---------------------------------------------------------------------------------------------------------


def screening_text(
    one: Screening, paint: Paint, *, everything: bool, explain: bool, with_id: bool = False
) -> Iterator[str]:
    """A party, its hits, and why there may be more; `with_id` where it is one of a file."""
    party = one.party
    id_ = f"{clean(party.id, 60)} " if with_id else ""
    where = f" ({clean(party.country)})" if party.country else ""
    yield f"{paint(one.band.upper(), _STYLES[one.band])}  {id_}{clean(party.name)}{where}"
    counting = [hit for hit in one.hits if hit.band != "dismissed" and hit.in_force]
    shown = one.hits if everything else counting[:_SHOWN]
    for hit in shown:
        yield from (f"  {line}" for line in hit_text(hit, paint, explain=explain))
    rest = Counter(_kind(hit) for hit in one.hits) - Counter(_kind(hit) for hit in shown)
    if rest:
        yield f"  ({', '.join(f'{count:,} more {kind}' for kind, count in rest.items())}: --all)"
    if one.cut:
        yield "  the name could not be looked up in full: hold, and look for more of it"


def hit_text(hit: ScreeningHit, paint: Paint, *, explain: bool) -> Iterator[str]:
    """A hit: the listing, how it was met, and what the list says of it."""
    about, match = hit.facts, hit.match
    where = f" ({', '.join(about.countries)})" if about.countries else ""
    yield f"{paint(hit.band, _STYLES[hit.band])} {hit.score:.3f}  {_key(hit)}  {clean(about.name)}{where}"
    says = [clean(hit.title, 80), *([f"review: {_plain(about.review)}"] if about.review else []), *_cites(about.cites)]
    yield f"    {'; '.join(says)}"
    if explain:
        yield from (f"    {line}" for line in hit.explained())
    elif match.name != about.name:
        yield f"    by {match.basis} {quoted(match.name, 100)}"
    if hit.ruling is not None and not explain:
        yield f"    {hit.ruled()}"


def _kind(hit: ScreeningHit) -> str:
    return hit.band if hit.in_force else "not in force"


def change_text(change: Change, paint: Paint, *, explain: bool) -> Iterator[str]:
    """What is other for a party."""
    party = change.party
    where = f" ({clean(party.country)})" if party.country else ""
    what = ", ".join(change.fields)
    yield f"{change.what}{f' ({what})' if what else ''}: {clean(party.id, 60)} {clean(party.name)}{where}"
    if change.before is not None and change.after is not None and change.before.band != change.after.band:
        yield f"  was {change.before.band} {change.before.score:.3f}"
    hit = change.after or change.before
    if hit is not None:
        yield from (f"  {line}" for line in hit_text(hit, paint, explain=explain))


def about_lists(one: Screening) -> Iterator[str]:
    """In which versions it was looked, on what day, and which lists are too old for it."""
    versions = (
        f"{clean(used.source)} {used.version}"
        + (f" (current to {used.current_through})" if used.current_through is not None else "")
        for used in one.versions
    )
    day = "" if one.as_of is None else f", as of {one.as_of}"
    yield f"looked up in {', '.join(versions) or 'no official list'}{day}"
    if one.stale:
        lists = ", ".join(clean(stale.list) for stale in one.stale)
        yield f"too old for the day, so that whatever is not met holds: {lists}"


def summary(bands: Mapping[str, int]) -> str:
    """How many parties there are of each kind."""
    return f"{sum(bands.values()):,} parties: " + ", ".join(f"{count:,} {band}" for band, count in bands.items())


def _key(hit: ScreeningHit) -> str:
    return f"{clean(hit.list)}/{clean(hit.listing)}"


def _plain(value: object) -> str:
    if isinstance(value, str):
        return clean(value.replace("_", " "))
    return "conditional"


def _cites(cites: Sequence[str]) -> list[str]:
    shown = [clean(cite) for cite in cites[:2]]
    return [*shown, f"({len(cites) - 2} more)"] if len(cites) > len(shown) else shown


# --- as data ---------------------------------------------------------------------------------------------------------


def screening_data(one: Screening, line: int | None = None) -> dict[str, Any]:
    """A screening as JSON data."""
    return {
        "format": FORMAT,
        **({} if line is None else {"line": line}),
        "party": msgspec.to_builtins(one.party),
        "as_of": _day(one.as_of),
        "band": one.band,
        "complete": one.complete,
        "cut": one.cut,
        "stale": msgspec.to_builtins(one.stale),
        "versions": msgspec.to_builtins(one.versions),
        "hits": [hit_data(hit) for hit in one.hits],
    }


def hit_data(hit: ScreeningHit) -> dict[str, Any]:
    """A hit as JSON data."""
    match = hit.match
    return {
        "band": hit.band,
        "score": match.score,
        "list": hit.list,
        "listing": hit.listing,
        "title": hit.title,
        "basis": match.basis,
        "name": match.name,
        "query": match.query,
        "in_force": hit.in_force,
        "ruling": None if hit.ruling is None else msgspec.to_builtins(hit.ruling),
        "facts": msgspec.to_builtins(hit.facts),
        "source": hit.source,
        "version": hit.version,
        "digest": hit.digest,
        "explanation": msgspec.to_builtins(match.explanation),
    }


def change_data(change: Change) -> dict[str, Any]:
    """A change as JSON data."""
    return {
        "format": FORMAT,
        "what": change.what,
        "fields": list(change.fields),
        "party": msgspec.to_builtins(change.party),
        "before": None if change.before is None else hit_data(change.before),
        "after": None if change.after is None else hit_data(change.after),
    }


def json_line(data: object) -> bytes:
    """The data on one line."""
    try:
        return msgspec.json.encode(data) + b"\n"
    except UnicodeEncodeError:  # a lone surrogate, as JSON can write it but UTF-8 cannot
        import json

        return json.dumps(data).encode() + b"\n"


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
