from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.policy import yaml_text
from licet.policy.source import Document, load_document

PURE = yaml.SafeLoader
PARSERS = [pytest.param(parser, id=parser.__name__) for parser in dict.fromkeys((yaml_text.loader, PURE))]


@pytest.fixture(params=PARSERS, autouse=True)
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_text, "loader", request.param)


def load(text: str | bytes, path: str = "rule.yaml", **options: Any) -> tuple[Document | None, list[str]]:
    """The document, and its findings as `line:column code`."""
    raw = text if isinstance(text, bytes) else text.encode()
    document, findings = load_document(raw, path, **options)
    return document, [f"{finding.line}:{finding.column} {finding.code}" for finding in findings]


def data(text: str, path: str = "rule.yaml", **options: Any) -> Any:
    document, findings = load(text, path, **options)
    assert findings == []
    assert document is not None
    return document.data


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("2019-05-16", date(2019, 5, 16)),
        ("2020-02-29", date(2020, 2, 29)),
        ("25", 25),
        ("-3", -3),
        ("0", 0),
        ("0.5", Decimal("0.5")),
        ("0.10", Decimal("0.10")),
        ("NO", "NO"),
        ("ON", "ON"),
        ("3E001", "3E001"),
        ("0E001", "0E001"),
        ("3A001.a.5", "3A001.a.5"),
        ("EAR99", "EAR99"),
        ("5G", "5G"),
        ("84 FR 22961", "84 FR 22961"),
        ("none", "none"),
        ("1.2.3", "1.2.3"),
        ("-", "-"),
        ('"2019-05-16"', "2019-05-16"),
        ("'yes'", "yes"),
        ('""', ""),
        ('"1"', "1"),
        ('"a\\tb"', "a\tb"),
        ("华为", "华为"),
    ],
)
def test_a_scalar_means_one_thing(written: str, read: object) -> None:
    value = data(f"- {written}" if written != "-" else '- "-"')[0]
    assert (type(value), value) == (type(read), read)


@pytest.mark.parametrize(
    "written",
    [
        *("yes", "no", "on", "off", "y", "n", "Yes", "No", "On", "Off", "Y", "N", "YES", "OFF"),
        *("True", "TRUE", "False", "FALSE", "Null", "NULL", "~", "=", ""),
        *("0o17", "017", "0x1F", "0b1", "1_000", "1e5", "1E5", "3E1", "3e001", "1.5e3", ".5", "1.", "+1", "00"),
        *("12:30", "1:2:3", ".inf", "-.INF", ".nan", "2019-5-6", "2019-05-16 12:30:00", "2019-05-16T12:30:00Z"),
    ],
)
def test_what_tools_read_differently_must_be_quoted(written: str) -> None:
    document, found = load(f"- a\n- {written}".rstrip() + "\n")
    assert [line.split()[1] for line in found] == ["quote-needed"]
    assert document is not None
    assert document.flawed((1,))
    assert not document.flawed((0,))
    if written:
        assert data(f"- '{written}'") == [written]


def test_a_day_that_does_not_exist() -> None:
    assert load("from: 2019-02-29")[1] == ["1:7 date-not-real"]


def test_numbers_are_bounded() -> None:
    assert load("n: " + "9" * 5000)[1] == ["1:4 number-range"]
    assert load('{"n": 1e999999999}', "order.json")[1] == ["1:7 number-range"]


def test_words_for_yes_and_no_are_text_as_keys() -> None:
    assert data("reviewed: {on: 2026-11-22, by: nobody}\nno: 1") == {
        "reviewed": {"on": date(2026, 11, 22), "by": "nobody"},
        "no": 1,
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1\nb: 2\na: 3\n", ["3:1 duplicate-key"]),
        ("a: {b: 1, b: {c: ~}}\n", ["1:11 duplicate-key", "1:18 quote-needed"]),
        ("a: &x 1\nb: *x\n", ["1:4 alias", "2:4 alias"]),
        ("a: !!str 1\n", ["1:4 tag"]),
        ("a: ! b\n", ["1:4 tag"]),
        ("<<: {a: 1}\n", ["1:1 merge-key"]),
        ("1: a\ntrue: b\n2019-05-16: c\n3E1: d\n", [f"{n}:1 key-not-text" for n in range(1, 5)]),
        ("? [a, b]\n: c\nd: 1\n", ["1:3 key-not-text"]),
        ("{a: 1}: b\nd: 1\n", ["1:1 key-not-text"]),
        ("a: 1\n--- \nb: 2\n", ["2:1 multiple-documents"]),
        ("%YAML 1.1\n---\na: 1\n", ["1:1 tag"]),
        ("a:\n", ["1:1 quote-needed"]),
        ("a:\tb\n", ["1:3 tab"]),
        ("a:\n\tb: 1\n  c: 2\n", ["2:1 tab"]),
        ("", ["1:1 empty-file"]),
        ("# only a comment\n", ["1:1 empty-file"]),
        ("---\n", ["1:1 empty-file"]),
        ("a: b\u202ec\n", ["1:5 control-character"]),
        ("a: b\x07\n", ["1:5 control-character"]),
        ('a: "b\\u202e"\n', ["1:4 control-character"]),
        ("a: b\rc: d\n", ["1:5 control-character"]),
        (b"a: 1\nb: \xff\n", ["2:4 not-utf8"]),
        ("a: 1".encode("utf-16"), ["1:1 not-utf8"]),
    ],
)
def test_refused(text: str | bytes, found: list[str]) -> None:
    assert load(text)[1] == found


