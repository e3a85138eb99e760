"""The license requirements of a line in a memo: what each is, what lifts it, and what an application would meet."""

from __future__ import annotations

from collections.abc import Iterator

from licet.cli import words
from licet.cli.law import Law
from licet.cli.memo_why import bears
from licet.cli.points import Point
from licet.cli.words import Subjects
from licet.decision.model import Authorization, LineDecision, Requirement


def requirement_points(line: LineDecision, law: Law, subjects: Subjects) -> Iterator[Point]:
    """Each requirement, those of one reason and subject together; below it what lifts it, and its review policy."""
    for group in _together(line):
        first = group[0]
        yield Point(_head(group, line, law, subjects))
        if len(group) > 1:
            yield from (Point(f"{_rule_title(r, line)} [{words.name(r.rule)}]", 1) for r in group)
        tried = [a for a in line.authorizations if a.state != "failed" and any(bears(a, r) for r in group)]
        yield from (Point(text, 1) for text in dict.fromkeys(map(_tried, tried)))
        for used in (a for a in tried if a.state == "used"):
            yield from (Point(text, 2) for text in _cleared(used, line, law))
        yield from _review(first, line, law)


def _together(line: LineDecision) -> list[list[Requirement]]:
    groups: dict[tuple[object, ...], list[Requirement]] = {}
    for r in line.requirements:
        key = (r.reason, r.subject, r.state, r.certain, r.review, r.review_rules, r.review_possible)
        groups.setdefault(key, []).append(r)
    return list(groups.values())


def _head(group: list[Requirement], line: LineDecision, law: Law, subjects: Subjects) -> str:
    """The reason, where the law gives it, and what became of the requirement; then the rule that requires."""
    found = group[0]
    cite = law.reason_cite(found.reason)
    text = f"{words.plain(found.title)} ({words.name(found.reason)}{f'; {words.plain(cite)}' if cite else ''})"
    party = subjects.party(found.subject, line.item)
    text += f", for {party}" if party else ""
    state = found.state if found.certain else f"{found.state}: it may not be required"
    if len(group) > 1:
        return f"{text}: {state}"
    rule = "" if law.requires_each(found.rule) else f"; {_rule_title(found, line)}"
    return f"{text}: {state}{rule} [{words.name(found.rule)}]"


def _rule_title(found: Requirement, line: LineDecision) -> str:
    return words.plain(next((s.title for s in line.sources if s.rule == found.rule), found.rule))


def _tried(found: Authorization) -> str:
    text = f"{words.STATES[found.state]}: {words.authorization(found)} [{words.name(found.rule)}]"
    return text + (f", by {', '.join(map(words.name, found.barred_by))}" if found.barred_by else "")


def _cleared(used: Authorization, line: LineDecision, law: Law) -> Iterator[str]:
    """The bars that could have taken the authorization away, and do not."""
    for rule in law.cleared(used, line):
        cites = "; ".join(words.plain(c.cite) for c in rule.because)
        yield f"not barred: {words.plain(rule.title)} ({cites}) [{words.name(rule.id)}]"


def _review(found: Requirement, line: LineDecision, law: Law) -> Iterator[Point]:
    if found.review is not None:
        by = ", ".join(map(words.name, found.review_rules))
        yield Point(f"an application would meet: {words.policy(found.review)} [{by}]", 1)
    if found.review_possible:
        could = ", ".join(words.policy(p) for p in found.review_possible)
        facts = law.open_facts(law.open_reviewers(found.reason, line), line)
        on = f" ({', '.join(map(words.name, facts))})" if facts else ""
        yield Point(f"open facts{on} could bring another review policy: {could}", 1)
