"""Conditions: data to typed trees, each test checked against the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from licet.truth import OPERATORS
from licet.policy.model import All, AnyOf, Condition, Fact, FactOperand, Not, Operand, Table, TableColumn, Test
from licet.policy.node import Node
from licet.suggest import choices, did_you_mean
from licet.text import quoted
from licet.values import Value

#: What stands for a condition that could not be read; never evaluated, since its file has an error.
NOTHING = All(())
_MANY = frozenset({"in", "any_in", "within"})
_TEXTUAL = frozenset({"enum", "text", "country", "eccn"})


@dataclass(frozen=True, slots=True)
class Words:
    """What conditions may refer to."""

    facts: Mapping[str, Fact]
    tables: Mapping[str, Table]


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


def test(name: str, node: Node, words: Words, *, known: bool = False) -> Test | None:
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
            f"{shown} does not fit `{fact.name}`, which is a {fact.type}",
            help=f"on a {fact.type}: {choices(fitting, 12)}" + ("" if fact.type == "set" else ", or a bare value"),
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
        if not node.data:
            node.error("operand-type", f"expected at least one value after `{op}`, got an empty list")
            return _BAD  # type: ignore[no-any-return]
        values = [scalar(child, fact) for child in node.elements()]
        return _BAD if any(v is _BAD for v in values) else tuple(values)
    if op in {"in", "any_in"}:
        node.error("operand-type", f"expected a list after `{op}`, got {quoted(node.data)}", help="write `[...]`")
        return _BAD  # type: ignore[no-any-return]
    return scalar(node, fact)


def _table_column(node: Node, op: str, fact: Fact, words: Words) -> Operand:
    if op not in _MANY or set(node.data) - {"table", "column", "where"} or not {"table", "column"} <= set(node.data):
        node.error("operand-type", f"expected a value for `{fact.name}`, got a mapping")
        return _BAD  # type: ignore[no-any-return]
    table = words.tables.get(str(node.get("table")))
    if table is None:
        unknown_name(node["table"], "table", str(node.get("table")), words.tables)
        return _BAD  # type: ignore[no-any-return]
    where = node["where"] if "where" in node else None
    columns = [(node["column"], str(node.get("column")))]
    columns += [(child, name) for name, child in where.items()] if where is not None else []
    for child, name in columns:
        if name not in table.columns:
            unknown_name(child, "column", name, table.columns)
            return _BAD  # type: ignore[no-any-return]
    filters = tuple((name, child.data) for name, child in where.items()) if where is not None else ()
    return TableColumn(table=table.id, column=str(node.get("column")), where=filters)


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
        wanted = "text" if kind in _TEXTUAL else f"a {kind}"
        node.error("operand-type", f"expected {wanted} for `{fact.name}`, got {quoted(data)}")
        return _BAD  # type: ignore[no-any-return]
    if kind == "enum" and data not in fact.values:
        unknown_name(node, f"value of `{fact.name}`", data, fact.values)
        return _BAD  # type: ignore[no-any-return]
    return Decimal(data) if isinstance(data, int) and not isinstance(data, bool) else data  # type: ignore[no-any-return]


def unknown_name(node: Node, what: str, name: str, known: Any, *, key: bool = False) -> None:
    """Report a name that is not in the vocabulary, with the nearest one that is."""
    suggestion = did_you_mean(name, known)
    node.error(
        "unknown-" + what.split(" ")[0],
        f"unknown {what} {quoted(name)}",
        help=f"did you mean `{suggestion}`?" if suggestion else f"known: {choices(sorted(known))}",
        key=key,
    )


def is_bad(value: object) -> bool:
    """Whether a value stands for one that could not be read."""
    return value is _BAD


def element_tests(node: Node, words: Words) -> tuple[Test, ...]:
    """Tests on the fields of a collection's element; the operand may be `{fact: name}`."""
    found: list[Test] = []
    for field, child in node.items():
        op, operand = ("is", child) if _is_fact(child) else operator(child)
        if op is None:
            continue
        if _is_fact(operand):
            name = str(operand.get("fact"))
            if name not in words.facts:
                unknown_name(operand["fact"], "fact", name, words.facts)
            found.append(Test(fact=field, op=op, operand=FactOperand(fact=name)))
        else:
            found.append(Test(fact=field, op=op, operand=_plain(operand.data)))
    return tuple(found)


def _is_fact(node: Node) -> bool:
    return isinstance(node.data, dict) and set(node.data) == {"fact"}


def _plain(data: Any) -> Operand:
    if isinstance(data, list):
        return tuple(_plain(d) for d in data)  # type: ignore[misc]
    return Decimal(data) if isinstance(data, int) and not isinstance(data, bool) else data  # type: ignore[no-any-return]
