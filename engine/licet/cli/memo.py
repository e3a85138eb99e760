"""The memo on a decision, as sections of points: what text and Markdown both show."""

from __future__ import annotations

from collections.abc import Iterator

from licet.cli import words
from licet.cli.law import Law, Laws, subjects_of
from licet.cli.memo_about import about_points, reviewers
from licet.cli.memo_order import order_points
from licet.cli.memo_requirements import requirement_points
from licet.cli.memo_why import near_points, readings, unclaimed_points
from licet.cli.points import Point, Section, section
from licet.cli.risks import course_points, rating_points
from licet.cli.words import Subjects
from licet.decision.model import Decision, LineDecision, RegimeDecision


def memo(decision: Decision, laws: Laws) -> list[Section]:
    """The sections: the verdict, the order, every line of every regime, then where the answer comes from."""
    subjects = Subjects(decision.input)
    found = [Section("Verdict", tuple(_verdict(decision, laws)))]
    found += section("The order", order_points(decision.input))
    alone = sum(len(regime.lines) for regime in decision.regimes) == 1
    for regime in words.binding_first(decision):
        law = laws[regime.pack]
        one_reviewer = len(reviewers(regime.lines)) == 1
        if not words.says_something(regime):
            outcomes = ((line, _outcome(line, alone=False)) for line in regime.lines)
            found += [Section(_title(line, regime, decision), tuple(points)) for line, points in outcomes]
            continue
        for line in regime.lines:
            title = _title(line, regime, decision)
            found += _line_sections(line, title, law, subjects, alone=alone, one_reviewer=one_reviewer)
        found += section(f"About the law of {words.name(regime.pack)}", about_points(regime, law))
    return [*found, Section("Provenance", tuple(_provenance(decision)))]


def _verdict(decision: Decision, laws: Laws) -> Iterator[Point]:
    for regime in words.binding_first(decision):
        yield Point(f"{words.plain(regime.title)}: {words.verdict(regime)}{words.role(regime)}")
    yield Point(words.until(decision, laws))


def _title(line: LineDecision, regime: RegimeDecision, decision: Decision) -> str:
    """The line by its id and description, as the order has them, and the regime where there are several."""
    items = {str(i.get("id")): i.get("description") for i in decision.input.get("items", ())}
    about = items.get(line.item)
    of = f" under {words.name(regime.regime)}" if len(decision.regimes) > 1 else ""
    return f"Line {words.name(line.item)}{of}: {line.release}" + (f" ({words.name(about)})" if about else "")


def _line_sections(
    line: LineDecision, title: str, law: Law, subjects: Subjects, *, alone: bool, one_reviewer: bool
) -> list[Section]:
    return [
        Section(title, tuple(_outcome(line, alone=alone))),
        *section("Prohibitions", _prohibitions(line, law, subjects), depth=2),
        *section("Requirements", requirement_points(line, law, subjects), depth=2),
        *section("Near misses", near_points(line, law, subjects), depth=2),
        *section("Listings met", _listed(line, law, subjects), depth=2),
        *section("Questions that would settle it", _questions(line, law, subjects), depth=2),
        *section("Red flags and holds", _flags(line, law, subjects), depth=2),
        *section("Values read", readings(line, law, subjects), depth=2),
        *section("Authorizations that were not tried", unclaimed_points(line), depth=2),
        *section("Assumptions", _assumptions(line), depth=2),
        *section("Obligations", _obligations(line, law), depth=2),
        *section("Risks", rating_points(line, law), depth=2),
        *section("Lawful courses, the better first", course_points(line), depth=2),
        *section("Notices", (f"{words.plain(n.message)} [{words.name(n.code)}]" for n in line.notices), depth=2),
        *section("Doubts about tables", _row_doubts(line), depth=2),
        *section("Sources", _sources(line, one_reviewer=one_reviewer), depth=2),
    ]


def _outcome(line: LineDecision, *, alone: bool) -> Iterator[Point]:
    """What came out and why; of the only line, not again what the verdict on the order says."""
    if not alone:
        yield Point(words.verdict(line))
    if line.determined_by:
        yield Point(f"determined by: {', '.join(map(words.name, line.determined_by))}")
    if line.review is not None:
        yield Point(f"a license application would meet: {words.policy(line.review)}")
    if line.outcome == "license_required":
        yield Point("next: apply for a license, or state the facts of an authorization named below")
    if line.valid_until is not None and not alone:
        yield Point(f"holds until: {line.valid_until}")


def _prohibitions(line: LineDecision, law: Law, subjects: Subjects) -> Iterator[Point]:
    """Each rule that prohibits, for whom, and where it stands in the law."""
    sources = {source.rule: source for source in line.sources}
    for rule in line.determined_by:
        reason = law.prohibits(rule)
        if reason is None:
            continue
        source = sources.get(rule)
        for subject, sure in subjects_of(rule, line):
            may = "" if sure else "may apply, as facts are open: "
            about = words.plain(source.title) if source is not None else words.name(rule)
            yield Point(f"{may}{about}, for {subjects.of(subject, line.item)} [{words.name(rule)}]")
        cites = source.citations if source is not None else [c for c in [law.reason_cite(reason)] if c]
        yield Point("; ".join(map(words.plain, cites)), 1)


