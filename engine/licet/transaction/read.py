"""Orders: text or data to a `Transaction`, with every problem found and where it stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from licet.findings import Finding, has_errors, sort_findings
from licet.policy.model import Pack
from licet.policy.scalars import read_number
from licet.transaction.model import Transaction
from licet.transaction.problems import Pointer, Problem, problems_of

#: Gives the line and column of a place, or of its key.
Locate = Callable[[Pointer, bool], tuple[int, int]]

MOST_BYTES = 20_000_000
_MOST_DEPTH = 40
_MOST_NODES = 2_000_000


class InputError(Exception):
    """An order cannot be judged; `findings` say why."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        first = findings[0].message if findings else "no order"
        super().__init__(first if len(findings) == 1 else f"{first} (and {len(findings) - 1} more)")


@dataclass(frozen=True, slots=True)
class Read:
    """An order that can be judged, its plain data, and what should be looked at all the same."""

    transaction: Transaction
    data: dict[str, Any]
    warnings: tuple[Finding, ...] = ()


def read_text(raw: bytes, path: str, packs: tuple[Pack, ...]) -> Read:
    """The order in a file's bytes (JSON, or YAML).

    Raises `InputError` with every finding, each at its line and column.
    """
    if len(raw) > MOST_BYTES:
        raise InputError((_finding(path, "too-large", f"{len(raw)} bytes: an order has at most {MOST_BYTES}"),))
    quick = _quick(raw)
    if quick is not None:
        problems = problems_of(quick.transaction, packs)
        if not problems:
            return quick
    from licet.policy.source import load_document

    document, findings = load_document(
        raw, path, max_bytes=MOST_BYTES, max_depth=_MOST_DEPTH, max_nodes=_MOST_NODES, strict_scalars=False
    )
    if document is None or has_errors(findings):
        raise InputError(tuple(sort_findings(findings)))
    from licet.policy.schema import validate

    def locate(pointer: Pointer, key: bool) -> tuple[int, int]:  # noqa: FBT001  # a callback with two places
        return document.key_mark(pointer) if key else document.mark(pointer)

    formal = [*findings, *validate(document, "transaction")]
    if has_errors(formal):
        raise InputError(_merged(formal, _meant(document.data, path, packs, locate)))
    return _finish(document.data, path, packs, locate)


def _merged(formal: list[Finding], meant: list[Finding]) -> tuple[Finding, ...]:
    """Findings of form and of meaning; at the same place meaning says more."""
    places = {(f.line, f.column) for f in meant}
    return tuple(sort_findings([*(f for f in formal if (f.line, f.column) not in places), *meant]))


def _meant(data: Any, path: str, packs: tuple[Pack, ...], locate: Locate | None) -> list[Finding]:
    """The findings of meaning, as far as the data makes an order at all."""
    try:
        transaction = msgspec.convert(data, Transaction)
    except msgspec.ValidationError:
        return []
    return [_placed(p, path, locate) for p in problems_of(transaction, packs)]


def read_data(data: Any, packs: tuple[Pack, ...], path: str = "transaction") -> Read:
    """The order in decoded JSON; findings name the place by its path in the data.

    Raises `InputError` with every finding.
    """
    return _finish(data, path, packs, None)


def _quick(raw: bytes) -> Read | None:
    """The order of well-formed JSON; nothing where anything is amiss, for the slow path to say what."""
    try:
        data = decoded(raw)
        return Read(msgspec.convert(data, Transaction), data)
    except (ValueError, RecursionError, msgspec.ValidationError):
        return None


def decoded(raw: bytes) -> Any:
    """The data of well-formed JSON, its numbers exact.

    Raises `ValueError` or `RecursionError` where anything is amiss.
    """
    return json.loads(raw.decode(), parse_float=_number, parse_int=_number, object_pairs_hook=_unique)


def _number(text: str) -> int | Decimal:
    number = read_number(text)
    if not isinstance(number, (int, Decimal)):
        raise ValueError(number.message)  # noqa: TRY004  # what the caller takes for "let the slow path say it"
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        message = "a key stands twice"
        raise ValueError(message)
    return found


def _finish(data: Any, path: str, packs: tuple[Pack, ...], locate: Locate | None) -> Read:
    try:
        transaction = msgspec.convert(data, Transaction)
    except msgspec.ValidationError as error:
        raise InputError(tuple(_shape_findings(data, path, str(error)))) from None
    findings = tuple(sort_findings(_placed(p, path, locate) for p in problems_of(transaction, packs)))
    if has_errors(findings):
        raise InputError(findings)
    return Read(transaction, data, findings)


def _placed(problem: Problem, path: str, locate: Locate | None) -> Finding:
    """The problem as a finding: at its line and column, or named by its path where there is no text."""
    line, column = locate(problem.pointer, problem.key) if locate else (1, 1)
    return Finding(
        code=problem.code,
        message=("" if locate else _where(problem.pointer)) + problem.message,
        path=path,
        line=line,
        column=column,
        help=problem.help,
        severity=problem.severity,
    )


def _where(pointer: Pointer) -> str:
    return "/".join(str(name) for name in pointer) + ": " if pointer else ""


def _shape_findings(data: Any, path: str, message: str) -> list[Finding]:
    """Every finding of form; the schema tells them all, where the fast reader stops at the first."""
    from licet.policy.schema import validate
    from licet.policy.source import load_document

    try:
        text = json.dumps(data, default=str, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError):
        return [_finding(path, "not-an-order", "expected decoded JSON: mappings, lists, text, numbers")]
    document, _ = load_document(text, path, max_bytes=2 * MOST_BYTES, max_nodes=_MOST_NODES, strict_scalars=False)
    found = validate(document, "transaction") if document is not None else []
    return list(found) or [_finding(path, "not-an-order", message[:1].lower() + message[1:])]


def no_date() -> Finding:
    """The finding on an order without a date, where no other date is given."""
    return Finding(
        code="no-date",
        message="the order has no `date`, and no date to judge it on is given",
        path="transaction",
        line=1,
        column=1,
        help="state `date` in the order, or give `as_of` (`--as-of`)",
    )


def _finding(path: str, code: str, message: str) -> Finding:
    return Finding(code=code, message=message, path=path, line=1, column=1)
