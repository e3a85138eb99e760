"""Conditions: data to typed trees, each test checked against the vocabulary."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from licet.policy.contract import is_classification
from licet.policy.model import Column, Fact, Table
from licet.policy.node import Node
from licet.policy.scalars import read_plain
from licet.policy.terms import All, AnyOf, Condition, FactOperand, Not, Operand, TableColumn, Test
from licet.suggest import choices, did_you_mean
from licet.text import quoted
from licet.truth import OPERATORS
from licet.values import Value

#: What stands for a condition that could not be read; never evaluated, since its file has an error.
NOTHING = All(())
_MANY = frozenset({"in", "any_in", "only_in", "within"})
_TEXTUAL = frozenset({"enum", "text", "country", "eccn"})
#: What a message calls a value of a type.
CALLED = {
    "boolean": "`true` or `false`",
    "enum": "an enum",
    "text": "text",
    "country": "a country code",
    "eccn": "an ECCN",
    "date": "a date",
    "number": "a number",
    "money": "an amount",
    "set": "a set",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What conditions may refer to."""

    facts: Mapping[str, Fact]
    tables: Mapping[str, Table]
    #: Every country code with its name, where the manifest names the table of them.
    countries: Mapping[str, str] = field(default_factory=dict)


def condition(node: Node, words: Words, *, known: bool = False) -> Condition:
    """The condition of a node; `known` says whether the test `known` is allowed here."""
    if not isinstance(node.data, dict) or len(node.data) != 1:
        found = f"{len(node.data)} keys" if isinstance(node.data, dict) else quoted(node.data)
        node.error(
            "condition-shape",
            f"expected one of `all`, `any`, `not` or one test `fact: value`, got {found}",
            help="join several tests with `all: [...]`",
        )
        return NOTHING
    ((key, child),) = node.items()
    if key in {"all", "any"}:
        if not isinstance(child.data, list) or not child.data:
            child.error("condition-shape", f"expected a list of conditions under `{key}`, got {quoted(child.data)}")
            return NOTHING
        parts = tuple(condition(c, words, known=known) for c in child.elements())
        return All(parts) if key == "all" else AnyOf(parts)
    if key == "not":
        return Not(condition(child, words, known=known))
    return test(key, child, words, known=known) or NOTHING


def test(name: str, node: Node, words: Words, *, known: bool) -> Test | None:
    """The test of one fact, or nothing where it makes no sense."""
    fact = words.facts.get(name)
    if fact is None:
        unknown_name(node, "fact", name, words.facts, key=True)
        return None
    op, operand = operator(node)
    if op is None or not _fits(node, op, fact, known=known):
        return None
    value = _operand(operand, op, fact, words)
    return None if value is _BAD else Test(fact=name, op=op, operand=value)


def operator(node: Node) -> tuple[str | None, Node]:
    """The operator of a test and the node of its operand."""
    if not isinstance(node.data, dict):
        return "is", node
    if len(node.data) != 1:
        node.error("test-shape", f"expected one operator, got {len(node.data)}", help="write two tests under `all`")
        return None, node
    ((op, operand),) = node.items()
    if op not in OPERATORS or op == "is":
        suggestion = did_you_mean(op, OPERATORS)
        node[op].error(
            "unknown-operator",
            f"unknown operator {quoted(op)}",
            help=f"did you mean `{suggestion}`?" if suggestion else f"operators: {choices(sorted(OPERATORS), 12)}",
            key=True,
        )
        return None, node
    return op, operand


def _fits(node: Node, op: str, fact: Fact, *, known: bool) -> bool:
    if op == "known" and not known:
        node.error(
            "known-not-allowed",
            "`known` is allowed only in rules that flag, give notice or oblige, and in `claimed_by`",
            help="an absent fact is unknown by itself, and holds",
        )
        return False
    if fact.type not in OPERATORS[op]:
        fitting = sorted(o for o, types in OPERATORS.items() if fact.type in types and o not in {"is", "known"})
        shown = "a bare value" if op == "is" else f"`{op}`"
        node.error(
            "operator-type",
            f"{shown} does not fit `{fact.name}`, which is {CALLED[fact.type]}",
            help=f"on {CALLED[fact.type]}: "
            + choices(fitting, 12)
            + ("" if fact.type == "set" else ", or a bare value"),
        )
        return False
    return True


