"""`licet test`: the cases that stand beside the law, judged."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from licet.cli.codes import BAD, FAILED, GO
from licet.cli.common import finding, load_evaluator, packs_in, put_findings
from licet.cli.options import Backend, BackendName, Dirs
from licet.cli.terminal import put

if TYPE_CHECKING:
    from licet.authoring.cases import LawCase, Outcome
    from licet.authoring.run import Report
    from licet.evaluator import Evaluator

Filter = Annotated[
    str | None, typer.Option("--filter", metavar="TEXT", help="Only cases with this in their folder or name.")
]
Jobs = Annotated[int, typer.Option("--jobs", min=1, max=64, help="How many processes share the work.")]


def run_cases(
    dirs: Dirs = None,
    *,
    only: Filter = None,
    backend: Backend = BackendName.AUTO,
    jobs: Jobs = 1,
) -> int:
    """Judge the cases that stand beside the law.

    What a case expects of verdict and determining rules must be exactly so. A rule that its own cases never make
    speak, or never leave silent, is a failure too. The exit code is 1 where something fails, 3 for packs that
    cannot be used or where no case is left, else 0.

    Examples: licet test policies --filter part_744
    """
    from licet.authoring.run import read_cases
    from licet.cli.check import examples_of
    from licet.policy.load import PolicyError

    try:
        packs = [(folder, read_cases(folder, examples_of(folder))) for folder in packs_in(dirs)]
        reports = [_run(folder, cases, only, backend.value, jobs) for folder, cases in packs]
    except PolicyError as error:
        put_findings(error.findings)
        return BAD
    if not any(report.outcomes for report in reports):
        what = "no case matches the filter" if only else "there are no cases"
        put_findings([finding("cases", "no-cases", what, "a run without cases proves nothing")])
        return BAD
    failures = [text for report in reports for text in _failures(report)]
    put("".join(f"{text}\n" for text in [*failures, _summary(reports)]))
    return FAILED if failures else GO


def _run(folder: Path, cases: Sequence[LawCase], only: str | None, backend: str, jobs: int) -> Report:
    """The report on one pack; it is judged alone, since its cases speak of it alone."""
    from licet.authoring.cases import run_case
    from licet.authoring.run import matching, summarize

    evaluator = load_evaluator([folder], backend)
    chosen = list(matching(cases, only))
    if jobs > 1 and len(chosen) > jobs:
        with _counting(_in_processes(folder, chosen, backend, jobs), len(chosen)) as outcomes:
            found = list(outcomes)
    else:
        with _counting((run_case(evaluator, case) for case in chosen), len(chosen)) as outcomes:
            found = list(outcomes)
    return summarize(evaluator, found, everything=only is None)


def _in_processes(folder: Path, cases: Sequence[LawCase], backend: str, jobs: int) -> Iterator[Outcome]:
    """The outcomes in the cases' order, judged by several processes."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # `fork` needs no second import of the program that called us, which a launcher script would not survive
    if "fork" not in multiprocessing.get_all_start_methods():
        message = "several processes need an operating system that can fork"
        raise typer.BadParameter(message, param_hint="--jobs")
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_prepare, initargs=(folder, backend)) as pool:
        size = max(1, len(cases) // (jobs * 4))
        yield from pool.map(_judge, cases, chunksize=size)


_evaluators: list[Evaluator] = []


def _prepare(folder: Path, backend: str) -> None:
    """Give this process an evaluator of its own: a backend is not shared between processes."""
    _evaluators[:] = [load_evaluator([folder], backend)]


def _judge(case: LawCase) -> Outcome:
    from licet.authoring.cases import run_case

    return run_case(_evaluators[0], case)


@contextmanager
def _counting(outcomes: Iterable[Outcome], total: int) -> Iterator[Iterable[Outcome]]:
    """The outcomes; on a terminal with a progress bar."""
    if not sys.stderr.isatty():
        yield outcomes
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        yield progress.track(outcomes, total=total, description="judging")


def _failures(report: Report) -> Iterator[str]:
    from licet.cli.words import name, plain

    for outcome in report.failed:
        case = outcome.case
        yield f"{plain(case.path)}:{case.line}: {plain(case.name)}"
        yield from (f"  {plain(failure)}" for failure in outcome.failures)
    for rule in report.never_fires:
        yield f"{name(rule)}: never fires in the cases beside it"
    for rule in report.never_silent:
        yield f"{name(rule)}: never silent in the cases beside it"


def _summary(reports: Sequence[Report]) -> str:
    total = sum(len(report.outcomes) for report in reports)
    failed = sum(len(report.failed) for report in reports)
    unproved = sum(len(report.never_fires) + len(report.never_silent) for report in reports)
    also = f", {unproved} rules not proved by their own cases" if unproved else ""
    return f"{total} cases: {total - failed} passed, {failed} failed{also}"
