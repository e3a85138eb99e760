"""`licet explain`: the whole reasoning about orders."""

from __future__ import annotations

from licet.cli.evaluate import Explain, Files, Format, OutputFormat, Verify, evaluate
from licet.cli.options import AsOf, Backend, BackendName, KnownOn, Lists, ListsVersion, NoAssumptions, Policies, Regime


def explain(
    files: Files,
    *,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    output: OutputFormat = Format.TEXT,
    backend: Backend = BackendName.AUTO,
    verify: Verify = False,
    regime: Regime = "all",
    no_assumptions: NoAssumptions = False,
    policies: Policies = None,
    lists: Lists = None,
    lists_version: ListsVersion = None,
) -> int:
    """Judge orders, and show the whole reasoning.

    What was required, what lifts it, what nearly did, which values were read, by which law. The same as `licet
    evaluate --explain full`, with the same exit codes.

    Examples: licet explain order.json --as-of 2019-11-04 --format markdown
    """
    return evaluate(
        files,
        as_of=as_of,
        known_on=known_on,
        output=output,
        explain=Explain.FULL,
        backend=backend,
        verify=verify,
        regime=regime,
        no_assumptions=no_assumptions,
        policies=policies,
        lists=lists,
        lists_version=lists_version,
    )
