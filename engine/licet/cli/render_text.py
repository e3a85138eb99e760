"""A decision as text: what a shipping clerk needs, or the whole memo."""

from __future__ import annotations

import shlex
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

from licet.cli import words
from licet.cli.law import Laws
from licet.cli.memo import memo
from licet.cli.memo_why import near_misses
from licet.cli.orders import STDIN
from licet.cli.points import Point, Section
from licet.cli.risks import in_short
from licet.cli.terminal import Paint
from licet.cli.words import Subjects
from licet.decision.model import Decision, LineDecision, Requirement
from licet.infer.resolve import OUTCOMES
from licet.text import clean, width

_WIDTH = 100
_FEW = 3


def short(decision: Decision, laws: Laws, paint: Paint, path: str) -> str:
    """The decision in a few lines: the verdict, why, what would help, how long it holds, and the law."""
    head = f"{_word(decision.release, paint)}  {words.headline(decision)}{_counts(decision.lines)}"
    out = [head, *("  " * (depth + 1) + text for depth, text in short_points(decision, laws))]
    cites = words.joined(words.citations(decision.lines), _FEW)
    more = "licet evaluate --explain full" if path == STDIN else f"licet explain {_again(decision, path)}"
    out.append("  " + (f"{cites}    " if cites else "") + paint(f"full reasons: {more}", "dim"))
    return "".join(f"{text}\n" for text in out)


def short_points(decision: Decision, laws: Laws) -> Iterator[tuple[int, str]]:
    """What the few lines say, each with its depth: the lines of the order, the worst first, then what holds for all."""
    subjects = Subjects(decision.input)
    regimes = words.binding_first(decision)
    told = [r for r in regimes if r is regimes[0] or words.says_something(r)]
    for regime in regimes:
        named = len(told) > 1 or regime not in told or not regime.counts
        if named:
            yield 0, f"{words.name(regime.regime)}: {words.verdict(regime)}{words.role(regime)}"
        if regime in told:
            said = ((depth, text) for depth, text in _lines_of(regime.lines, subjects))
            yield from ((named + depth, text) for depth, text in said if not (named and text == words.verdict(regime)))
    yield from ((0, f"note: {text}") for text in _aged(decision))
    yield 0, words.until(decision, laws)


def _lines_of(lines: Sequence[LineDecision], subjects: Subjects) -> Iterator[tuple[int, str]]:
    """What is said of each line of the order under a regime, the worst first."""
    several = len(lines) > 1
    for line in sorted(lines, key=lambda line: -OUTCOMES.index(line.outcome)):
        if several:
            yield 0, f"line {words.name(line.item)}: {line.release}"
        if line.outcome != "not_subject" or not line.ratings:
            yield from ((int(several), text) for text in _line(line, subjects))
        yield from ((several + more, text) for more, text in in_short(line))


def _word(release: str, paint: Paint) -> str:
    return paint(release.upper(), release)


def _counts(lines: Sequence[LineDecision]) -> str:
    if len(lines) < 2:  # noqa: PLR2004  # several
        return ""
    counts = Counter(line.release for line in lines)
    shown = ", ".join(f"{counts[release]} {release}" for release in ("stop", "hold", "go") if counts[release])
    return f"  ({len(lines)} lines: {shown})"


def _again(decision: Decision, path: str) -> str:
    """The arguments with which the same order is judged by the same law."""
    file = path.rpartition(":")[0] if path.rpartition(":")[0].endswith((".jsonl", ".ndjson")) else path
    options = [f"--as-of {decision.as_of}"] if str(decision.as_of) != decision.input.get("date") else []
    options += [f"--known-on {decision.known_on}"] if decision.known_on is not None else []
    options += [] if decision.assumptions else ["--no-assumptions"]
    return " ".join([shlex.quote(clean(file, 200)), *options])


def _line(line: LineDecision, subjects: Subjects) -> list[str]:
    by_release = {"go": _go, "hold": _hold, "stop": _stop}
    return list(by_release[line.release](line, subjects))


def _go(line: LineDecision, subjects: Subjects) -> Iterator[str]:
    if line.outcome != "authorized":
        yield words.verdict(line)
    for found in line.requirements:
        used = [a for a in line.authorizations if a.state == "used" and a.rule in found.lifted_by]
        by = words.joined(dict.fromkeys(f"{words.name(a.id)} ({words.plain(a.title)})" for a in used), _FEW, " and ")
        yield f"authorized by {by}: {words.requirement(found, line, subjects)}"
    if line.obligations:
        yield "obliges: " + "; ".join(words.plain(o.title) for o in line.obligations)
    if line.assumptions:
        taken = [f"{words.name(a.fact)} is {words.plain(a.value)}" for a in line.assumptions]
        yield f"assumed, as nothing else is stated: {words.joined(taken, _FEW)}"


