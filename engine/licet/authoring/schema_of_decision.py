"""The JSON Schema of a decision, made from its types: `schemas/decision.schema.json` is this, written down."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from licet.decision.model import Decision

SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def decision_schema() -> dict[str, Any]:
    """The schema; descriptions are the types' own docstrings."""
    made = msgspec.json.schema(Decision)
    return {
        "$schema": SCHEMA,
        "$id": "decision.schema.json",
        "title": "decision",
        "description": "what `licet evaluate --format json` prints for an order",
        **made,
    }


def decision_schema_text() -> str:
    """The schema as the file has it."""
    return json.dumps(decision_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(decision_schema_text(), end="")  # noqa: T201  # `python -m licet.authoring.schema_of_decision > schemas/…`
