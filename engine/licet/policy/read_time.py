"""Dated things: periods, stays, endings, and the periods that a paragraph takes from its general license."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec.structs import replace

from licet.policy.model import Citation, GeneralLicense
from licet.policy.node import Node
from licet.policy.terms import Period, Stay, Timeline

#: Why a date without its source is refused.
EVERY_DATE = "every date of the law names its source: `cite: 84 FR 22961`"


def citations(node: Node) -> tuple[Citation, ...]:
    """The sources named under `because`."""
    return tuple(Citation(cite=str(c.get("cite")), note=c.get("note")) for c in node.elements())


def known_from(data: dict[str, Any]) -> date | None:
    """The day from which it could be known: filed for public inspection or published, the earlier."""
    days = [data[name] for name in ("filed", "published") if data.get(name) is not None]
    return min(days, default=None)


def plain_period(data: dict[str, Any]) -> Period:
    """The period of a row: first and last day, from when it could be known, and its source."""
    return Period(start=data.get("from"), through=data.get("through"), known=known_from(data), cite=data.get("cite"))


def period(node: Node) -> Period:
    """The period of a node; a finding where it ends before it begins."""
    data = node.data
    ended, unresolved = data.get("ended") or {}, data.get("unresolved") or {}
    found = Period(
        start=data.get("from"),
        through=data.get("through"),
        known=known_from(data),
        cite=data.get("cite"),
        stays=tuple(_stay(s) for s in node["stayed"].elements()) if "stayed" in node else (),
        ended=ended.get("from"),
        ended_known=known_from(ended),
        ended_cite=ended.get("cite"),
        unresolved=unresolved.get("from"),
        unresolved_because=unresolved.get("because"),
    )
    _ordered(node, found.start, found.through)
    if ended:
        ends_after(node["ended"], found.start)
    if "published" in node and "filed" in node and data["filed"] > data["published"]:
        node["filed"].error(
            "period-order", f"filed on {data['filed']}, after it was published on {data['published']}", key=True
        )
    return found


def _stay(node: Node) -> Stay:
    data = node.data
    _ordered(node, data.get("from"), data.get("through"))
    return Stay(start=data["from"], through=data.get("through"), known=known_from(data), cite=data.get("cite"))


def ends_after(node: Node, start: date | None) -> None:
    """Report an ending on or before the day on which what it ends began: it would never have been."""
    if start is not None and node.get("from") <= start:
        node["from"].error(
            "period-order",
            f"it ends on {node.get('from')}, and begins on {start}",
            help="`from` is the first day without it",
        )


def _ordered(node: Node, start: date | None, through: date | None) -> None:
    if start is not None and through is not None and through < start:
        node["through"].error(
            "period-order",
            f"the period ends on {through}, before it begins on {start}",
            help="`through` is the last day, inclusive",
        )


def cited(node: Node) -> None:
    """Report the periods of a list that name no source."""
    for child in node.elements():
        if "cite" not in child:
            child.error("missing-cite", "expected the citation that put this period into force", help=EVERY_DATE)


def timeline(node: Node) -> Timeline:
    """The timeline of a list of periods; a finding where two begin on the same day."""
    periods = tuple(period(child) for child in node.elements())
    for place, found in enumerate(periods):
        if any(found.start == earlier.start for earlier in periods[:place]):
            node[place].error("period-twice", f"two periods begin on {found.start}", help="keep one of them")
    return Timeline(periods=periods)


def general_license_timeline(node: Node) -> Timeline:
    """The shared periods of a general license, with its end."""
    cited(node["periods"])
    found = timeline(node["periods"])
    if "ended" not in node:
        return found
    first = min((p.start for p in found.periods if p.start is not None), default=None)
    ends_after(node["ended"], first)
    ended = node.get("ended")
    return Timeline(periods=tuple(_ended(p, ended) for p in found.periods))


def _ended(found: Period, ended: dict[str, Any]) -> Period:
    """The period with an end; where it has one of its own, both count, each from when it could be known."""
    if found.ended is None:
        return replace(found, ended=ended["from"], ended_known=known_from(ended), ended_cite=ended.get("cite"))
    end = Stay(start=ended["from"], through=None, known=known_from(ended), cite=ended.get("cite"))
    return replace(found, stays=(*found.stays, end))


def paragraph_timeline(node: Node, general_license: GeneralLicense) -> Timeline:
    """The license's periods, from when this wording entered it until it left."""
    data = node.data
    start, known = data.get("from"), known_from(data)
    ended = data.get("ended")
    if ended is not None:
        ends_after(node["ended"], start)
    periods: list[Period] = []
    shared = general_license.timeline.periods
    # A wording that comes with an extension owes nothing to what was before.
    renewed = any(p.start == start for p in shared)
    for p in shared:
        if start is not None and (_before(p.through, start) or (renewed and _before(p.start, start))):
            continue
        clipped = replace(p, start=_latest(p.start, start), known=_latest(p.known, known))
        periods.append(clipped if ended is None else _ended(clipped, ended))
    if not periods:
        node["from"].error(
            "period-order",
            f"the wording begins on {start}, after the last period of the general license",
            help="check the date, or the periods in `general_license.yaml`",
        )
    return Timeline(periods=tuple(periods))


def _before(day: date | None, start: date) -> bool:
    return day is not None and day < start


def _latest(a: date | None, b: date | None) -> date | None:
    return max((day for day in (a, b) if day is not None), default=None)
