"""The vocabulary: data to facts, reasons, authorizations, obligations and risks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from licet.policy.model import (
    AUTHORIZATION_KINDS,
    SCOPES,
    Arithmetic,
    Authorization,
    Both,
    Collect,
    Compare,
    Derivation,
    Fact,
    Lookup,
    Risk,
    Table,
    Term,
    Vocabulary,
)
from licet.policy.node import Node
from licet.policy.read_conditions import Words, element_tests, is_bad, scalar, unknown_name
from licet.values import Value

#: The facts that every pack has; a pack need not declare them.
BUILT_IN = {
    fact.name: fact
    for fact in (
        Fact(
            name="as_of", scope="transaction", type="date", meaning="the date whose law applies", cite="the evaluation"
        ),
        Fact(
            name="required_reasons",
            scope="item",
            type="set",
            of="text",
            meaning="the reasons of the line's license requirements",
            cite="the evaluation",
            is_set=True,
        ),
        Fact(
            name="authorized_by",
            scope="item",
            type="set",
            of="text",
            meaning="the authorizations that lift requirements of the line",
            cite="the evaluation",
            is_set=True,
        ),
    )
}
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


def vocabulary(node: Node, tables: Mapping[str, Table]) -> Vocabulary:
    """The vocabulary of a node; findings for words that contradict themselves or one another."""
    facts = dict(BUILT_IN)
    for name, child in node["facts"].items():
        if name in BUILT_IN:
            child.error("fact-built-in", f"`{name}` is a fact that every pack has", key=True)
            continue
        facts[name] = _fact(name, child, tables)
    words = Words(facts=facts, tables=tables)
    for name, child in node["facts"].items():
        if "derive" in child and name in facts:
            derivation = _derivation(child["derive"], words, facts[name])
            facts[name] = replace(facts[name], derive=derivation)
    _no_derivation_circles(node["facts"], facts)
    return Vocabulary(
        facts=facts,
        reasons=_terms(node, "reasons"),
        authorizations=_authorizations(node),
        obligations=_terms(node, "obligations"),
        risks={
            name: Risk(id=name, title=r.get("title"), cite=r.get("cite"), levels=tuple(r.get("levels")))
            for name, r in _entries(node, "risks")
        },
    )


def _entries(node: Node, name: str) -> list[tuple[str, Node]]:
    return list(node[name].items()) if name in node and node.get(name) else []


def _terms(node: Node, name: str) -> dict[str, Term]:
    return {i: Term(id=i, title=t.get("title"), cite=t.get("cite")) for i, t in _entries(node, name)}


def _authorizations(node: Node) -> dict[str, Authorization]:
    """Authorizations by id; a nested id has its parent's kind."""
    entries = dict(_entries(node, "authorizations"))
    found: dict[str, Authorization] = {}
    for name, child in entries.items():
        kind = child.get("kind")
        parent = name
        while kind is None and "." in parent:
            parent = parent.rpartition(".")[0]
            kind = entries[parent].get("kind") if parent in entries else None
        if kind is None:
            child.error(
                "missing-kind",
                f"authorization `{name}` has no kind, and no parent that has one",
                help="kinds: " + ", ".join(AUTHORIZATION_KINDS),
                key=True,
            )
            continue
        found[name] = Authorization(id=name, kind=kind, title=child.get("title"), cite=child.get("cite"))
    return found


def _fact(name: str, node: Node, tables: Mapping[str, Table]) -> Fact:
    data = node.data
    fact = Fact(
        name=name,
        scope=data["scope"],
        type=data["type"],
        of=data.get("of"),
        values=tuple(data.get("values", ())),
        unit=data.get("unit"),
        meaning=data["meaning"],
        cite=data["cite"],
        ask=data.get("ask"),
        read=data.get("read"),
        claim=data.get("claim", False),
        is_set="set" in data,
        listed_in=_listed_in(node, tables),
    )
    _origin(node, fact)
    _shape(node, fact)
    return _defaults(node, fact)


def _listed_in(node: Node, tables: Mapping[str, Table]) -> tuple[str, str] | None:
    if "listed_in" not in node:
        return None
    child = node["listed_in"]
    name, column = child.get("table"), child.get("column")
    if name not in tables:
        unknown_name(child["table"], "table", name, tables)
    elif column not in tables[name].columns:
        unknown_name(child["column"], "column", column, tables[name].columns)
    return name, column


def _origin(node: Node, fact: Fact) -> None:
    """A value comes from one place."""
    given = [name for name in ("read", "set", "derive") if name in node]
    if len(given) > 1 or (fact.claim and {"set", "derive"} & set(given)):
        shown = [*given, *(["claim"] if fact.claim and len(given) == 1 else [])]
        node[given[-1]].error(
            "fact-origin",
            f"`{fact.name}` has " + " and ".join(f"`{n}`" for n in shown) + ": a value comes from one place",
            key=True,
        )
    if "absent" in node and {"set", "derive"} & set(given):
        node["absent"].error("fact-origin", f"`{fact.name}` is computed, so that nothing is assumed for it", key=True)


