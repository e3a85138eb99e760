"""What a YAML or a JSON text is read as, piece by piece, before it becomes data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from licet.policy.scalars import Problem


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of a text: a mapping or a list opens, one ends, or a scalar stands there. Positions count from 1."""

    kind: Literal["map", "list", "end", "scalar"]
    line: int
    column: int
    text: str = ""
    plain: bool = False  # written without quotes, so that its meaning depends on how it looks
    flawed: bool = False  # a problem with it has been reported: nothing more can be said about its value


class TextError(Exception):
    """The text cannot be read on from here."""

    def __init__(self, problem: Problem, line: int, column: int) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.line = line
        self.column = column


Report: TypeAlias = Callable[[Problem, int, int], None]
