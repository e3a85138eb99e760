"""Risks and lawful courses in words: what a regime makes of a conduct, and what may be done on either side."""

from __future__ import annotations

from collections.abc import Iterator

from licet.cli import words
from licet.cli.law import Law
from licet.cli.memo_why import reading
from licet.cli.points import Point
from licet.decision.model import Course, LineDecision, Rating, Side

_NO_SAFE_COURSE = "no safe course: each leaves a risk"


def named(risk: str) -> str:
    """A risk by its name in words.

    >>> named("legal_exposure")
    'legal exposure'
    """
    return words.name(risk.replace("_", " "))


def level(rating: Rating) -> str:
    """The level, or from the sure to the highest possible."""
    if rating.level == rating.at_most:
        return words.name(rating.level)
    return f"{words.name(rating.level)} to {words.name(rating.at_most)}"


def in_short(line: LineDecision) -> Iterator[tuple[int, str]]:
    """The ratings on one line, then each course on one."""
    if line.ratings:
        yield 0, "; ".join(f"{named(r.risk)}: {level(r)}" for r in line.ratings)
    if line.courses:
        safe = any(course.safe for course in line.courses)
        yield 0, f"lawful courses, the better first{'' if safe else '; ' + _NO_SAFE_COURSE}:"
        for number, course in enumerate(line.courses, start=1):
            yield 1, f"{number}. {_course(course)}: {'; '.join(_side(side, course) for side in course.sides)}"


def rating_points(line: LineDecision, law: Law) -> Iterator[Point]:
    """Each risk: its level, what is told with it, and every step of the arithmetic with what it read."""
    titles = {source.rule: source for source in line.sources}
    for rating in line.ratings:
        yield Point(f"{named(rating.risk)}: {level(rating)} ({words.plain(rating.title)})")
        told = [f"{_meaning(fact, law)}: {words.read_value(str(value))}" for fact, value in _told(rating)]
        yield from (Point(text, 1) for text in told)
        for rule in (*rating.steps, *rating.rules):
            source = titles.get(rule)
            title = words.plain(source.title) if source is not None else words.name(rule)
            cites = f" ({'; '.join(map(words.plain, source.citations))})" if source is not None else ""
            yield Point(f"{title} [{words.name(rule)}]{cites}", 1)
            wanted = law.wants(rule)
            own = [r for r in rating.readings if (r.fact, r.wanted) in wanted]
            yield from (Point(text, 2) for text in dict.fromkeys(reading(r, rule, law) for r in own))


def _told(rating: Rating) -> Iterator[tuple[str, object]]:
    for fact, value in rating.facts.items():
        yield fact, "not known" if isinstance(value, dict) else "none" if value is None else value


def _meaning(fact: str, law: Law) -> str:
    known = law.fact(fact)
    return words.plain(known.meaning) if known is not None else words.name(fact)


def course_points(line: LineDecision) -> Iterator[Point]:
    """Each lawful course, the better first: what the order would say, and what it does under each regime."""
    if line.courses and not any(course.safe for course in line.courses):
        yield Point(_NO_SAFE_COURSE)
    for number, course in enumerate(line.courses, start=1):
        yield Point(f"{number}. {_course(course)} [{words.plain(course.cite)}]")
        yield from (Point(_side(side, course), 1) for side in course.sides)
        if course.states:
            says = ", ".join(f"{words.name(fact)} is {_value(value)}" for fact, value in course.states.items())
            yield Point(f"the order would say: {says}", 1)


def _value(value: object) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else words.read_value(str(value or "none"))


def _course(course: Course) -> str:
    return words.plain(course.title) + (f", from {course.on}" if course.on is not None else "")


def _side(side: Side, course: Course) -> str:
    """What a course does under a regime."""
    if course.proceeds:
        parts = [words.OUTCOMES[side.outcome]]
    elif side.review is not None:
        parts = [f"nothing is shipped, an application meets {words.policy(side.review)}"]
    else:
        parts = ["nothing is shipped"]
    parts += [f"{named(r.risk)} {level(r)}" for r in side.ratings]
    return f"{words.name(side.regime)}: {', '.join(parts)}"
