"""The page on embedding: its code runs, and what it says of the contracts is so."""

from __future__ import annotations

import doctest
import json
from typing import Any

import jsonschema
import msgspec
import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from licet import Evaluator
from licet.decision.model import LineDecision
from licet.resources import schemas_dir
from tests.docs.pages import DOCS, ROOT, blocks

PAGE = DOCS / "embedding.md"


def test_its_code_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    scope: dict[str, Any] = {}
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for block in blocks(PAGE, "python"):
        if not block.text.startswith(">>>"):
            exec(compile(block.text, block.where, "exec"), scope)  # noqa: S102  # our own page
            continue
        test = doctest.DocTestParser().get_doctest(block.text, scope, block.where, PAGE.name, block.line)
        report: list[str] = []
        failed = runner.run(test, out=report.append, clear_globs=False).failed
        scope = test.globs
        assert not failed, "".join(report)


def test_every_field_of_a_line_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    unexplained = {f for f in LineDecision.__struct_fields__ if f"`{f}`" not in text} - {"item", "outcome", "release"}
    assert unexplained == set()


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.json")), ids=lambda path: path.name)
def test_what_is_encoded_meets_the_contract(path: Any) -> None:
    contents = {p.name: json.loads(p.read_text(encoding="utf-8")) for p in schemas_dir().glob("*.schema.json")}
    registry: Registry[Any] = Registry().with_resources(
        (name, DRAFT202012.create_resource(body)) for name, body in contents.items()
    )
    decision = Evaluator.load().evaluate(path.read_bytes())
    data = json.loads(msgspec.json.encode(decision))
    jsonschema.Draft202012Validator(contents["decision.schema.json"], registry=registry).validate(data)