def _stop(line: LineDecision, subjects: Subjects) -> Iterator[str]:
    if line.outcome == "prohibited":
        titles = [words.plain(s.title) for s in line.sources if s.rule in line.determined_by]
        yield f"prohibited, and no license or exception of this pack lifts it: {words.joined(titles, _FEW)}"
    every = (words.requirement(r, line, subjects) for r in line.requirements if r.state == "stands")
    standing = list(dict.fromkeys(every))
    for text in standing[:_FEW]:
        yield f"license required: {text}"
    if len(standing) > _FEW:
        yield f"license required: for {len(standing) - _FEW} more reasons"
    if line.review is not None:
        yield f"a license application would meet: {words.policy(line.review)}"
    yield from _nearly(line)


def _nearly(line: LineDecision) -> Iterator[str]:
    """What was relied on and does not do, or nearly lifted a requirement."""
    for found, _ in near_misses(line):
        failed = words.joined((words.reading(r) for r in found.failed), _FEW)
        yield f"near miss: {words.name(found.id)} failed: {failed}"
    for found in line.authorizations:
        if found.state == "barred":
            yield f"barred: {words.name(found.id)}, by {words.joined(found.barred_by, _FEW)}"
        elif found.state == "used":
            yield f"relied on: {words.name(found.id)}, for {', '.join(map(words.name, found.reasons))} only"


def _hold(line: LineDecision, subjects: Subjects) -> Iterator[str]:
    for remark in line.holds:
        yield f"held: {words.plain(remark.message)}"
    for flag in line.flags:
        if not flag.settled:
            yield f"red flag: {words.plain(flag.message)} (settle it by a resolution of {words.name(flag.code)})"
    yield from _open(line, subjects)
    if not (line.holds or line.flags or line.requirements):
        yield f"open: {words.joined(map(words.name, line.determined_by), _FEW) or 'whether this law applies at all'}"
    asked = [words.question(q, line, subjects) + _why(q.why) for q in line.questions]
    for text in asked[: _FEW + 2]:
        yield f"asks: {text}"
    if len(asked) > _FEW + 2:
        yield f"asks: ({len(asked) - _FEW - 2} more)"


def _why(why: str) -> str:
    """Why it is asked, where that is not plain."""
    return f": {words.plain(why)}" if words.tells(why) else ""


def _open(line: LineDecision, subjects: Subjects) -> Iterator[str]:
    """The open requirements: each with what may lift it, or, where they are many, their reasons alone."""
    found = [r for r in line.requirements if r.state == "open"]
    if len(found) > _FEW:
        reasons = sorted({words.name(r.reason) for r in found})
        yield f"open: whether a license is required, for {', '.join(reasons)}"
        return
    yield from dict.fromkeys(_open_one(requirement, line, subjects) for requirement in found)


def _open_one(requirement: Requirement, line: LineDecision, subjects: Subjects) -> str:
    lifting = [a.id for a in line.authorizations if a.state == "open" and requirement.reason in a.reasons]
    could = words.joined(map(words.name, dict.fromkeys(lifting)), _FEW)
    return f"open: {words.requirement(requirement, line, subjects)}" + (f"; {could} may lift it" if could else "")


def _aged(decision: Decision) -> Iterator[str]:
    """Which law is not kept as far as the day."""
    for regime in filter(words.says_something, decision.regimes):
        old = [words.plain(n.message) for n in regime.notices if n.code == "not-current"]
        several = "several lists are not kept as far as the day: screen the parties yourself (licet explain says more)"
        yield from [several] if len(old) > 1 else old


def full(decision: Decision, laws: Laws, paint: Paint) -> str:
    """The memo on a decision as text."""
    first, *rest = memo(decision, laws)
    out = [f"{_word(decision.release, paint)}  {words.headline(decision)}", *_points(first.points)]
    for section in rest:
        out += ["", *_heading(section, paint), *_points(section.points)]
    return "".join(f"{line}\n" for line in out)


def _heading(section: Section, paint: Paint) -> list[str]:
    rule = ["-" * min(width(section.title), _WIDTH)] if section.depth == 1 else []
    return [paint(section.title, "bold"), *rule]


def _points(points: tuple[Point, ...]) -> Iterator[str]:
    for point in points:
        indent = "  " * (point.depth + 1)
        yield from textwrap.wrap(
            point.text, _WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_on_hyphens=False
        ) or [indent]