class _Bad:
    """What stands for an operand that could not be read."""


_BAD: Any = _Bad()


def _operand(node: Node, op: str, fact: Fact, words: Words) -> Operand:
    if op == "known":
        if not isinstance(node.data, bool):
            node.error("operand-type", f"expected `true` or `false` after `known`, got {quoted(node.data)}")
            return _BAD  # type: ignore[no-any-return]
        return node.data
    if isinstance(node.data, dict):
        return _table_column(node, op, fact, words)
    if op in _MANY and isinstance(node.data, list):
        if not node.data and op != "only_in":
            node.error("operand-type", f"expected at least one value after `{op}`, got an empty list")
            return _BAD  # type: ignore[no-any-return]
        values = [_value(child, fact, words) for child in node.elements()]
        return _BAD if any(v is _BAD for v in values) else tuple(values)
    if op in {"in", "any_in", "only_in"}:
        node.error("operand-type", f"expected a list after `{op}`, got {quoted(node.data)}", help="write `[...]`")
        return _BAD  # type: ignore[no-any-return]
    return _value(node, fact, words)


def _value(node: Node, fact: Fact, words: Words) -> Value:
    if "country" in {fact.type, fact.of}:
        country(node, words.countries)
    return scalar(node, fact)


def country(node: Node, codes: Mapping[str, str]) -> None:
    """Report a country code that the pack's table of them does not have; nearness says nothing between two letters."""
    if codes and isinstance(node.data, str) and node.data not in codes:
        meant = next((code for code, name in codes.items() if name.casefold() == node.data.casefold()), None)
        node.error(
            "unknown-country",
            f"expected a country code, got {quoted(node.data)}",
            help=f"did you mean `{meant}`?" if meant else "the codes are in the table that `country_codes` names",
        )


def _table_column(node: Node, op: str, fact: Fact, words: Words) -> Operand:
    if op not in _MANY or set(node.data) - {"table", "column", "where"} or not {"table", "column"} <= set(node.data):
        node.error("operand-type", f"expected a value for `{fact.name}`, got a mapping")
        return _BAD  # type: ignore[no-any-return]
    table = words.tables.get(str(node.get("table")))
    if table is None:
        unknown_name(node["table"], "table", str(node.get("table")), words.tables)
        return _BAD  # type: ignore[no-any-return]
    where = node.child("where")
    columns = [(node["column"], str(node.get("column")), False)]
    columns += [(child, name, True) for name, child in where.items()] if where is not None else []
    for child, name, is_key in columns:
        if name not in table.columns:
            unknown_name(child, "column", name, table.columns, key=is_key)
            return _BAD  # type: ignore[no-any-return]
    filters = [(name, cell(child, table.columns[name])) for name, child in where.items()] if where is not None else []
    if any(value is _BAD for _, value in filters):
        return _BAD  # type: ignore[no-any-return]
    return TableColumn(table=table.id, column=str(node.get("column")), where=tuple(filters))


def cell(node: Node, column: Column) -> Value:
    """The value of a table's cell; a finding and a mark where it does not fit the column."""
    if column.type == "set":
        return members(node, as_fact(node.pointer[-1], column))
    return scalar(node, as_fact(node.pointer[-1], column))


def as_fact(name: str | int, column: Column) -> Fact:
    """The column as a fact, so that its values are read as a fact's are."""
    return Fact(name=str(name), scope="item", type=column.type, of=column.of, values=column.values, meaning="", cite="")


def members(node: Node, fact: Fact) -> Value:
    """The value of a set fact: a list of members."""
    if node.data is None:
        return None
    if not isinstance(node.data, list):
        node.error("operand-type", f"expected a list for `{fact.name}`, got {quoted(node.data)}", help="write `[...]`")
        return _BAD  # type: ignore[no-any-return]
    found = [scalar(child, fact) for child in node.elements()]
    return _BAD if any(value is _BAD for value in found) else frozenset(str(value) for value in found)


