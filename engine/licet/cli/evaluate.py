"""`licet evaluate`: every order judged, shown, and the worst of them as the exit code."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from licet.cli.options import AsOf, Backend, BackendName, KnownOn, Lists, ListsVersion, NoAssumptions, Policies, Regime


class Format(StrEnum):
    """How a decision is shown."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class Explain(StrEnum):
    """How much of a decision is shown."""

    SHORT = "short"
    FULL = "full"


Files = Annotated[
    list[str], typer.Argument(metavar="FILES", help="Orders in JSON or YAML; one a line in .jsonl; - is stdin.")
]
Verify = Annotated[
    bool, typer.Option("--verify", help="Judge by the reference backend too; a difference is a failure (exit 1).")
]
OutputFormat = Annotated[
    Format, typer.Option("--format", help="JSON gives one decision, or a list for several orders and for .jsonl.")
]
HowMuch = Annotated[Explain, typer.Option("--explain", help="A few lines an order, or the whole reasoning.")]


def evaluate(
    files: Files,
    *,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    output: OutputFormat = Format.TEXT,
    explain: HowMuch = Explain.SHORT,
    backend: Backend = BackendName.AUTO,
    verify: Verify = False,
    regime: Regime = "all",
    no_assumptions: NoAssumptions = False,
    policies: Policies = None,
    lists: Lists = None,
    lists_version: ListsVersion = None,
) -> int:
    """Judge orders: go, hold or stop, with the reasons.

    Every order is judged, even where another cannot be. The exit code is the worst of them: 1 licet failed, 3 bad
    input or policy, 2 stop, 4 hold, 0 go.

    Examples: licet evaluate order.json --as-of 2019-11-04
    """
    from licet.cli.common import wanted
    from licet.cli.judging import How, judge_files

    how = How(
        as_of=as_of,
        known_on=known_on,
        assumptions=not no_assumptions,
        verify=verify,
        backend=backend.value,
        format=output.value,
        full=explain is Explain.FULL,
        regime=regime,
        lists=wanted(lists, lists_version),
    )
    return judge_files(files, how, policies)
