"""schemas/decision.schema.json is what the types say, and every decision fits it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import msgspec
import pytest

from licet.authoring.schema_of_decision import decision_schema, decision_schema_text
from licet.evaluator import Evaluator
from licet.resources import schemas_dir
from tests.docs.pages import ROOT, keep

EXAMPLES = sorted((ROOT / "examples").glob("*.json"))


def test_the_schema_has_not_drifted() -> None:
    keep(schemas_dir() / "decision.schema.json", decision_schema_text())


def test_every_type_is_described() -> None:
    assert all("description" in definition for definition in decision_schema()["$defs"].values())


@pytest.mark.parametrize("path", EXAMPLES[::3], ids=lambda path: path.stem)
def test_decisions_fit(path: Path) -> None:
    decision = Evaluator.load(backend="reference").evaluate(path.read_bytes())
    jsonschema.validate(json.loads(msgspec.json.encode(decision)), decision_schema())
