"""Orders: text or data to a `Transaction`, with every problem found and where it stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import UNSET

from licet.findings import Finding, Severity, has_errors, sort_findings
from licet.policy.model import Fact, Pack
from licet.policy.scalars import read_number
from licet.suggest import choices, did_you_mean
from licet.text import quoted
from licet.transaction.model import Party, Transaction
from licet.transaction.stated import LARGEST_EXPONENT, IllTypedError, numbers, typed
from licet.truth import is_paragraph_of

Pointer = tuple[str | int, ...]
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
class Problem:
    """Something wrong at a place in an order."""

    pointer: Pointer
    code: str
    message: str
    help: str | None = None
    key: bool = False
    severity: Severity = Severity.ERROR


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

    findings += validate(document, "transaction")
    if has_errors(findings):
        raise InputError(tuple(sort_findings(findings)))

    def locate(pointer: Pointer, key: bool) -> tuple[int, int]:  # noqa: FBT001  # a callback with two places
        return document.key_mark(pointer) if key else document.mark(pointer)

    return _finish(document.data, path, packs, locate)


def read_data(data: Any, packs: tuple[Pack, ...], path: str = "transaction") -> Read:
    """The order in decoded JSON; findings name the place by its path in the data.

    Raises `InputError` with every finding.
    """
    return _finish(data, path, packs, None)


def _quick(raw: bytes) -> Read | None:
    """The order of well-formed JSON; nothing where anything is amiss, for the slow path to say what."""
    try:
        data = json.loads(raw.decode(), parse_float=_number, parse_int=_number, object_pairs_hook=_unique)
        return Read(msgspec.convert(data, Transaction), data)
    except (ValueError, RecursionError, msgspec.ValidationError):
        return None


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


def _finish(
    data: Any, path: str, packs: tuple[Pack, ...], locate: Callable[[Pointer, bool], tuple[int, int]] | None
) -> Read:
    def finding(problem: Problem) -> Finding:
        line, column = locate(problem.pointer, problem.key) if locate else (1, 1)
        where = "" if locate else _where(problem.pointer)
        return Finding(
            code=problem.code,
            message=where + problem.message,
            path=path,
            line=line,
            column=column,
            help=problem.help,
            severity=problem.severity,
        )

    try:
        transaction = msgspec.convert(data, Transaction)
    except msgspec.ValidationError as error:
        raise InputError(tuple(_shape_findings(data, path, str(error)))) from None
    findings = tuple(sort_findings(finding(p) for p in problems_of(transaction, packs)))
    if has_errors(findings):
        raise InputError(findings)
    return Read(transaction, data, findings)


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


def _finding(path: str, code: str, message: str) -> Finding:
    return Finding(code=code, message=message, path=path, line=1, column=1)


# --- meaning ---------------------------------------------------------------------------------------------------------


def problems_of(transaction: Transaction, packs: tuple[Pack, ...]) -> list[Problem]:
    """What is wrong with a well-formed order: references, codes, classifications, stated facts, amounts."""
    return [
        *_identities(transaction),
        *_amounts(transaction),
        *_references(transaction),
        *_stated(transaction, packs),
        *(p for pack in packs for p in _codes(transaction, pack)),
        *(p for pack in packs for p in _classified(transaction, pack)),
    ]


def _identities(transaction: Transaction) -> Iterator[Problem]:
    if not transaction.items:
        yield Problem(("items",), "no-items", "the order has no line", "name at least one item", key=True)
    ids = {"parties": [p.id for p in transaction.parties], "items": [i.id for i in transaction.items]}
    for field, named in ids.items():
        seen: set[str] = set()
        for place, name in enumerate(named):
            if name in seen:
                yield Problem((field, place, "id"), "id-twice", f"two {field} have the id {quoted(name)}")
            seen.add(name)
    for place, party in enumerate(transaction.parties):
        if not party.roles:
            message = f"party {quoted(party.id)} has no role"
            yield Problem(("parties", place, "roles"), "no-role", message, "such as `ultimate_consignee`")
        if not any(character.isalnum() for character in party.name):
            message = f"party {quoted(party.id)} has no name that could be screened"
            yield Problem(("parties", place, "name"), "no-name", message, "give its full legal name")


def _amounts(transaction: Transaction) -> Iterator[Problem]:
    """Numbers outside their bounds; orders of well-formed JSON have not met the schema, which says the same."""
    for pointer, number, most in numbers(transaction):
        if not isinstance(number, Decimal):
            continue
        if not number.is_finite() or abs(number.adjusted()) > LARGEST_EXPONENT:
            yield Problem(pointer, "not-a-number", f"expected a number of ordinary size, got {quoted(number)}")
        elif number < 0 or (number == 0 and pointer[0] == "rates"):
            least = "more than 0" if pointer[0] == "rates" else "0 or more"
            yield Problem(pointer, "negative", f"expected `{pointer[-1]}` to be {least}, got {quoted(number)}")
        elif most is not None and number > most:
            yield Problem(pointer, "out-of-range", f"expected at most {most}, got {quoted(number)}")


def _references(transaction: Transaction) -> Iterator[Problem]:
    parties = {p.id for p in transaction.parties}
    items = {i.id for i in transaction.items}

    def unknown(pointer: Pointer, what: str, name: str, known: set[str]) -> Problem:
        return Problem(pointer, f"unknown-{what}", f"unknown {what} {quoted(name)}", _help(name, known))

    for place, statement in enumerate(transaction.statements):
        if statement.by not in parties:
            yield unknown(("statements", place, "by"), "party", statement.by, parties)
    for place, granted in enumerate(transaction.licenses):
        for field, names, known in (("parties", granted.parties, parties), ("items", granted.items, items)):
            for number, name in enumerate(names):
                if name not in known:
                    yield unknown(("licenses", place, field, number), field[:-1], name, known)
    for place, settled in enumerate(transaction.resolutions):
        if isinstance(settled.party, str) and settled.party not in parties:
            yield unknown(("resolutions", place, "party"), "party", settled.party, parties)


def _help(name: str, known: Any) -> str:
    suggestion = did_you_mean(name, known)
    return f"did you mean `{suggestion}`?" if suggestion else f"known: {choices(sorted(known))}"


def _stated(transaction: Transaction, packs: tuple[Pack, ...]) -> Iterator[Problem]:
    """Stated facts against the vocabularies of all packs."""
    homes: list[tuple[Pointer, Mapping[str, Any], tuple[str, ...]]] = [
        (("facts",), transaction.facts, ("transaction", "item")),
        *((("items", n, "facts"), i.facts, ("item",)) for n, i in enumerate(transaction.items)),
        *((("parties", n, "facts"), p.facts, ("party",)) for n, p in enumerate(transaction.parties)),
    ]
    for pointer, facts, scopes in homes:
        for name, raw in facts.items():
            known = [pack.vocabulary.facts[name] for pack in packs if name in pack.vocabulary.facts]
            if not known:
                names = {f.name for pack in packs for f in pack.vocabulary.facts.values() if f.stated}
                yield Problem(
                    (*pointer, name), "unknown-fact", f"unknown fact {quoted(name)}", _help(name, names), key=True
                )
            for fact in known:
                yield from _fits(fact, raw, (*pointer, name), scopes, transaction)


def _fits(
    fact: Fact, raw: Any, pointer: Pointer, scopes: tuple[str, ...], transaction: Transaction
) -> Iterator[Problem]:
    if not fact.stated:
        where = f"it is read from `{fact.read}`" if fact.read is not None else "licet computes it"
        yield Problem(pointer, "not-stated", f"`{fact.name}` cannot be stated under `facts`: {where}", key=True)
    elif fact.scope not in scopes:
        home = {"party": "the party's `facts`", "listing": "no `facts`"}.get(fact.scope, "the transaction's `facts`")
        yield Problem(
            pointer, "wrong-place", f"`{fact.name}` is a fact of the {fact.scope}", f"state it in {home}", key=True
        )
    else:
        try:
            typed(fact, raw, transaction.rates)
        except IllTypedError as error:
            suggestion = did_you_mean(str(raw), fact.values) if fact.values else None
            yield Problem(
                pointer,
                "wrong-type",
                f"expected {error} for `{fact.name}`, got {quoted(raw)}",
                f"did you mean `{suggestion}`?" if suggestion else fact.meaning,
            )


def _codes(transaction: Transaction, pack: Pack) -> Iterator[Problem]:
    """Country codes against the pack's table of them."""
    manifest = pack.manifest
    if manifest.country_table is None:
        return
    table = pack.tables[manifest.country_table]
    columns = list(table.columns)
    code, name = columns.index(str(manifest.country_code)), columns.index(str(manifest.country_name))
    names = {str(row.values[code]): str(row.values[name]) for row in table.rows}
    for pointer, given in _countries(transaction):
        if given not in names:
            by_name = {shown.casefold(): c for c, shown in names.items()}
            meant = by_name.get(given.casefold())
            near = did_you_mean(given, names.values()) if meant is None else None
            meant = meant or (by_name[near.casefold()] if near else did_you_mean(given, names))
            yield Problem(
                pointer,
                "unknown-country",
                f"expected a country code (ISO 3166), got {quoted(given)}",
                f"did you mean `{meant}` ({names[meant]})?"
                if meant
                else "two capital letters, such as those of `licet fields`",
            )


