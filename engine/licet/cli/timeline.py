"""`licet timeline`: how the answer to an order changes over the days."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from licet.cli.codes import BAD, GO
from licet.cli.common import load_evaluator, put_data, put_findings, refuse, wanted
from licet.cli.options import (
    Backend,
    BackendName,
    DataFormat,
    KnownOn,
    Lists,
    ListsVersion,
    NoAssumptions,
    Policies,
    day,
)

if TYPE_CHECKING:
    from licet.evaluator import Evaluator
    from licet.transaction.read import Read


def timeline(
    file: Annotated[str, typer.Argument(metavar="FILE", help="One order in JSON or YAML; - is stdin.")],
    *,
    start: Annotated[date, typer.Option("--from", parser=day, metavar="DATE", help="The first day of the span.")],
    end: Annotated[date, typer.Option("--to", parser=day, metavar="DATE", help="The last day of the span.")],
    known_on: KnownOn = None,
    output: Annotated[DataFormat, typer.Option("--format", help="Text with a bar, or JSON.")] = DataFormat.TEXT,
    backend: Backend = BackendName.AUTO,
    no_assumptions: NoAssumptions = False,
    policies: Policies = None,
    lists: Lists = None,
    lists_version: ListsVersion = None,
) -> int:
    """Show how the answer changes over the days.

    For every interval of the span: the answer, the authority, what nearly lifted it, and the law that changed it.
    An extension of what the answer relies on is a turn too. The exit code is 0 whatever the answers are, and 3 for
    bad input or policy: this command shows, and releases nothing.

    Examples: licet timeline order.json --from 2019-05-01 --to 2020-09-30
    """
    if end < start:
        message = f"the span ends on {end}, before it begins on {start}"
        raise typer.BadParameter(message, param_hint="--to")
    from licet.cli.orders import orders_in
    from licet.policy.load import PolicyError
    from licet.transaction.read import InputError

    data = output is DataFormat.JSON
    order = next(iter(orders_in([file])))
    if order.findings:
        refuse(order.findings, data=data, path=file)
        return BAD
    try:
        evaluator = load_evaluator(policies, backend.value, wanted(lists, lists_version))
        read = evaluator.read(order.raw, order.name)
    except PolicyError as error:
        refuse(error.findings, data=data, path="policies")
        return BAD
    except InputError as error:
        refuse(order.placed(error.findings), data=data, path=file, sources=order.source)
        return BAD
    put_findings(order.placed(read.warnings), order.source)
    _show(evaluator, read, (start, end), known_on, assumptions=not no_assumptions, data=data)
    return GO


def _show(
    evaluator: Evaluator, read: Read, span: tuple[date, date], known_on: date | None, *, assumptions: bool, data: bool
) -> None:
    from licet.cli.draw import as_data, drawn
    from licet.cli.terminal import put
    from licet.timeline import timeline as intervals_of

    intervals = intervals_of(evaluator, read, *span, known_on=known_on, assumptions=assumptions)
    if data:
        put_data(as_data(read.transaction.id, intervals, known_on))
    else:
        put(drawn(read.transaction.id, intervals))
