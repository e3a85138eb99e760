"""What a memo is made of: sections of points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


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


def section(title: str, points: Iterable[str | Point], depth: int = 1) -> list[Section]:
    """The section, if it has a point."""
    kept = tuple(p if isinstance(p, Point) else Point(p) for p in points)
    return [Section(title, kept, depth)] if kept else []
