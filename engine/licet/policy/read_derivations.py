"""Derived facts: data to how they are computed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from licet.policy.contract import element_fields
from licet.policy.model import (
    SCOPES,
    Arithmetic,
    Both,
    Collect,
    Column,
    Compare,
    Derivation,
    Either,
    Fact,
    FieldLookup,
    Instead,
    Lookup,
)
from licet.policy.node import Node
from licet.policy.read_conditions import CALLED, Words, element_tests, is_bad, members, scalar, unknown_name
from licet.policy.terms import FactOperand
from licet.suggest import choices
from licet.text import quoted
from licet.truth import OPERATORS
from licet.values import Value

COLLECTIONS = (
    "transaction.parties",
    "transaction.items",
    "transaction.statements",
    "transaction.licenses",
    "transaction.resolutions",
    "item.components",
    "party.owners",
    "party.citizenships",
)
_COMPARISONS = (
    "is",
    "is_not",
    "at_least",
    "at_most",
    "more_than",
    "less_than",
    "on_or_after",
    "on_or_before",
)


def derivation(node: Node, words: Words, fact: Fact) -> Derivation | None:
    """How a derived fact is computed, or nothing where the description makes no sense."""
    ((op, child),) = node.items()
    match op:
        case "lookup":
            return _lookup(child, words, fact)
        case "compare":
            return _compare(child, words)
        case "both" | "either":
            _names(child, words, ("set",))
            left, right = child.data
            return Both(left=left, right=right) if op == "both" else Either(left=left, right=right)
        case "instead":
            return _instead(child, words, fact)
        case "total" | "difference" | "product" | "quotient":
            if not _names(child, words, ("number", "money")):
                return None
            terms = tuple(t if isinstance(t, str) else Decimal(t) for t in child.data)
            return Arithmetic(op=op, terms=terms)
        case _:
            return _collect(op, child, words)


def _instead(node: Node, words: Words, fact: Fact) -> Derivation | None:
    for child in node.elements():
        other = words.facts.get(child.data)
        if other is None:
            unknown_name(child, "fact", child.data, words.facts)
            return None
        more = [value for value in other.values if value not in fact.values]
        if (other.type, other.of) != (fact.type, fact.of) or more:
            shown = f"`{other.name}` is {CALLED[other.type]}, and `{fact.name}` is {CALLED[fact.type]}"
            if more and other.type == fact.type:
                shown = f"`{other.name}` may be `{more[0]}`, and `{fact.name}` may not"
            child.error("derive-type", shown, help="one fact stands in for another of the same type and values")
    return Instead(of=tuple(node.data))


def _names(node: Node, words: Words, types: tuple[str, ...]) -> bool:
    """Whether every text of a list names a fact of one of the types; findings where not."""
    found = [_is_term(child, words, types) for child in node.elements()]
    return all(found)


def _is_term(node: Node, words: Words, types: tuple[str, ...]) -> bool:
    wanted = " or ".join(CALLED[t] for t in types)
    if isinstance(node.data, date):
        node.error("operand-type", f"expected a fact or a number, got {quoted(node.data)}")
        return False
    if not isinstance(node.data, str):
        return True
    fact = words.facts.get(node.data)
    if fact is None:
        unknown_name(node, "fact", node.data, words.facts)
    elif fact.type not in types:
        node.error("derive-type", f"expected a fact that is {wanted}, and `{fact.name}` is {CALLED[fact.type]}")
    return fact is not None and fact.type in types


def _lookup(node: Node, words: Words, fact: Fact) -> Derivation | None:
    table = words.tables.get(node.get("table"))
    if table is None:
        unknown_name(node["table"], "table", node.get("table"), words.tables)
        return None
    if node.get("column") not in table.columns:
        unknown_name(node["column"], "column", node.get("column"), table.columns)
        return None
    column_read = table.columns[node.get("column")]
    if not alike(column_read.type, fact.type) or column_read.of != fact.of:
        shown = f"the column holds {CALLED[column_read.type]}, and `{fact.name}` is {CALLED[fact.type]}"
        node["column"].error("derive-type", shown, help="a look-up gives what stands in the table")
    elif fact.values and not set(column_read.values) <= set(fact.values):
        extra = min(set(column_read.values) - set(fact.values))
        unknown_name(node["column"], "value", extra, fact.values, of=fact.name)
    for column, child in node["by"].items():
        if column not in table.columns:
            unknown_name(child, "column", column, table.columns, key=True)
        if child.data not in words.facts:
            unknown_name(child, "fact", str(child.data), words.facts)
        elif column in table.columns:
            _looked_up_by(child, words.facts[child.data], table.columns[column])
    missing: Any = node.get("missing") if "missing" in node else "unknown"
    value: Value = None
    if isinstance(missing, dict):
        child = node["missing"]["value"]
        found = members(child, fact) if fact.type == "set" else scalar(child, fact)
        value = None if is_bad(found) else found
        missing = "value"
    return Lookup(
        table=table.id,
        column=node.get("column"),
        by=tuple((c, str(n.data)) for c, n in node["by"].items()),
        missing=missing,
        missing_value=value,
    )


def alike(left: str, right: str) -> bool:
    """Whether values of two types can be the same: codes and enums are text too."""
    text, number = {"text", "enum", "country", "eccn"}, {"number", "money"}
    return left == right or {left, right} <= text or {left, right} <= number


def _looked_up_by(node: Node, fact: Fact, column: Column) -> None:
    if not alike(fact.type, column.type) or fact.type == "set":
        shown = f"`{fact.name}` is {CALLED[fact.type]}, and the column {CALLED[column.type]}"
        node.error("derive-type", shown, help="a row is found by a value that its column can have")


def _compare(node: Node, words: Words) -> Derivation | None:
    ops = [name for name in node.data if name in _COMPARISONS]
    left = str(node.get("left"))
    if left not in words.facts:
        unknown_name(node["left"], "fact", left, words.facts)
        return None
    if len(ops) != 1:
        node.error("compare-shape", f"expected one comparison, got {len(ops)}", help=", ".join(_COMPARISONS))
        return None
    right = str(node.get(ops[0]))
    if right not in words.facts:
        unknown_name(node[ops[0]], "fact", right, words.facts)
        return None
    _comparable(node[ops[0]], ops[0], words.facts[left], words.facts[right])
    return Compare(left=left, op=ops[0], right=right)


def _comparable(node: Node, op: str, left: Fact, right: Fact) -> None:
    if not alike(left.type, right.type):
        node.error(
            "derive-type",
            f"`{left.name}` is {CALLED[left.type]} and `{right.name}` {CALLED[right.type]}: they cannot be compared",
        )
    elif left.type not in OPERATORS["is" if op == "is_not" else op]:
        fitting = [o for o in _COMPARISONS if left.type in OPERATORS["is" if o == "is_not" else o]]
        node.error(
            "operator-type",
            f"`{op}` does not fit `{left.name}`, which is {CALLED[left.type]}",
            help=f"on {CALLED[left.type]}: {choices(fitting, 8)}",
            key=True,
        )


def _collect(op: str, node: Node, words: Words) -> Derivation | None:
    path = str(node.get("of"))
    if path not in COLLECTIONS:
        unknown_name(node["of"], "collection", path, COLLECTIONS)
        return None
    looked_up = _field_lookups(node["fields"], words, path) if "fields" in node else ()
    known = (*element_fields(path), *(x.field for x in looked_up))
    for name in ("value", "by"):
        if name in node and node.get(name) not in known:
            unknown_name(node[name], "field", node.get(name), known, of=path)
    none_given = node.get("none_given") if "none_given" in node else "unknown"
    return Collect(
        op=op,  # type: ignore[arg-type]  # the schema allows no other
        of=path,
        value=node.get("value"),
        by=node.get("by"),
        fields=looked_up,
        where=element_tests(node["where"], words, path, known) if "where" in node else (),
        has=element_tests(node["has"], words, path, known) if "has" in node else (),
        none_given=none_given if isinstance(none_given, bool) else None,
    )


def _field_lookups(node: Node, words: Words, path: str) -> tuple[FieldLookup, ...]:
    """Fields that elements get from tables; findings for tables, columns and fields that there are not."""
    found = []
    for name, child in node.items():
        table = words.tables.get(child.get("table"))
        if name in element_fields(path):
            child.error("word-twice", f"an element of `{path}` has a field `{name}` of its own", key=True)
        if table is None:
            unknown_name(child["table"], "table", child.get("table"), words.tables)
            continue
        if child.get("column") not in table.columns:
            unknown_name(child["column"], "column", child.get("column"), table.columns)
        for column, own in child["by"].items():
            if column not in table.columns:
                unknown_name(own, "column", column, table.columns, key=True)
            if own.data not in element_fields(path):
                unknown_name(own, "field", str(own.data), element_fields(path), of=path)
        by = tuple((column, str(own.data)) for column, own in child["by"].items())
        found.append(FieldLookup(field=name, table=table.id, column=child.get("column"), by=by))
    return tuple(found)


def derived_from(fact: Fact) -> set[str]:
    """The facts that a derived fact is computed from."""
    match fact.derive:
        case Lookup(by=by):
            return {name for _, name in by}
        case Compare(left=left, right=right) | Both(left=left, right=right) | Either(left=left, right=right):
            return {left, right}
        case Instead(of=of):
            return {*of}
        case Arithmetic(terms=terms):
            return {t for t in terms if isinstance(t, str)}
        case Collect(where=where, has=has):
            operands = [t.operand for t in (*where, *has)]
            return {o.fact for o in operands if isinstance(o, FactOperand)}
        case _:
            return set()


def no_circles(nodes: Mapping[str, Node], facts: Mapping[str, Fact]) -> None:
    """Derived facts come before the rules: never from one another in a circle, nor from what rules set."""
    for name, fact in facts.items():
        if fact.derive is None or name not in nodes:
            continue
        for source in sorted(derived_from(fact)):
            origin = facts.get(source)
            if origin is None:
                continue
            if origin.is_set and origin.read is None:
                nodes[name]["derive"].error(
                    "derive-from-set",
                    f"`{name}` is computed before the rules, and `{source}` is set by rules",
                    key=True,
                )
            if SCOPES.index(origin.scope) > SCOPES.index(fact.scope):
                nodes[name]["derive"].error(
                    "derive-scope",
                    f"`{name}` is a fact of the {fact.scope}, and `{source}` one of the {origin.scope}",
                    key=True,
                )
        if name in _ancestors(name, facts):
            nodes[name]["derive"].error("derive-circle", f"`{name}` is computed from itself", key=True)


def _ancestors(name: str, facts: Mapping[str, Fact]) -> set[str]:
    found: set[str] = set()
    waiting = list(derived_from(facts[name]))
    while waiting:
        source = waiting.pop()
        if source not in found and source in facts:
            found.add(source)
            waiting += derived_from(facts[source])
    return found