def _countries(transaction: Transaction) -> Iterator[tuple[Pointer, str]]:
    def each(pointer: Pointer, thing: Any, *fields: str) -> Iterator[tuple[Pointer, str]]:
        for field in fields:
            value = getattr(thing, field, UNSET)
            if isinstance(value, str):
                yield (*pointer, field), value

    yield from each((), transaction, "origin", "destination")
    for n, code in enumerate(() if transaction.transit is UNSET else transaction.transit):
        yield ("transit", n), code
    for n, item in enumerate(transaction.items):
        yield from each(("items", n), item, "origin")
        for m, component in enumerate(() if item.components is UNSET else item.components):
            yield from each(("items", n, "components", m), component, "origin")
    for n, party in enumerate(transaction.parties):
        yield from each(("parties", n), party, "country", "headquarters")
        yield from _party_countries(("parties", n), party)


def _party_countries(pointer: Pointer, party: Party) -> Iterator[tuple[Pointer, str]]:
    for field in ("owners", "citizenships"):
        things = getattr(party, field)
        for m, thing in enumerate(() if things is UNSET else things):
            if isinstance(thing.country, str):
                yield (*pointer, field, m, "country"), thing.country


def _classified(transaction: Transaction, pack: Pack) -> Iterator[Problem]:
    """Classifications against the table that lists them: malformed is an error, unlisted a warning."""
    for fact in pack.vocabulary.facts.values():
        if fact.listed_in is None or fact.scope != "item" or fact.read is None:
            continue
        table = pack.tables[fact.listed_in[0]]
        place = list(table.columns).index(fact.listed_in[1])
        known = {str(row.values[place]) for row in table.rows}
        for n, item in enumerate(transaction.items):
            given = getattr(item, fact.read, UNSET)
            if isinstance(given, str) and not _listed(given, known):
                yield _unlisted(("items", n, fact.read), given, known, table.title)


def _listed(given: str, known: set[str]) -> bool:
    return given in known or any(is_paragraph_of(given, k) or is_paragraph_of(k, given) for k in known)


def _unlisted(pointer: Pointer, given: str, known: set[str], title: str) -> Problem:
    if not _well_formed(given):
        return Problem(
            pointer,
            "unknown-eccn",
            f"expected a classification such as `3A001.a.5`, got {quoted(given)}",
            _help(given, known),
        )
    return Problem(
        pointer,
        "unlisted-eccn",
        f"{quoted(given)} is not in the pack's table ({title}): the line holds",
        _help(given, known),
        severity=Severity.WARNING,
    )


def _well_formed(given: str) -> bool:
    """Whether the text has the form of a classification: category, product group, number, paragraphs."""
    base, _, paragraphs = given.partition(".")
    shape = len(base) == 5 and base[0].isdigit() and base[1] in "ABCDE" and base[2:].isdigit()  # noqa: PLR2004
    return (
        shape
        and base.isascii()
        and ("." not in given or all(p.isascii() and p.isalnum() for p in paragraphs.split(".")))
    )
