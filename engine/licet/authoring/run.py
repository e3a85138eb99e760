"""Runs a pack's cases, and says which rules no case of their own proves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from licet.authoring.cases import CaseError, LawCase, Outcome, cases_in, run_case
from licet.evaluator import Evaluator
from licet.findings import Finding, has_errors
from licet.policy.load import PolicyError, pack_files
from licet.policy.source import load_document


@dataclass(frozen=True, slots=True)
class Report:
    """The outcomes of a run, and the rules whose own cases do not make them speak, or never leave them silent."""

    outcomes: tuple[Outcome, ...]
    never_fires: tuple[str, ...]
    never_silent: tuple[str, ...]

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The cases that did not come out as expected."""
        return tuple(o for o in self.outcomes if o.failures)


def read_cases(folder: Path, examples: Path | None = None, *, home: str | None = None) -> list[LawCase]:
    """Every case of a pack, or those that stand in one folder of it.

    Raises `PolicyError` where a file of cases cannot be read.
    """
    from licet.policy.schema import validate

    found: list[LawCase] = []
    findings: list[Finding] = []
    for file in pack_files(folder):
        if file.kind != "cases" or home not in {None, file.id}:
            continue
        document, problems = load_document(file.raw, file.shown)
        if document is not None and not has_errors(problems):
            problems = [*problems, *validate(document, "cases")]
        findings += problems
        if document is None or has_errors(problems):
            continue
        marks = [document.mark(("cases", n))[0] for n in range(len(document.data["cases"]))]
        try:
            found += cases_in(document.data, file.id, file.shown, examples, marks)
        except CaseError as error:
            findings.append(Finding(code="case-path", message=str(error), path=file.shown, line=1, column=1))
    if has_errors(findings):
        raise PolicyError(findings)
    return found


def run(evaluator: Evaluator, cases: Iterable[LawCase], *, everything: bool = True) -> Report:
    """The cases judged. `everything` is false for a filtered run, in which silence about a rule says nothing."""
    return summarize(evaluator, [run_case(evaluator, case) for case in cases], everything=everything)


def summarize(evaluator: Evaluator, outcomes: Sequence[Outcome], *, everything: bool = True) -> Report:
    """The report on cases judged elsewhere: one by one, or in several processes."""
    outcomes = tuple(outcomes)
    if not everything:
        return Report(outcomes, (), ())
    rules = [rule.id for pack in evaluator.packs for rule in pack.program.pack.rules]
    own = {rule: [o for o in outcomes if _proves(o.case, rule)] for rule in rules}
    never_fires = tuple(r for r in rules if not any(r in o.fired for o in own[r]))
    never_silent = tuple(r for r in rules if not any(r not in o.silent for o in own[r] if o.decision is not None))
    return Report(outcomes, never_fires, never_silent)


def _proves(case: LawCase, rule: str) -> bool:
    return case.home == rule


def matching(cases: Iterable[LawCase], pattern: str | None) -> Iterator[LawCase]:
    """The cases whose id contains the pattern, letter case aside."""
    wanted = (pattern or "").casefold()
    return (case for case in cases if wanted in case.id.casefold())
