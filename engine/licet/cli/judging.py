"""Orders to decisions, one after the other, and each shown as soon as it is judged."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from licet.cli.codes import BAD, FAILED, OF_RELEASE, worst
from licet.cli.common import ListsWanted, encoded, finding, findings_data, load_evaluator, put_findings, refuse
from licet.cli.law import Law, Laws
from licet.cli.main import internal_error
from licet.cli.orders import OrderText, many, orders_in
from licet.cli.terminal import Paint, put, put_bytes
from licet.decision.model import Decision
from licet.evaluator import Evaluator
from licet.findings import Finding
from licet.policy.load import PolicyError
from licet.transaction.read import InputError, Read

if TYPE_CHECKING:
    from rich.progress import Progress

_MANY_FILES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """By which law orders are judged, and how the answers are shown."""

    as_of: date | None
    known_on: date | None
    assumptions: bool
    verify: bool
    backend: str
    format: str
    full: bool
    regime: str
    lists: ListsWanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What became of one order: a decision, or findings why there is none; `findings` may also be warnings."""

    order: OrderText
    code: int
    decision: Decision | None = None
    findings: tuple[Finding, ...] = ()


def judge_files(files: Sequence[str], how: How, policies: Sequence[Path] | None) -> int:
    """The exit code for the orders of the files, after showing what became of each."""
    try:
        evaluator = load_evaluator(policies, how.backend, how.lists, regime=how.regime)
    except PolicyError as error:
        refuse(
            error.findings, data=how.format == "json", path=", ".join(map(str, policies)) if policies else "policies"
        )
        return BAD
    judge = Judge(evaluator, how)
    with _progress(files) as orders:
        judged = (judge.judge(order) for order in orders)
        return worst(
            [*_shown_as_data(judged, many(files))] if how.format == "json" else [*_shown_as_text(judged, judge)]
        )


class Judge:
    """Judges orders one by one; nothing that one does wrong reaches another."""

    def __init__(self, evaluator: Evaluator, how: How) -> None:
        self.evaluator = evaluator
        self.how = how

    @cached_property
    def reference(self) -> Evaluator:
        """An evaluator of the same packs by the reference backend."""
        return self.evaluator.beside("reference")

    @cached_property
    def laws(self) -> Laws:
        """The packs, as what is shown cites them."""
        return {p.program.pack.manifest.id: Law(p.program.pack) for p in self.evaluator.packs}

    def judge(self, order: OrderText) -> Judged:
        """What becomes of an order."""
        if order.findings:
            return Judged(order=order, code=BAD, findings=order.findings)
        try:
            read = self.evaluator.read(order.raw, order.name)
            return self._decided(order, read)
        except InputError as error:
            return Judged(order=order, code=BAD, findings=order.placed(error.findings))
        except Exception as error:  # noqa: BLE001  # the orders after this one are judged all the same
            internal_error(error)
            what = finding(order.path, "internal-error", "licet failed on this order, and says nothing about it")
            return Judged(order=order, code=FAILED, findings=order.placed([what]))

    def _decided(self, order: OrderText, read: Read) -> Judged:
        decision = self._evaluate(self.evaluator, read)
        if self.how.verify:
            second = self._evaluate(self.reference, read)
            if _answer(second) != _answer(decision):
                return Judged(order=order, code=FAILED, findings=order.placed([_disagree(order, decision, second)]))
        warnings = order.placed(read.warnings)
        return Judged(order=order, code=OF_RELEASE[decision.release], decision=decision, findings=warnings)

    def _evaluate(self, evaluator: Evaluator, read: Read) -> Decision:
        how = self.how
        return evaluator.evaluate(read, as_of=how.as_of, known_on=how.known_on, assumptions=how.assumptions)


def _answer(decision: Decision) -> Decision:
    """The decision without the name of the backend, which alone may differ."""
    provenance = msgspec.structs.replace(decision.provenance, backend="")
    return msgspec.structs.replace(decision, provenance=provenance)


def _disagree(order: OrderText, first: Decision, second: Decision) -> Finding:
    names = f"`{first.provenance.backend}` ({first.outcome}) and `{second.provenance.backend}` ({second.outcome})"
    message = f"the backends {names} do not give the same decision"
    return finding(order.path, "backends-disagree", message, "act on neither, and report it: this is a bug in licet")


def _shown_as_text(judged: Iterable[Judged], judge: Judge) -> Iterator[int]:
    paint = Paint(sys.stdout)
    separate = False
    for one in judged:
        if one.findings:
            put_findings(one.findings, one.order.source)
        if one.decision is not None:
            put(("\n" if separate else "") + _text(one, judge, paint))
            separate = True
        yield one.code


def _text(one: Judged, judge: Judge, paint: Paint) -> str:
    assert one.decision is not None  # noqa: S101  # shown only where there is one
    how, laws = judge.how, judge.laws
    if how.format == "markdown":
        from licet.cli.render_markdown import document

        return document(one.decision, laws, full=how.full)
    from licet.cli.render_text import full, short

    return full(one.decision, laws, paint) if how.full else short(one.decision, laws, paint, one.order.shown)


def _shown_as_data(judged: Iterable[Judged], as_list: bool) -> Iterator[int]:
    """Each answer as JSON. A list is written element by element, so that a long one needs no memory."""
    between = b"[\n" if as_list else b""
    for one in judged:
        if one.decision is None:
            raw = encoded(findings_data(one.findings, one.order.shown))
        else:
            raw = encoded(one.decision)
            put_findings(one.findings, one.order.source)
        put_bytes(between + (textwrap.indent(raw.decode(), "  ").rstrip("\n").encode() if as_list else raw))
        between = b",\n"
        yield one.code
    if as_list:
        put_bytes(b"\n]\n")


@contextmanager
def _progress(files: Sequence[str]) -> Iterator[Iterator[OrderText]]:
    """The orders of the files; on a terminal that shows nothing else, many files come with a progress bar."""
    if len(files) < _MANY_FILES or not sys.stderr.isatty() or sys.stdout.isatty():
        yield orders_in(files)
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        yield _counted(files, progress)


def _counted(files: Sequence[str], progress: Progress) -> Iterator[OrderText]:
    task = progress.add_task("judging", total=len(files))
    for name in files:
        yield from orders_in([name])
        progress.advance(task)
