"""The JSON Schema of a decision, made from its types: `schemas/decision.schema.json` is this, written down."""

from __future__ import annotations

import json
from inspect import cleandoc
from typing import Any

import msgspec

from licet.decision.model import Decision

SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def decision_schema() -> dict[str, Any]:
    """The schema; descriptions are the types' own docstrings."""
    made: dict[str, Any] = _dedented(msgspec.json.schema(Decision))
    return {
        "$schema": SCHEMA,
        "$id": "decision.schema.json",
        "title": "decision",
        "description": "what `licet evaluate --format json` prints for an order",
        **made,
    }


def _dedented(schema: Any) -> Any:
    """The schema with its descriptions as every Python has them: from 3.13 on docstrings come without indentation."""
    if isinstance(schema, dict):
        return {name: cleandoc(v) if name == "description" else _dedented(v) for name, v in schema.items()}
    return [_dedented(part) for part in schema] if isinstance(schema, list) else schema


def decision_schema_text() -> str:
    """The schema as the file has it."""
    return json.dumps(decision_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(decision_schema_text(), end="")  # noqa: T201  # `python -m licet.authoring.schema_of_decision > schemas/…`
