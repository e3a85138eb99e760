"""Party lists: data to listings with dated, conditional rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from msgspec.structs import replace

from licet.policy.model import Conditional, Fact, Imported, Listing, ListingRow, PartyList
from licet.policy.node import Node
from licet.policy.read_conditions import Words, condition, country, is_bad, members, scalar, unknown_name
from licet.policy.read_time import ends_after, known_from, period
from licet.policy.terms import REVIEW_POLICIES, Period, Timeline
from licet.values import Value

_OWN = frozenset({"id", "name", "aliases", "country", "addresses", "rows", "removed", "relisted", "doubt"})


@dataclass(frozen=True, slots=True)
class ListFrame:
    """What a list declares of its listings."""

    id: str
    list: str
    attributes: Mapping[str, Fact]


def frame(node: Node, list_id: str) -> ListFrame:
    """The list's name and the attributes its listings may have."""
    attributes = node.get("attributes") or {}
    return ListFrame(
        id=list_id,
        list=node.get("list"),
        attributes={
            name: Fact(
                name=name,
                scope="listing",
                type=a["type"],
                of=a.get("of"),
                values=tuple(a.get("values") or ()),
                meaning=a.get("meaning", ""),
                cite="",
            )
            for name, a in attributes.items()
        },
    )


def party_list(node: Node, list_frame: ListFrame, listings: Sequence[Listing]) -> PartyList:
    """The party list with its listings."""
    return PartyList(
        id=list_frame.id,
        list=list_frame.list,
        title=node.get("title"),
        listings=tuple(sorted(listings, key=lambda entry: entry.id)),
        current_through=node.get("current_through"),
        holds_after=node.get("holds_after"),
        coverage=node.get("coverage"),
        restricts=node.get("restricts") is not False,
        imported=_imported(node["imported"], list_frame) if "imported" in node else Imported(),
    )


def _imported(node: Node, list_frame: ListFrame) -> Imported:
    review = node.child("review")
    if review is not None:
        _policy(review)
    own, marks = node.child("attributes"), node.child("marks")
    return Imported(
        review=node.get("review"),
        attributes={} if own is None else _attributes(own, list_frame),
        marks=()
        if marks is None
        else tuple((m.get("remark"), _attributes(m["attributes"], list_frame)) for m in marks.elements()),
    )


def _attributes(node: Node, list_frame: ListFrame, but: frozenset[str] = frozenset()) -> dict[str, Value]:
    """The values of attributes that the list declares; findings for others. `but` are names of something else."""
    found: dict[str, Value] = {}
    for name, child in node.items():
        if name in but:
            continue
        declared = list_frame.attributes.get(name)
        if declared is None:
            unknown_name(child, "field", name, [*sorted(but), *list_frame.attributes], key=True)
            continue
        found[name] = _attribute(child, declared)
    return found


def listings(node: Node, list_frame: ListFrame, words: Words) -> list[Listing]:
    """The listings of one file; findings for what does not fit the list or the vocabulary."""
    return [_listing(child, list_frame, words) for child in node["listings"].elements()]


def _listing(node: Node, list_frame: ListFrame, words: Words) -> Listing:
    data = node.data
    attributes = _attributes(node, list_frame, _OWN)
    if "country" in node:
        country(node["country"], words.countries)
    if data.get("relisted"):
        node["relisted"].error(
            "listing-relisted", "a later addition is simply a later row", help="write it under `rows`", key=True
        )
    rows = _rows(node, words)
    return Listing(
        id=data["id"],
        list=list_frame.list,
        name=data["name"],
        aliases=tuple(data.get("aliases", ())),
        country=data.get("country"),
        addresses=tuple(data.get("addresses", ())),
        attributes=attributes,
        rows=rows,
        timeline=Timeline(periods=tuple(row.period for row in rows)),
        doubt=data.get("doubt"),
    )


def _attribute(node: Node, declared: Fact) -> Value:
    value = members(node, declared) if declared.type == "set" else scalar(node, declared)
    return None if is_bad(value) else value


def _rows(node: Node, words: Words) -> tuple[ListingRow, ...]:
    """The rows by date: each until the next begins, or the listing is removed, and known from its publication."""
    rows: list[ListingRow] = []
    for child in node["rows"].elements():
        row = _row(child, words)
        if any(row.period.start == earlier.period.start for earlier in rows):
            child["from"].error(
                "period-twice", f"two rows begin on {row.period.start}", help="a later row supersedes an earlier one"
            )
        rows.append(row)
    rows.sort(key=lambda row: row.period.start or date.min)
    removed = node.get("removed")
    if removed is not None:
        ends_after(node["removed"], rows[0].period.start)
    return tuple(replace(row, period=_ended(row.period, removed)) for row in rows)


def _ended(found: Period, removed: Any) -> Period:
    """The period, ended by the listing's removal if it began before."""
    if removed is None or (found.start is not None and found.start >= removed["from"]):
        return found
    return replace(found, ended=removed["from"], ended_known=known_from(removed), ended_cite=removed.get("cite"))


def _row(node: Node, words: Words) -> ListingRow:
    scope = node.child("scope")
    covers = _conditionals(scope, "covers", words) if scope is not None and isinstance(scope.data, list) else None
    review = node["review"]
    if isinstance(review.data, list):
        policies = _conditionals(review, "policy", words)
    else:
        _policy(review)
        policies = (Conditional(when=None, value=review.data),)
    return ListingRow(
        period=period(node),
        scope=covers or (Conditional(when=None, value=True),),
        review=policies,
        footnotes=tuple(node.get("footnotes") or ()),
        doubt=node.get("doubt"),
    )


def _policy(node: Node) -> None:
    if node.data not in REVIEW_POLICIES:
        unknown_name(node, "review policy", str(node.data), REVIEW_POLICIES)


def _conditionals(node: Node, name: str, words: Words) -> tuple[Conditional, ...]:
    found: list[Conditional] = []
    last = len(node.data) - 1
    ends = False
    for place, child in enumerate(node.elements()):
        if ends:
            child.error(
                "row-unreachable",
                "this row is never read: one before it always holds",
                help="rows are read in order; put the one without `when` last",
            )
        elif "when" in child and place == last:
            child["when"].error(
                "row-missing",
                "the last row has a `when`, and nothing is said for the rest",
                help="end with a row without `when`",
                key=True,
            )
        ends = ends or "when" not in child
        when = condition(child["when"], words) if "when" in child else None
        if name == "policy":
            _policy(child["policy"])
        found.append(Conditional(when=when, value=child.get(name)))
    return tuple(found)