@pytest.mark.parametrize(
    "text",
    [
        "a: b: c",
        "a: [1, 2\n",
        "a: {b: 1\n",
        "a: 'b\n",
        'a: "\\q"',
        "a: @b",
        "a: `b`",
        "- a\nb: c",
        "a: 1\n b: 2",
        'a: "\\UFFFFFFFF"',
        "a\nb: c",
    ],
)
def test_a_syntax_error_stops_the_file_and_is_said_in_plain_words(text: str) -> None:
    document, findings = load_document(text.encode(), "rule.yaml")
    assert document is None
    (finding,) = findings
    assert finding.code == "yaml-syntax"
    assert not {"token", "block end", "mapping values", "scalar"} & set(finding.message.split())


def test_a_duplicate_keeps_the_first_value_and_reads_over_the_second() -> None:
    document, _ = load("a: 1\na: {b: [1, {c: 2}]}\nd: 3\n")
    assert document is not None
    assert document.data == {"a": 1, "d": 3}


def test_findings_before_a_syntax_error_are_kept() -> None:
    assert load("a: yes\nb: 'c\n")[1] == ["1:4 quote-needed", "2:4 yaml-syntax"]


def test_bom_and_crlf_are_read_over() -> None:
    document, found = load("\ufeffa: 1\r\nb: [x, z]\r\n")
    assert found == []
    assert document is not None
    assert document.data == {"a": 1, "b": ["x", "z"]}
    assert document.mark(("b", 1)) == (2, 8)


def test_positions_of_values_and_keys() -> None:
    document, _ = load("when:\n  all:\n    - fact: {in: [华为, b]}\n    - other: 1\n")
    assert document is not None
    assert document.key_mark(("when", "all")) == (2, 3)
    assert document.mark(("when", "all")) == (3, 5)
    assert document.mark(("when", "all", 0)) == (3, 7)
    assert document.key_mark(("when", "all", 0, "fact", "in")) == (3, 14)
    assert document.mark(("when", "all", 0, "fact", "in", 1)) == (3, 23)
    assert document.mark(("when", "all", 1, "missing", 3)) == document.mark(("when", "all", 1)) == (4, 7)


@pytest.mark.parametrize(
    ("text", "options", "found"),
    [
        ("a: " + "x" * 100, {"max_bytes": 50}, ["1:1 too-large"]),
        ("[" * 100_000, {}, ["1:51 too-deep"]),
        ("[" * 51 + "]" * 51, {}, ["1:51 too-deep"]),
        ("{a: " * 3 + "1" + "}" * 3, {"max_depth": 2}, ["1:9 too-deep"]),
        ("[1, 2, 3, 4]", {"max_nodes": 4}, ["1:11 too-large"]),
        ("- yes\n" * 1000, {}, [*(f"{n}:3 quote-needed" for n in range(1, 201)), "201:3 too-many-findings"]),
    ],
)
def test_limits(text: str, options: dict[str, Any], found: list[str]) -> None:
    assert load(text, **options)[1] == found
    if text.startswith("["):
        assert load(text, "order.json", **options)[1] == found


ORDERS: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc"), inner, max_size=4),
    max_leaves=20,
)


