"""The reference backend: rules judged one by one in plain Python. It defines the meaning."""

from __future__ import annotations

from collections.abc import Iterable

from licet.compile.program import CompiledRule, Program
from licet.infer.backend import Held
from licet.policy.model import Scope
from licet.transaction.facts import Case
from licet.values import FALSE


class ReferenceBackend:
    """Evaluates each rule's tree by Kleene's logic."""

    name = "reference"

    def __init__(self, program: Program) -> None:
        self._groups: dict[tuple[int, Scope], list[CompiledRule]] = {}
        for rule in program.rules:
            self._groups.setdefault((rule.stage, rule.scope), []).append(rule)

    def judge(self, stage: int, scope: Scope, case: Case) -> tuple[list[Held], dict[str, str]]:
        """The rules of the stage and scope that are true or open in the case; see `Backend`."""
        return judge_each(self._groups.get((stage, scope), ()), case)


def judge_each(rules: Iterable[CompiledRule], case: Case) -> tuple[list[Held], dict[str, str]]:
    """The rules that are true or open in the case, each judged for itself; one that raises is an error of its own."""
    held: list[Held] = []
    errors: dict[str, str] = {}
    for rule in rules:
        try:
            found = case.order.view.rules[rule.index].truth
            if found != FALSE:
                found = min(found, case.judge(rule.tree))
            if found != FALSE:
                held.append((rule, found))
        except Exception as error:  # noqa: BLE001  # a rule that raises holds the line and is named
            errors[rule.id] = f"{type(error).__name__}: {error}"
    return held, errors
