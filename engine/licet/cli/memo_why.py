"""Why, in a memo: the values that each rule read, each rule with its own, and the authorizations that do not do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from licet.cli import words
from licet.cli.law import Law, is_true
from licet.cli.points import Point
from licet.cli.words import Subjects
from licet.decision.model import Authorization, LineDecision, Reading, Requirement
from licet.decision.wording import wanted
from licet.policy.terms import Test

_MOST_TITLES = 3


def readings(line: LineDecision, law: Law, subjects: Subjects) -> Iterator[Point]:
    """Each rule that decided, or set what those read, and below it the values that it read."""
    kept = [r for r in line.readings if line.release != "go" or not _is_unknown(r)]
    titles = {source.rule: source.title for source in line.sources}
    shown: set[Reading] = set()
    for rule in _readers(line, law):
        own = [r for r in kept if _reads(rule, r, line, law)]
        if own:
            yield Point(f"{words.plain(titles.get(rule, rule))} [{words.name(rule)}]")
            yield from _by_party(own, rule, line, law, subjects)
        shown.update(own)
    every = {r for rule in line.supported_by for r in kept if _reads(rule, r, line, law)}
    rest = [r for r in kept if r not in shown and r not in every]
    yield from (Point(reading(r, None, law)) for r in rest)


def _readers(line: LineDecision, law: Law) -> list[str]:
    """The rules that decided, then those that set what they read: of several that set the same, the first."""
    found = list(line.determined_by)
    said: set[tuple[str, str]] = set()
    for rule in line.supported_by:
        sets = law.sets(rule)
        if not (sets and sets <= said):
            found.append(rule)
        said |= sets if is_true(rule, line) else frozenset()
    return found


def _reads(rule: str, found: Reading, line: LineDecision, law: Law) -> bool:
    """Whether a rule made the test: it says so, or has an effect for each value of the fact."""
    if (found.fact, found.wanted) in law.wants(rule) or found.fact in law.policy_facts(rule):
        return True
    reasons = [r.reason for r in line.requirements if r.rule == rule]
    each = law.requires_each(rule) == found.fact
    return each and any(found.wanted == wanted(Test(fact=found.fact, op="contains", operand=r)) for r in reasons)


def _by_party(found: Sequence[Reading], rule: str, line: LineDecision, law: Law, subjects: Subjects) -> Iterator[Point]:
    """What is about the line, then what is about each party."""
    groups: dict[str | None, list[Reading]] = {None: []}
    for r in found:
        groups.setdefault(subjects.party(r.subject, line.item), []).append(r)
    for party, of_party in groups.items():
        if party is not None:
            yield Point(f"{party}:", 1)
        depth = 1 if party is None else 2
        yield from (Point(text, depth) for text in dict.fromkeys(reading(r, rule, law) for r in of_party))


def reading(found: Reading, rule: str | None, law: Law) -> str:
    """What a test read and wanted; a yes or no by what the fact means, a table by its title."""
    if found.fact == "in_force":
        return words.reading(found)
    test = law.wants(rule).get((found.fact, found.wanted)) if rule is not None else None
    fact = law.fact(found.fact)
    if fact is not None and fact.type == "boolean":
        return _yes_or_no(found, fact.meaning)
    want = wanted(test[0], negated=test[1], called=law.table) if test is not None else found.wanted
    text = f"{words.name(found.fact)} is {words.read_value(found.value)}"
    return text if found.value == want else f"{text}, wanted {words.plain(want)}"


def _yes_or_no(found: Reading, meaning: str) -> str:
    values = {"true": "yes", "false": "no", "not true": "no", "not false": "yes"}
    value, want = values.get(found.value, words.plain(found.value)), values.get(found.wanted, found.wanted)
    text = f"{words.plain(meaning)}: {value}"
    return (
        f"{text} [{words.name(found.fact)}]" if value == want else f"{text}, wanted {want} [{words.name(found.fact)}]"
    )


def _is_unknown(found: Reading) -> bool:
    return found.value.startswith("unknown (")


# --- authorizations --------------------------------------------------------------------------------------------------


def bears(tried: Authorization, on: Requirement) -> bool:
    """Whether an authorization that was tried is about the requirement."""
    if tried.state in ("unclaimed", "not_in_force"):
        return False
    named = tried.rule in on.lifted_by or on.reason in tried.reasons or "all" in tried.reasons
    return named and (on.subject == tried.subject or on.subject.startswith(tried.subject + "/"))


def near_misses(line: LineDecision) -> list[tuple[Authorization, list[Requirement]]]:
    """The authorizations that failed, each with the requirements for which no other of its family does or may do."""
    found: dict[Authorization, list[Requirement]] = {}
    for tried in line.authorizations:
        if tried.state != "failed":
            continue
        family = [a for a in line.authorizations if a.state in ("used", "open") and _family(a) == _family(tried)]
        on = [r for r in line.requirements if bears(tried, r) and not any(bears(a, r) for a in family)]
        if on:
            found[tried] = on
    return list(found.items())


def near_points(line: LineDecision, law: Law, subjects: Subjects) -> Iterator[Point]:
    """Each near miss once, for what it would have done, and on what it failed."""
    near = near_misses(line)
    for tried, on in near:
        reasons = ", ".join(dict.fromkeys(words.name(r.reason) for r in on))
        yield Point(f"{words.STATES['failed']}: {words.authorization(tried)}, for {reasons} [{words.name(tried.rule)}]")
        for r in tried.failed:
            party = subjects.party(r.subject, line.item)
            yield Point(reading(r, tried.rule, law) + (f" ({party})" if party else ""), 1)
    hidden = [a for a in line.authorizations if a.state == "failed" and a not in {tried for tried, _ in near}]
    families = dict.fromkeys(_family(a) for a in hidden)
    for family in families:
        rules = dict.fromkeys(words.name(a.rule) for a in hidden if _family(a) == family)
        yield Point(f"other paragraphs of {words.name(family)} do not fit: {', '.join(rules)}")


def _family(found: Authorization) -> str:
    """What an authorization is a paragraph of: the first part of its id."""
    return found.id.partition(".")[0]


def unclaimed_points(line: LineDecision) -> Iterator[Point]:
    """What could also apply if it were claimed, each family on a line; and what has lately ended."""
    waiting = [a for a in line.authorizations if a.state == "unclaimed"]
    if waiting:
        yield Point("could be claimed, if their conditions are met:")
    families: dict[str, list[Authorization]] = {}
    for a in waiting:
        families.setdefault(_family(a), []).append(a)
    for family, members in sorted(families.items(), key=lambda found: (len(found[1]), found[0])):
        yield Point(f"{words.name(family)}: {_members(members)}", 1)
    ended = (a for a in line.authorizations if a.state == "not_in_force")
    for text in dict.fromkeys(f"{words.authorization(a)}, in force {words.plain(a.in_force)}" for a in ended):
        yield Point(f"{words.STATES['not_in_force']}: {text}")


def _members(found: Iterable[Authorization]) -> str:
    """The paragraphs: by their titles where they are few, else by their ids."""
    titles = dict.fromkeys(words.plain(a.title).partition(", ")[2] or words.plain(a.title) for a in found)
    ids = dict.fromkeys(words.name(a.id) for a in found)
    if len(titles) <= _MOST_TITLES:
        return f"{'; '.join(titles)} ({', '.join(ids)})"
    return ", ".join(ids)
