"""What is wrong with a well-formed order: references, codes, classifications, stated facts, amounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from msgspec import UNSET

from licet.findings import Severity
from licet.policy.model import Fact, Pack, Table
from licet.suggest import choices, did_you_mean
from licet.text import quoted
from licet.transaction.model import Party, Transaction
from licet.transaction.stated import LARGEST_EXPONENT, IllTypedError, numbers, typed
from licet.truth import paragraphs

Pointer = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a place in an order."""

    pointer: Pointer
    code: str
    message: str
    help: str | None = None
    key: bool = False
    severity: Severity = Severity.ERROR


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
    known = table.texts[str(manifest.country_code)]
    for pointer, given in _countries(transaction):
        if given not in known:
            columns = list(table.columns)
            code, name = columns.index(str(manifest.country_code)), columns.index(str(manifest.country_name))
            names = {str(row.values[code]): str(row.values[name]) for row in table.rows}
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
        table, column = pack.tables[fact.listed_in[0]], fact.listed_in[1]
        for n, item in enumerate(transaction.items):
            given = getattr(item, fact.read, UNSET)
            if isinstance(given, str) and not _listed(given, table, column):
                yield _unlisted(("items", n, fact.read), given, table.texts[column], table.title)


def _listed(given: str, table: Table, column: str) -> bool:
    """Whether the classification, one above it or one below it stands in the column."""
    return given in table.above[column] or any(above in table.texts[column] for above in paragraphs(given))


def _unlisted(pointer: Pointer, given: str, known: frozenset[str], title: str) -> Problem:
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
