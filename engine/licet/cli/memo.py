"""The memo on a decision, as sections of points: what text and Markdown both show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from licet.cli import words
from licet.cli.words import Subjects
from licet.decision.model import Authorization, Decision, LineDecision, RegimeDecision, Requirement, Source


@dataclass(frozen=True, slots=True)
class Point:
    """One line of thought; a deeper one belongs to the one above it."""

    text: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A title, and what there is to say under it."""

    title: str
    points: tuple[Point, ...]
    depth: int = 1


def memo(decision: Decision) -> list[Section]:
    """The sections: the verdict, then every line of every regime, then where the answer comes from."""
    subjects = Subjects(decision.input)
    found = [Section("Verdict", tuple(_verdict(decision)))]
    for regime in decision.regimes:
        for line in regime.lines:
            found += _line_sections(line, _title(line, regime, decision), subjects)
        about = f"About the law of {words.name(regime.pack)}"
        found += _section(about, (words.plain(n.message) for n in regime.notices))
    return [*found, Section("Provenance", tuple(_provenance(decision)))]


def _verdict(decision: Decision) -> Iterator[Point]:
    for regime in decision.regimes:
        role = "" if regime.binds else " (advises, and does not change the release)"
        yield Point(f"{words.plain(regime.title)}: {words.verdict(regime)}{role}")
    yield Point(f"the answer holds until: {words.until(decision)}")


def _title(line: LineDecision, regime: RegimeDecision, decision: Decision) -> str:
    """The line by its id and description, as the order has them, and the regime where there are several."""
    items = {str(i.get("id")): i.get("description") for i in decision.input.get("items", ())}
    about = items.get(line.item)
    of = f" under {words.name(regime.regime)}" if len(decision.regimes) > 1 else ""
    return f"Line {words.name(line.item)}{of}: {line.release}" + (f" ({words.name(about)})" if about else "")


def _line_sections(line: LineDecision, title: str, subjects: Subjects) -> list[Section]:
    return [
        Section(title, tuple(_outcome(line))),
        *_section("Requirements", _requirements(line, subjects), depth=2),
        *_section("Listings met", _listed(line), depth=2),
        *_section("Questions that would settle it", _questions(line, subjects), depth=2),
        *_section("Red flags and holds", _flags(line, subjects), depth=2),
        *_section("Values read", _readings(line, subjects), depth=2),
        *_section("Authorizations that were not tried", _untried(line), depth=2),
        *_section("Assumptions", _assumptions(line), depth=2),
        *_section("Obligations", _obligations(line), depth=2),
        *_section("Risks", (f"{words.name(r.risk)}: {words.name(r.level)}" for r in line.ratings), depth=2),
        *_section("Notices", (f"{words.plain(n.message)} [{words.name(n.code)}]" for n in line.notices), depth=2),
        *_section("Doubts about tables", _row_doubts(line), depth=2),
        *_section("Sources", _sources(line.sources), depth=2),
    ]


def _section(title: str, points: Iterable[str | Point], depth: int = 1) -> list[Section]:
    """The section, if it has a point."""
    kept = tuple(p if isinstance(p, Point) else Point(p) for p in points)
    return [Section(title, kept, depth)] if kept else []


def _outcome(line: LineDecision) -> Iterator[Point]:
    yield Point(words.verdict(line))
    if line.determined_by:
        yield Point(f"determined by: {', '.join(map(words.name, line.determined_by))}")
    if line.review is not None:
        yield Point(f"a license application would meet: {words.policy(line.review)}")
    if line.valid_until is not None:
        yield Point(f"holds until: {line.valid_until}")


def _requirements(line: LineDecision, subjects: Subjects) -> Iterator[Point]:
    """Each requirement; below it what lifts it, nearly did or was barred, and its review policy."""
    for found in line.requirements:
        sure = "" if found.certain else " (open: it may not be required)"
        yield Point(f"{words.requirement(found, line, subjects)}: {found.state}{sure} [{words.name(found.rule)}]")
        for tried in line.authorizations:
            if _bears(tried, found):
                yield Point(_tried(tried), 1)
                yield from (Point(words.reading(r), 2) for r in tried.failed)
        if found.review is not None:
            by = ", ".join(map(words.name, found.review_rules))
            yield Point(f"an application would meet: {words.policy(found.review)} [{by}]", 1)
        if found.review_possible:
            could = ", ".join(words.policy(p) for p in found.review_possible)
            yield Point(f"open facts could bring another review policy: {could}", 1)


_BASES = {
    "name": "by its name",
    "alias": "by a published alias",
    "branch": "as a branch of it",
    "acts_for": "since it acts for it",
    "owner": "since it is owned by it",
}


