from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.findings import (
    Finding,
    Severity,
    has_errors,
    render_github,
    render_json,
    render_sarif,
    render_text,
    sort_findings,
)
from licet.text import clean, quoted, visible, width


def finding(**changes: object) -> Finding:
    fields: dict[str, object] = {
        "code": "unknown-field",
        "message": "unknown field `destnation`",
        "path": "policies/us/rule.yaml",
        "line": 2,
        "column": 5,
        "help": "did you mean `destination`?",
    }
    return Finding(**{**fields, **changes})  # type: ignore[arg-type] # one helper for every field


def text_of(*findings: Finding, source: str | None = "when:\n  - destnation: {in: [CN]}\n") -> list[str]:
    return render_text(findings, sources=lambda _: source).splitlines()


def test_text_shows_place_line_carets_and_help() -> None:
    assert text_of(finding()) == [
        "policies/us/rule.yaml:2:5: error[unknown-field]: unknown field `destnation`",
        "    2 |   - destnation: {in: [CN]}",
        "      |     ^^^^^^^^^^",
        "  help: did you mean `destination`?",
    ]


def test_text_without_source_help_or_such_a_line() -> None:
    assert len(text_of(finding(help=None), source=None)) == 1
    assert len(text_of(finding(line=99))) == 2
    assert render_text([], sources=lambda _: None) == ""


@pytest.mark.parametrize(
    ("line", "column", "carets"),
    [
        ('a: "b \\" c" d', 4, "         ^^^^^^^^".rstrip()),
        ("华为: x", 5, "      ^"),
        ("a:\tb", 3, "  ^"),
        ("a", 9, " ^"),
        ("", 1, "^"),
    ],
)
def test_carets_stand_below_the_word(line: str, column: int, carets: str) -> None:
    shown = text_of(finding(line=1, column=column), source=line)[2].removeprefix("      | ")
    if line.startswith("a: "):
        assert shown == "   ^^^^^^^^"
    else:
        assert shown == carets


def test_a_long_line_is_cut_around_the_place() -> None:
    _, line, carets, _ = text_of(finding(line=1, column=500), source="x " * 249 + " word" + " y" * 400)
    assert len(line) < 160
    assert line[carets.index("^") :].startswith("word")


def test_hostile_text_does_not_reach_the_terminal() -> None:
    bad = "\x1b[31mred\x1b[0m \u202eesrever\x07"
    lines = text_of(finding(message=bad, help=bad, path=bad, line=1, column=1), source=f"a: {bad}\n")
    assert not any(c in line for line in lines for c in "\x1b\u202e\x07")


def test_order_is_by_place_and_each_once() -> None:
    ordered = [finding(path="a", line=9), finding(line=1), finding(), finding(column=6), finding(column=6, code="z")]
    shuffled = [*ordered, *ordered]
    Random(1).shuffle(shuffled)
    assert sort_findings(shuffled) == ordered


def test_only_errors_are_errors() -> None:
    assert has_errors([finding()])
    assert not has_errors([finding(severity=Severity.WARNING), finding(severity=Severity.NOTE)])


def test_json() -> None:
    body = json.loads(render_json([finding(severity=Severity.WARNING), finding(line=1, help=None)]))
    assert body["counts"] == {"error": 1, "warning": 1, "note": 0}
    assert body["findings"][0] == {
        "code": "unknown-field",
        "severity": "error",
        "message": "unknown field `destnation`",
        "path": "policies/us/rule.yaml",
        "line": 1,
        "column": 5,
        "help": None,
    }


def test_sarif() -> None:
    log = json.loads(
        render_sarif([finding(path="a b\\ü.yaml"), finding(code="tab", severity=Severity.NOTE)], version="1.2")
    )
    (run,) = log["runs"]
    assert (log["version"], run["tool"]["driver"]["version"]) == ("2.1.0", "1.2")
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["tab", "unknown-field"]
    first, second = run["results"]
    assert (first["ruleId"], first["ruleIndex"], first["level"]) == ("unknown-field", 1, "error")
    assert second["level"] == "note"
    location = first["locations"][0]["physicalLocation"]
    assert location == {"artifactLocation": {"uri": "a%20b/%C3%BC.yaml"}, "region": {"startLine": 2, "startColumn": 5}}


def test_github_escapes_what_would_be_a_command() -> None:
    lines = render_github(
        [
            finding(path="a,b:c.yaml", message="50% of\n::error::x", help="help"),
            finding(line=3, help=None, severity=Severity.NOTE),
        ]
    )
    assert lines.splitlines() == [
        "::error file=a%2Cb%3Ac.yaml,line=2,col=5,title=unknown-field::50%25 of ::error::x%0Ahelp",
        "::notice file=policies/us/rule.yaml,line=3,col=5,title=unknown-field::unknown field `destnation`",
    ]


@given(text=st.text(), limit=st.integers(1, 50))
def test_clean_text_is_one_short_printable_line(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert len(cleaned) <= limit
    assert cleaned.splitlines() == ([cleaned] if cleaned else [])
    assert visible(cleaned) == cleaned
    assert "`" not in quoted(text)[1:-1]


def test_clean_takes_whole_escape_sequences() -> None:
    assert clean("a\x1b[1;31mb\x1b]8;;http://x\x07c\x9b2Jd") == "abcd"
    assert clean("x" * 5000, 10) == "x" * 9 + "…"
    assert clean("\x00" * 5000 + "x", 10) == ""
    assert width("e\u0301") == 1
