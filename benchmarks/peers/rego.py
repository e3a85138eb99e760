"""The policy in Rego, for the two engines that read it."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path

from benchmarks.policies import Policy, Test

DOCUMENT = "bench.fired"


def module(policy: Policy) -> str:
    """One partial set, a body for each rule: the form whose bodies OPA indexes."""
    bodies = (f"fired contains {r.number} if {{ {'; '.join(map(_test, r.tests))} }}" for r in policy.rules)
    return "\n".join(["package bench", "import rego.v1", *bodies, ""])


def _test(test: Test) -> str:
    values = [json.dumps(value) for value in test.values]
    if test.operator == "in" and len(values) > 1:
        return f"input.{test.fact} in {{{', '.join(values)}}}"
    if test.operator == "in":
        return f"input.{test.fact} == {values[0]}"
    return f"input.{test.fact} {'>=' if test.operator == 'at_least' else '<='} {values[0]}"


def version_inside(package: str, pattern: bytes) -> str:
    """The version of the engine that the package's binary was built with: the package has another of its own."""
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec is not None else None
    for binary in sorted(path for folder in folders or () for path in Path(folder).glob("*.so")):
        found = re.search(pattern, binary.read_bytes())
        if found is not None:
            return found[1].decode()
    return "?"