def _listed(line: LineDecision) -> Iterator[Point]:
    """Each listing that a party met: why, since when, and the version in force."""
    for met in line.listed:
        sure = "meets" if met.confirmed else "may meet"
        how = _BASES.get(met.basis, met.basis)
        yield Point(f"{words.name(met.party)} {sure} {words.name(met.name)} {how} [{words.name(met.list)}]")
        version = f"; this version since {met.row_from}" if met.row_from != met.listed_from else ""
        cite = f" ({words.name(met.cite)})" if met.cite else ""
        yield Point(f"listed since {met.listed_from}{version}{cite}", 1)
        yield Point(words.plain(met.because), 1)
        if met.doubt:
            yield Point(f"doubt: {words.plain(met.doubt)}", 1)


def _bears(tried: Authorization, on: Requirement) -> bool:
    """Whether an authorization that was tried is about the requirement."""
    if tried.state in ("unclaimed", "not_in_force"):
        return False
    named = tried.rule in on.lifted_by or on.reason in tried.reasons or "all" in tried.reasons
    return named and (on.subject == tried.subject or on.subject.startswith(tried.subject + "/"))


def _tried(found: Authorization) -> str:
    text = f"{words.STATES[found.state]}: {words.authorization(found)} [{words.name(found.rule)}]"
    return text + (f", by {', '.join(map(words.name, found.barred_by))}" if found.barred_by else "")


def _questions(line: LineDecision, subjects: Subjects) -> Iterator[Point]:
    for asked in line.questions:
        yield Point(f"{words.question(asked, line, subjects)} [{words.plain(asked.cite)}]")
        yield Point(f"why: {words.plain(asked.why)}", 1)
    if len(line.settled_by) > 1:
        yield Point("any one of these could settle it, fewest facts first:")
        yield from (Point(" with ".join(map(words.plain, facts)), 1) for facts in line.settled_by)


def _flags(line: LineDecision, subjects: Subjects) -> Iterator[str]:
    for flag in line.flags:
        state = "settled" if flag.settled else "not settled"
        who = subjects.of(flag.subject, line.item)
        yield f"{words.plain(flag.message)}, for {who}: {state} [{words.name(flag.code)}]"
    for remark in line.holds:
        yield f"{words.plain(remark.message)} [{words.name(remark.code)}]"


def _readings(line: LineDecision, subjects: Subjects) -> Iterator[str]:
    for found in line.readings:
        party = subjects.party(found.subject, line.item)
        yield words.reading(found) + (f" ({party})" if party else "")


def _untried(line: LineDecision) -> Iterator[str]:
    """What could also apply if it were claimed, and what is not in force; each once, whoever it is for."""
    shown = (
        f"{words.authorization(a)}: {words.STATES[a.state]}; in force {words.plain(a.in_force)} [{words.name(a.rule)}]"
        for a in line.authorizations
        if a.state in ("unclaimed", "not_in_force")
    )
    yield from dict.fromkeys(shown)


def _assumptions(line: LineDecision) -> Iterator[str]:
    for found in line.assumptions:
        yield f"{words.name(found.fact)} is {words.plain(found.value)}: {words.plain(found.because)}"


def _obligations(line: LineDecision) -> Iterator[str]:
    for found in line.obligations:
        sure = "" if found.certain else " (if the open authorization is used)"
        yield f"{words.plain(found.title)}{sure} [{words.plain(found.cite)}]"


def _row_doubts(line: LineDecision) -> Iterator[str]:
    for doubt in line.doubts:
        yield f"{words.plain(doubt.message)} [{words.name(doubt.code)}]"


def _sources(sources: Sequence[Source]) -> Iterator[Point]:
    for source in sources:
        yield Point(f"{words.plain(source.title)} [{words.name(source.rule)}]")
        yield Point("; ".join(map(words.plain, source.citations)), 1)
        period = f"in force {words.plain(source.period)}; " if source.period else ""
        yield Point(f"{period}reviewed by {words.name(source.reviewed_by)}", 1)
        if source.doubt:
            yield Point(f"doubt: {words.plain(source.doubt)}", 1)


def _provenance(decision: Decision) -> Iterator[Point]:
    provenance = decision.provenance
    yield Point(f"licet {words.name(provenance.engine)}, backend {words.name(provenance.backend)}")
    for pack, digest in provenance.packs.items():
        yield Point(f"pack {words.name(pack)}: sha256 {words.name(digest)}")
    yield Point(f"order: sha256 {words.name(provenance.input)}")
