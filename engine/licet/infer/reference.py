"""The reference backend: rules judged one by one in plain Python. It defines the meaning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from licet.compile.program import CompiledRule
from licet.infer.backend import Held
from licet.policy.model import Scope
from licet.transaction.facts import Case
from licet.values import FALSE


class ReferenceBackend:
    """Evaluates each rule's tree by Kleene's logic."""

    name = "reference"

    def judge(
        self,
        stage: int,  # noqa: ARG002  # the durable backend keeps its rulesets by stage and scope
        scope: Scope,  # noqa: ARG002
        rules: Sequence[CompiledRule],
        case: Case,
    ) -> tuple[list[Held], dict[str, str]]:
        """Those of the rules that are true or open in the case; see `Backend`."""
        return judge_each(rules, case)


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