_BASES = {
    "name": "by its name",
    "alias": "by a published alias",
    "branch": "as a branch of it",
    "acts_for": "since it acts for it",
    "owner": "since it is owned by it",
}


def _listed(line: LineDecision, law: Law, subjects: Subjects) -> Iterator[Point]:
    """Each listing that a party met: why, since when, and the version in force."""
    for met in line.listed:
        sure = "meets" if met.confirmed else "may meet"
        how = _BASES.get(met.basis, met.basis)
        on = words.plain(law.list_title(met.list))
        yield Point(
            f"{subjects.named(met.party)} {sure} {words.name(met.name)} on the {on} {how} [{words.name(met.list)}]"
        )
        version = f"; this version since {met.row_from}" if met.row_from != met.listed_from else ""
        cite = f" ({words.name(met.cite)})" if met.cite else ""
        yield Point(f"listed since {met.listed_from}{version}{cite}", 1)
        yield Point(words.plain(met.because), 1)
        if met.doubt:
            yield Point(f"doubt: {words.plain(met.doubt)}", 1)


def _questions(line: LineDecision, law: Law, subjects: Subjects) -> Iterator[Point]:
    for asked in line.questions:
        yield Point(f"{words.question(asked, line, subjects)} [{words.plain(asked.cite)}]")
        fact = law.fact(asked.fact)
        if fact is not None and 0 < len(fact.values) <= _FEW_VALUES:
            yield Point(f"one of: {', '.join(map(words.name, fact.values))}", 1)
        if words.tells(asked.why):
            yield Point(f"why: {words.plain(asked.why)}", 1)
    if len(line.settled_by) > 1:
        yield Point("any one of these could settle it, fewest facts first:")
        yield from (Point(" with ".join(map(words.plain, facts)), 1) for facts in line.settled_by)


_FEW_VALUES = 12
_OPEN_FLAG = " (open)"


def _flags(line: LineDecision, law: Law, subjects: Subjects) -> Iterator[str]:
    """The flags that are sure, then those that hang on open facts; a stop has no use for the latter."""
    sure = [f for f in line.flags if not f.message.endswith(_OPEN_FLAG)]
    may = [f for f in line.flags if f.message.endswith(_OPEN_FLAG)] if line.release != "stop" else []
    for flag in (*sure, *may):
        who = subjects.of(flag.subject, line.item)
        text = words.plain(flag.message.removesuffix(_OPEN_FLAG))
        state = "settled" if flag.settled else "not settled"
        if flag in may and not flag.settled:
            facts = ", ".join(map(words.name, law.open_facts([flag.code], line)))
            state = f"may apply, depends on: {facts}" if facts else "may apply, as facts are open"
        yield f"{text}, for {who}: {state} [{words.name(flag.code)}]"
    for remark in line.holds:
        yield f"{words.plain(remark.message)} [{words.name(remark.code)}]"


def _assumptions(line: LineDecision) -> Iterator[Point]:
    """What was taken for granted, by why it was."""
    groups: dict[str, list[str]] = {}
    for found in line.assumptions:
        groups.setdefault(found.because, []).append(f"{words.name(found.fact)} is {words.read_value(found.value)}")
    for because, taken in groups.items():
        yield Point(f"{words.plain(because)}: {', '.join(taken)}")


def _obligations(line: LineDecision, law: Law) -> Iterator[str]:
    """What proceeding obliges; what is not sure hangs on an authorization, or on whether a license is required."""
    for found in line.obligations:
        sure = "" if found.certain else f" ({_if(found.id, line, law)})"
        yield f"{words.plain(found.title)}{sure} [{words.plain(found.cite)}]"


def _if(obligation: str, line: LineDecision, law: Law) -> str:
    using = any(a.state == "open" for a in line.authorizations) and law.hangs_on_authorization(obligation, line)
    return "if the open authorization is used" if using else "if no license turns out to be required"


def _row_doubts(line: LineDecision) -> Iterator[str]:
    for doubt in line.doubts:
        yield f"{words.plain(doubt.message)} [{words.name(doubt.code)}]"


def _sources(line: LineDecision, *, one_reviewer: bool) -> Iterator[Point]:
    for source in line.sources:
        yield Point(f"{words.plain(source.title)} [{words.name(source.rule)}]")
        yield Point("; ".join(map(words.plain, source.citations)), 1)
        parts = [f"in force {words.plain(source.period)}"] if source.period else []
        parts += [f"reviewed by {words.name(source.reviewed_by)}"] if not one_reviewer else []
        if parts:
            yield Point("; ".join(parts), 1)
        if source.doubt:
            yield Point(f"doubt: {words.plain(source.doubt)}", 1)


def _provenance(decision: Decision) -> Iterator[Point]:
    provenance = decision.provenance
    yield Point(f"licet {words.name(provenance.engine)}, backend {words.name(provenance.backend)}")
    for pack, digest in provenance.packs.items():
        yield Point(f"pack {words.name(pack)}: sha256 {words.name(digest)}")
    yield Point(f"order: sha256 {words.name(provenance.input)}")