def scalar(node: Node, fact: Fact) -> Value:
    """The value of a node as the fact's type (of a set, its members'); a finding and a mark where it is none."""
    kind = fact.of if fact.type == "set" else fact.type
    data = node.data
    if data is None:
        return None
    fits = {
        "boolean": isinstance(data, bool),
        "date": isinstance(data, date),
        "number": isinstance(data, (int, Decimal)) and not isinstance(data, bool),
        "money": isinstance(data, (int, Decimal)) and not isinstance(data, bool),
    }.get(str(kind), isinstance(data, str))
    if not fits:
        _ill_typed(node, str(kind), fact)
        return _BAD  # type: ignore[no-any-return]
    if kind == "enum" and data not in fact.values:
        unknown_name(node, "value", data, fact.values, of=fact.name)
        return _BAD  # type: ignore[no-any-return]
    if kind == "eccn" and not is_classification(data):
        node.error("malformed-eccn", f"expected an ECCN such as `3A001.a` for `{fact.name}`, got {quoted(data)}")
        return _BAD  # type: ignore[no-any-return]
    return Decimal(data) if isinstance(data, int) and not isinstance(data, bool) else data


def _ill_typed(node: Node, kind: str, fact: Fact) -> None:
    """Report a value of another type; what stands in quotes is the commonest slip."""
    data = node.data
    wanted, got = "text" if kind in _TEXTUAL else CALLED[kind], quoted(data)
    found = "a list" if isinstance(data, list) else "a mapping" if isinstance(data, dict) else None
    if isinstance(data, str):
        found, advice = f"text {got}", None if isinstance(read_plain(data), str) else "write it without quotes"
    elif found is None and wanted == "text":
        advice = f"write it in quotes, `{quoted(data).replace(chr(96), chr(34))}`, if it is text"
    else:
        advice = None
    node.error("operand-type", f"expected {wanted} for `{fact.name}`, got {found or got}", help=advice)


def unknown_name(
    node: Node, what: str, name: str, known: Collection[str], *, key: bool = False, of: str | None = None
) -> None:
    """Report a name that is not in the vocabulary, with the nearest one that is."""
    suggestion = did_you_mean(name, known)
    node.error(
        "unknown-" + what.replace(" ", "-"),
        f"unknown {what} {quoted(name)}" + (f" of `{of}`" if of is not None else ""),
        help=f"did you mean `{suggestion}`?" if suggestion else f"known: {choices(sorted(known))}",
        key=key,
    )


def is_bad(value: object) -> bool:
    """Whether a value stands for one that could not be read."""
    return value is _BAD


def element_tests(node: Node, words: Words, collection: str, fields: Collection[str]) -> tuple[Test, ...]:
    """Tests on the fields of a collection's element; the operand may be `{fact: name}`."""
    found: list[Test] = []
    for name, child in node.items():
        if name not in fields:
            unknown_name(child, "field", name, fields, key=True, of=collection)
            continue
        op, operand = ("is", child) if _is_fact(child) else operator(child)
        if op is None:
            continue
        if _is_fact(operand):
            given = str(operand.get("fact"))
            if given not in words.facts:
                unknown_name(operand["fact"], "fact", given, words.facts)
            found.append(Test(fact=name, op=op, operand=FactOperand(fact=given)))
        elif _is_plain(operand):
            found.append(Test(fact=name, op=op, operand=_plain(operand.data)))
    return tuple(found)


def _is_fact(node: Node) -> bool:
    return isinstance(node.data, dict) and set(node.data) == {"fact"}


def _is_plain(node: Node) -> bool:
    """Whether the operand is a value, or a list of them; a finding where it is neither."""
    values = list(node.elements()) if isinstance(node.data, list) else [node]
    for value in values:
        if isinstance(value.data, (dict, list)):
            shown = "a mapping" if isinstance(value.data, dict) else "a list"
            value.error("operand-type", f"expected a value, got {shown}", help="a value, or `{fact: name}`")
            return False
    return True


def _plain(data: Any) -> Operand:
    if isinstance(data, list):
        return tuple(_plain(d) for d in data)  # type: ignore[misc]
    return Decimal(data) if isinstance(data, int) and not isinstance(data, bool) else data