def _shape(node: Node, fact: Fact) -> None:
    of_enum = fact.type == "enum" or (fact.type == "set" and fact.of == "enum")
    if of_enum and not fact.values:
        node.error("missing-values", f"`{fact.name}` is an enum and has no `values`", key=True)
    if fact.values and not of_enum:
        node["values"].error("values-not-enum", f"`{fact.name}` is a {fact.type}, and only an enum has `values`", key=True)
    if fact.type == "set" and fact.of is None:
        node.error("missing-of", f"`{fact.name}` is a set and does not say `of` what", key=True)
    if fact.type in {"number", "money"} and fact.unit is None:
        node.error("missing-unit", f"`{fact.name}` is a {fact.type} and has no `unit`", key=True)


def _defaults(node: Node, fact: Fact) -> Fact:
    if "absent" in node and isinstance(node.get("absent"), dict):
        assumed = _value(node["absent"]["assume"], fact)
        return replace(fact, assume=assumed, assume_because=node["absent"].get("because"))
    if fact.is_set and "default" in (node.get("set") or {}):
        return replace(fact, default=_value(node["set"]["default"], fact), has_default=True)
    return fact


def _value(node: Node, fact: Fact) -> Value:
    found = scalar(node, fact)
    return None if is_bad(found) else found


# --- derivations -----------------------------------------------------------------------------------------------------


def _derivation(node: Node, words: Words, fact: Fact) -> Derivation | None:
    ((op, child),) = node.items()
    match op:
        case "lookup":
            return _lookup(child, words, fact)
        case "compare":
            return _compare(child, words)
        case "both":
            _names(child, words)
            left, right = child.data
            return Both(left=left, right=right)
        case "total" | "difference" | "product" | "quotient":
            _names(child, words)
            terms = tuple(t if isinstance(t, str) else Decimal(t) for t in child.data)
            return Arithmetic(op=op, terms=terms)  # type: ignore[arg-type]  # narrowed by the pattern
        case _:
            return _collect(op, child, words)


def _names(node: Node, words: Words) -> None:
    """Every text of a list names a fact."""
    for child in node.elements():
        if isinstance(child.data, str) and child.data not in words.facts:
            unknown_name(child, "fact", child.data, words.facts)


def _lookup(node: Node, words: Words, fact: Fact) -> Derivation | None:
    table = words.tables.get(node.get("table"))
    if table is None:
        unknown_name(node["table"], "table", node.get("table"), words.tables)
        return None
    if node.get("column") not in table.columns:
        unknown_name(node["column"], "column", node.get("column"), table.columns)
        return None
    for column, child in node["by"].items():
        if column not in table.columns:
            unknown_name(child, "column", column, table.columns, key=True)
        if child.data not in words.facts:
            unknown_name(child, "fact", str(child.data), words.facts)
    missing: Any = node.get("missing") if "missing" in node else "unknown"
    value: Value = None
    if isinstance(missing, dict):
        child = node["missing"]["value"]
        value = frozenset(child.data) if isinstance(child.data, list) else _value(child, fact)
        missing = "value"
    return Lookup(
        table=table.id,
        column=node.get("column"),
        by=tuple((c, str(n.data)) for c, n in node["by"].items()),
        missing=missing,
        missing_value=value,
    )


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
    return Compare(left=left, op=ops[0], right=right)


def _collect(op: str, node: Node, words: Words) -> Derivation | None:
    path = str(node.get("of"))
    if path not in COLLECTIONS:
        unknown_name(node["of"], "collection", path, COLLECTIONS)
        return None
    none_given = node.get("none_given") if "none_given" in node else "unknown"
    return Collect(
        op=op,  # type: ignore[arg-type]  # the schema allows no other
        of=path,
        value=node.get("value"),
        where=element_tests(node["where"], words) if "where" in node else (),
        has=element_tests(node["has"], words) if "has" in node else (),
        none_given=none_given if isinstance(none_given, bool) else None,
    )


def derived_from(fact: Fact) -> set[str]:
    """The facts that a derived fact is computed from."""
    match fact.derive:
        case Lookup(by=by):
            return {name for _, name in by}
        case Compare(left=left, right=right) | Both(left=left, right=right):
            return {left, right}
        case Arithmetic(terms=terms):
            return {t for t in terms if isinstance(t, str)}
        case Collect(where=where, has=has):
            operands = [t.operand for t in (*where, *has)]
            return {o.fact for o in operands if hasattr(o, "fact")}
        case _:
            return set()


def _no_derivation_circles(node: Node, facts: Mapping[str, Fact]) -> None:
    """Derived facts come before the rules: never from one another in a circle, nor from what rules set."""
    for name, fact in facts.items():
        if fact.derive is None or name not in node:
            continue
        for source in sorted(derived_from(fact)):
            origin = facts.get(source)
            if origin is None:
                continue
            if origin.is_set:
                node[name]["derive"].error(
                    "derive-from-set", f"`{name}` is computed before the rules, and `{source}` is set by rules", key=True
                )
            if SCOPES.index(origin.scope) > SCOPES.index(fact.scope):
                node[name]["derive"].error(
                    "derive-scope",
                    f"`{name}` is a fact of the {fact.scope}, and `{source}` one of the {origin.scope}",
                    key=True,
                )
        if name in _ancestors(name, facts):
            node[name]["derive"].error("derive-circle", f"`{name}` is computed from itself", key=True)


def _ancestors(name: str, facts: Mapping[str, Fact]) -> set[str]:
    found: set[str] = set()
    waiting = list(derived_from(facts[name]))
    while waiting:
        source = waiting.pop()
        if source not in found and source in facts:
            found.add(source)
            waiting += derived_from(facts[source])
    return found
