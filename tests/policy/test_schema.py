from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.findings import Finding
from licet.policy.schema import KINDS, validate
from licet.policy.source import load_document
from licet.resources import policies_dir, schemas_dir
from licet.suggest import choices

POLICIES = ["approval", "presumption_of_approval", "case_by_case", "presumption_of_denial", "policy_of_denial"]
RULE = """\
title: a listed entity
because: [{cite: 15 CFR 744.11(a)}]
in_force: [{from: 2008-08-21}]
reviewed: {on: 2026-11-22, by: nobody}
when: {destination: CN}
then: {require: {reason: entity_list}}
"""
ORDER = {"id": "t", "date": "2019-06-01", "activity": "export", "parties": [], "items": []}


def findings(text: str, kind: str = "rule", path: str = "rule.yaml") -> list[Finding]:
    document, _ = load_document(text.encode(), path)
    assert document is not None
    return validate(document, kind)


def only(text: str, kind: str = "rule", path: str = "rule.yaml") -> tuple[str, str]:
    """The one finding, as its place and code, and its message."""
    (found,) = findings(text, kind, path)
    return f"{found.line}:{found.column} {found.code}", found.message


def order(**changes: object) -> str:
    return json.dumps({**ORDER, **changes})


def test_right_shapes() -> None:
    assert findings(RULE) == []
    assert findings(order(), "transaction", "order.json") == []
    assert findings("id: t\ndate: 2019-06-01\nactivity: export\nparties: []\nitems: []\n", "transaction") == []


@pytest.mark.parametrize(
    ("was", "becomes", "place", "message"),
    [
        ("destination: CN", "destination: {inn: [CN]}", "5:22 unknown-field", "unknown field `inn`"),
        ("from: 2008-08-21", "form: 2008-08-21", None, None),
        (
            "from: 2008-08-21",
            'from: "2008-08-21"',
            "3:19 wrong-type",
            "expected a date for `from`, got text `2008-08-21`",
        ),
        ("from: 2008-08-21", "from: soon", "3:19 wrong-type", "expected a date for `from`, got text `soon`"),
        ("title: a listed entity", "title: 744.11", "1:8 wrong-type", "expected text for `title`, got number `744.11`"),
        (
            "title: a listed entity",
            "title: 2019-05-16",
            "1:8 wrong-type",
            "expected text for `title`, got date `2019-05-16`",
        ),
        ("title: a listed entity", "title: ''", "1:8 too-few", "expected text for `title`, got empty text"),
        ("[{cite: 15 CFR 744.11(a)}]", "[]", "2:10 too-few", "expected at least 1 entry for `because`, got none"),
        ("[{cite: 15 CFR 744.11(a)}]", "[{}]", "2:11 missing-field", "missing field `cite`"),
        ("by: nobody", "by: true", "4:32 wrong-type", "expected text for `by`, got `true`"),
        ("{destination: CN}", "{a: 1, b: 2}", "5:14 too-many", "expected at most 1 field for `when`, got `a`, `b`"),
        ("{destination: CN}", "{a: [CN]}", "5:11 wrong-type", "expected a value or an operator for `a`, got a list"),
        ("{destination: CN}", "{all: {a: 1}}", "5:13 wrong-type", "expected a list for `all`, got a mapping"),
        ("{destination: CN}", "[]", "5:7 wrong-type", "expected a condition for `when`, got a list"),
        ("{reason: entity_list}", "{reason: {every: x}}", None, None),
        (
            "{require: {reason: entity_list}}",
            "{review: {policy: denial, reasons: [x]}}",
            "6:25 not-one-of",
            f"expected one of {choices(POLICIES)} for `policy`, got text `denial`",
        ),
        ("reason: entity_list", "reason: entity list", None, None),
    ],
)
def test_a_wrong_rule(was: str, becomes: str, place: str | None, message: str | None) -> None:
    text = RULE.replace(was, becomes)
    assert text != RULE
    found = findings(text)
    if place is not None:
        assert [(f"{f.line}:{f.column} {f.code}", f.message) for f in found] == [(place, message)]
    else:
        assert found == [] or {f.code for f in found} <= {"unknown-field", "missing-field"}


def test_unknown_fields_are_pointed_at_one_by_one_with_help() -> None:
    first, second = findings(RULE + "becuse: x\nwhatever: y\n")
    assert (first.line, first.column, first.message) == (7, 1, "unknown field `becuse`")
    assert first.help is not None
    assert second.help is not None
    assert second.message == "unknown field `whatever`"
    assert second.help.startswith("the fields here are `title`, `because`, `in_force`, `text`, `reviewed`, … (")


def test_a_misspelt_field_is_told_the_one_that_is_missing() -> None:
    missing, unknown = findings(RULE.replace("because", "becuse"))
    assert (missing.code, missing.line) == ("missing-field", 1)
    assert missing.help is not None
    assert missing.help.startswith("where the law says so")
    assert unknown.help is not None
    assert unknown.help.startswith("did you mean `because`? ")