@given(order=ORDERS, indent=st.sampled_from([None, 2, "\t"]), plain=st.booleans())
@settings(max_examples=150, deadline=None)
def test_json_is_read_as_json(order: object, indent: int | str | None, plain: bool) -> None:
    text = json.dumps(order, indent=indent, ensure_ascii=plain)
    assert data(text, "order.json", strict_scalars=False) == order


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1,}', "1:9"),
        ("[1 2]", "1:4"),
        ('{"a" 1}', "1:6"),
        ("{a: 1}", "1:2"),
        ("[1,\n 01]", "2:2"),
        ('["a\nb"]', "1:4"),
        ('["a', "1:2"),
        ('["\\q"]', "1:3"),
        ("[NaN]", "1:2"),
        ("[] []", "1:4"),
        ("[", "1:2"),
        ("]", "1:1"),
        ("[tru]", "1:2"),
        ('{"a":1}}', "1:8"),
    ],
)
def test_json_syntax(text: str, found: str) -> None:
    assert load(text, "order.json") == (None, [f"{found} json-syntax"])


def test_json_numbers_keys_and_text() -> None:
    order = data('{"a": 1e5, "b": 0.10, "c": "2019-05-16", "on": "yes", "1": "\\ud83d\\ude00"}', "order.json")
    assert order == {"a": Decimal(100000), "b": Decimal("0.10"), "c": "2019-05-16", "on": "yes", "1": "😀"}
    assert load('{"a": 1, "a": 2}', "order.json")[1] == ["1:10 duplicate-key"]
    assert load('{"a": "\\ud83d"}', "order.json", strict_scalars=False)[1] == ["1:7 control-character"]
    assert load('{"a": "\\u0000"}', "order.json", strict_scalars=False)[1] == ["1:7 control-character"]


def test_without_a_telling_name_the_first_character_decides() -> None:
    assert data('\n{"a": 1e5}', "<stdin>", strict_scalars=False) == {"a": Decimal("1E+5")}
    assert data("a: 1e5\nb: 3E001", "<stdin>", strict_scalars=False) == {"a": Decimal("1E+5"), "b": "3E001"}
    assert data("{a: b}", "order.yaml") == {"a": "b"}


def test_an_order_may_carry_marks_that_policy_may_not() -> None:
    text = "name: Example\u200e Ltd\n"
    assert data(text, "order.yaml", strict_scalars=False) == {"name": "Example\u200e Ltd"}
    assert load(text)[1] == ["1:14 control-character"]


BITS = (
    "a¦b: ¦- ¦\n¦  ¦? ¦: ¦[¦]¦{¦}¦,¦'¦\"¦&a ¦*a¦!t ¦|\n¦>-\n¦#c\n¦---\n¦...\n¦<<: ¦yes¦1e5¦2019-02-30¦\t¦\r\n¦\\u0000¦"
    "%YAML 1.2\n¦\ufeff¦\u2028¦😀¦~¦=¦@¦c: d\n¦- e\n¦f:\n  g: h\n¦\\U99999999"
)
YAML_TEXT = st.lists(st.sampled_from(BITS.split("¦")), max_size=20).map("".join)


@given(
    raw=st.binary(max_size=60) | YAML_TEXT.map(str.encode),
    strict=st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_no_bytes_raise(raw: bytes, strict: bool) -> None:
    for path in ("rule.yaml", "order.json", "-"):
        document, findings = load_document(raw, path, strict_scalars=strict)
        assert document is not None or findings
        lines = raw.count(b"\n") + raw.count(b"\r") + 1
        assert all(
            1 <= finding.line <= lines and finding.column >= 1 and "\n" not in finding.message for finding in findings
        )


TREES: Any = st.recursive(
    st.sampled_from(
        ["text", "a b", 1, True, None, "yes", "2019-05-16", "x: y", "- z", "", "multi\nline", "华为", "it's"]
    ),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(st.sampled_from("abcdef"), inner, min_size=1, max_size=3)
    ),
    max_leaves=15,
)


DUMPED = st.builds(
    lambda tree, flow, style: yaml.safe_dump(tree, default_flow_style=flow, default_style=style, allow_unicode=True),
    TREES,
    st.sampled_from([None, True, False]),
    st.sampled_from([None, '"', "'", "|", ">"]),
)


@given(text=DUMPED | YAML_TEXT)
@settings(max_examples=300, deadline=None)
def test_both_parsers_give_the_same_data_and_positions(text: str) -> None:
    before, results = yaml_text.loader, []
    try:
        for parser in (PARSERS[0].values[0], PURE):
            yaml_text.loader = parser
            results.append(load_document(text.encode(), "rule.yaml"))
    finally:
        yaml_text.loader = before
    (one, found), (other, found_other) = results
    assert one == other
    assert one is None or found == found_other  # of a syntax error, they may see the place differently
