"""The manifest: data to what the pack is, every name checked."""

from __future__ import annotations

from collections.abc import Mapping

from licet.policy.model import Manifest, Table
from licet.policy.node import Node
from licet.policy.read_conditions import CALLED, Words, is_bad, scalar, unknown_name
from licet.policy.terms import Test
from licet.text import quoted


def manifest(node: Node, pack_id: str, words: Words) -> Manifest:
    """The manifest of a node; findings for names that the pack does not have."""
    jurisdiction = node["jurisdiction"]
    name, subject = str(jurisdiction.get("fact")), str(jurisdiction.get("subject"))
    fact = words.facts.get(name)
    if fact is None:
        unknown_name(jurisdiction["fact"], "fact", name, words.facts)
    elif fact.type != "enum":
        jurisdiction["fact"].error("not-an-enum", f"expected a fact that is an enum, and `{name}` is a {fact.type}")
    elif subject not in fact.values:
        unknown_name(jurisdiction["subject"], "value", subject, fact.values, of=name)
    current, limit = node.get("current_through"), node.get("holds_after")
    if limit < current:
        node["holds_after"].error(
            "period-order",
            f"the pack holds after {limit}, and is said to be current through {current}",
            help="`holds_after` is the last day that the pack may be relied on",
        )
    codes = node.get("country_codes") or {}
    return Manifest(
        id=pack_id,
        title=node.get("title"),
        regime=node.get("regime"),
        binds=node.get("binds") is True,
        binds_where=_binding(node["binds"], words),
        jurisdiction_fact=name,
        jurisdiction_subject=subject,
        current_through=current,
        holds_after=limit,
        country_table=codes.get("table"),
        country_code=codes.get("code"),
        country_name=codes.get("name"),
    )


def _binding(node: Node, words: Words) -> Test | None:
    """Where a pack binds that does not always or never: a fact of the whole line, and its value there."""
    if isinstance(node.data, bool):
        return None
    name = str(node.get("fact"))
    fact = words.facts.get(name)
    if fact is None:
        unknown_name(node["fact"], "fact", name, words.facts)
        return None
    if fact.scope not in {"transaction", "item"} or fact.type not in {"boolean", "enum"}:
        node["fact"].error(
            "not-a-binding-fact",
            "expected a boolean or an enum of the transaction or the item, "
            f"and `{name}` is {CALLED[fact.type]} of the {fact.scope}",
            help="whether a pack binds is asked of a line as a whole",
        )
        return None
    value = scalar(node["is"], fact)
    return None if is_bad(value) else Test(fact=name, op="is", operand=value)


def country_codes(node: Node, tables: Mapping[str, Table]) -> Mapping[str, str]:
    """Every country code there is with its name, by the table that the manifest names; none where it names no table."""
    if "country_codes" not in node:
        return {}
    about = node["country_codes"]
    table = tables.get(str(about.get("table")))
    if table is None:
        unknown_name(about["table"], "table", str(about.get("table")), tables)
        return {}
    for field in ("code", "name"):
        if about.get(field) not in table.columns:
            unknown_name(about[field], "column", str(about.get(field)), table.columns)
            return {}
        if table.columns[about.get(field)].type == "set":
            about[field].error(
                "not-a-code", f"expected a column of single values, and {quoted(about.get(field))} is a set"
            )
            return {}
    code, name = (list(table.columns).index(about.get(field)) for field in ("code", "name"))
    return {str(row.values[code]): str(row.values[name]) for row in table.rows}