def test_a_value_that_was_refused_before_is_left_alone() -> None:
    text = RULE.replace("2008-08-21", "2008-02-30").replace("by: nobody", "by: yes")
    document, before = load_document(text.encode(), "rule.yaml")
    assert document is not None
    assert {finding.code for finding in before} == {"date-not-real", "quote-needed"}
    assert validate(document, "rule") == []


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"destinaton": "CN"}, "unknown-field", "unknown field `destinaton`"),
        (
            {"activity": "exprot"},
            "not-one-of",
            "expected one of `export`, `reexport`, `in_country_transfer`, `deemed_export`, ",
        ),
        ({"date": "2019-02-30"}, "wrong-type", "expected a date for `date`, got text `2019-02-30`"),
        (
            {"destination": "China"},
            "pattern",
            "expected a country code such as `CN`, or a region such as `UA-43` for `destination`",
        ),
        (
            {"transit": ["SG", "china"]},
            "pattern",
            "expected a country code such as `CN`, or a region such as `UA-43` in `transit`",
        ),
        (
            {"items": [{"id": "1", "eccn": "ear99"}]},
            "pattern",
            "expected an ECCN such as `3A001.a`, or EAR99 for `eccn`",
        ),
        ({"items": [{"id": 1}]}, "wrong-type", "expected an id for `id`, got number `1`"),
        (
            {"items": [{"id": "1", "quantity": "five"}]},
            "pattern",
            "expected a number, or its digits as text for `quantity`, got text `five`",
        ),
        (
            {"items": [{"id": "1", "quantity": -5}]},
            "out-of-range",
            "expected at least 0 for `quantity`, got number `-5`",
        ),
        (
            {"items": [{"id": "1", "published": "no"}]},
            "wrong-type",
            "expected `true` or `false` or `null` for `published`",
        ),
        (
            {"parties": [{"id": "a", "name": "b", "roles": []}]},
            "too-few",
            "expected at least 1 entry for `roles`, got none",
        ),
        ({"parties": [{"id": "a", "name": "b", "roles": ["enduser"]}]}, "not-one-of", "expected one of `purchaser`, "),
        ({"parties": {}}, "wrong-type", "expected a list for `parties`, got a mapping"),
        (
            {"facts": {"no good": 1}},
            "pattern",
            "expected a name of letters, digits and `_` as a key, got text `no good`",
        ),
        ({"rates": {"EUR": 0}}, "out-of-range", "expected more than 0 for `EUR`, got number `0`"),
        ({"resolutions": [{"by": "a", "on": "2019-01-01", "why": "b"}]}, "missing-field", "missing field `flag`"),
    ],
)
def test_a_wrong_order(changes: dict[str, Any], code: str, message: str) -> None:
    (found,) = findings(order(**changes), "transaction", "order.json")
    assert found.code == code
    assert found.message.startswith(message)


def test_a_fact_known_to_be_none_may_be_null() -> None:
    item = {"id": "1", "eccn": None, "quantity": None, "value": None, "published": None, "kind": None}
    assert findings(order(destination=None, items=[item]), "transaction", "order.json") == []


def test_an_order_inside_cases_has_the_shape_of_an_order() -> None:
    text = "base: {id: t, date: 2019-06-01, parties: [], items: [], colour: red}\ncases: [{name: a, expect: {}}]\n"
    found = findings(text, "cases")
    assert [(f.code, f.line) for f in found] == [("unknown-field", 1), ("too-few", 2)]


def test_a_type_asks_for_what_goes_with_it() -> None:
    fact = "facts: {a: {scope: item, type: %s, meaning: b, cite: c}}"
    assert only(fact % "enum", "vocabulary")[1] == "missing field `values` in `a`"
    assert only(fact % "set", "vocabulary")[1] == "missing field `of` in `a`"
    assert only(fact % "money", "vocabulary")[1] == "missing field `unit` in `a`"
    assert only(fact % "bolean", "vocabulary")[0] == "1:32 not-one-of"


def test_an_unknown_kind_is_a_bug() -> None:
    with pytest.raises(ValueError, match="no schema"):
        findings("a: 1", "nonsense")


def test_the_packs_have_the_right_shape() -> None:
    kinds = {f"{kind}.yaml": kind for kind in KINDS} | {"countries.yaml": "country_names", "brands.yaml": "brands"}
    folders = {"listings": "listings", "phrases": "phrases"}
    wrong = []
    for path in sorted(policies_dir().rglob("*.yaml")):
        kind = folders.get(path.parent.name) or kinds[path.name]
        document, found = load_document(path.read_bytes(), str(path))
        wrong += found if document is None else [*found, *validate(document, kind)]
    assert wrong == []


SCHEMAS = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in schemas_dir().glob("*.json")}


def properties(schema: object) -> list[tuple[str, dict[str, Any]]]:
    """Every property of the schema that an author may write (not those that an `if` looks at)."""
    if isinstance(schema, list):
        return [found for part in schema for found in properties(part)]
    if not isinstance(schema, dict):
        return []
    own = schema.get("properties", {})
    below = [part for name, part in schema.items() if name not in {"if", "properties"}]
    return [*own.items(), *properties(below), *properties(list(own.values()))]


# The schema of decisions is made from the code, and nobody writes decisions.
@pytest.mark.parametrize("name", sorted(set(SCHEMAS) - {"decision.schema.json"}))
def test_schemas_are_valid_closed_and_described(name: str) -> None:
    schema = SCHEMAS[name]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == name
    undescribed = [key for key, value in properties(schema) if not value.get("description")]
    assert undescribed == []
    text = json.dumps(schema)
    assert '"anyOf"' not in text
    assert '"oneOf"' not in text


VALUES: Any = st.recursive(
    st.sampled_from([None, True, 1, -1, "", "a", "CN", "2019-05-16", "all"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "when", "all", "then", "items", "facts", "cases", "rows", "x y", "type"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(value=VALUES, kind=st.sampled_from(KINDS))
@settings(max_examples=200, deadline=None)
def test_no_data_raises(value: object, kind: str) -> None:
    document, _ = load_document(json.dumps(value).encode(), "x.json")
    assert document is not None
    for finding in validate(document, kind):
        assert finding.line == 1
        assert finding.message
        assert finding.code != "schema"
