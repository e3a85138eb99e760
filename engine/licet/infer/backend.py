"""What a backend is: it says which of a group of rules hold in a case, true or open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from licet.compile.program import CompiledRule
from licet.policy.model import Scope
from licet.transaction.facts import Case
from licet.values import Truth

Held = tuple[CompiledRule, Truth]


class Backend(Protocol):
    """Judges rules of one stage and scope in one case."""

    name: str

    def judge(
        self, stage: int, scope: Scope, rules: Sequence[CompiledRule], case: Case
    ) -> tuple[list[Held], dict[str, str]]:
        """Those of the rules that are true or open, and by rule id the errors of those that could not be judged."""
        ...
