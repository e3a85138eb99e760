"""OPA, in process: its Go evaluator as a shared library, by way of the package opa-golib-python-bindings.

The query is prepared once. Input and result pass as JSON, as they must between Python and Go. The package asks for
Python 3.14, where durable-rules cannot be imported; it is plain Python around the library, and runs on 3.11 as well.
"""

from __future__ import annotations

import importlib
from typing import Any

from benchmarks.peers.rego import DOCUMENT, module, version_inside
from benchmarks.policies import Case, Policy

NAME = "OPA"
INSTALL = "pip install --no-deps --ignore-requires-python opa-golib-python-bindings"


def version() -> str:
    """That of OPA, which the package does not say."""
    importlib.import_module("opa_bindings")
    return version_inside("opa_bindings", rb"open-policy-agent/opa@v(\d+\.\d+\.\d+)")


def build(policy: Policy) -> _Opa:
    """An engine with the policy's module, compiled by a first query."""
    engine = importlib.import_module("opa_bindings").OpaEngine()
    engine.add_policy("bench.rego", module(policy))
    engine.eval_document(DOCUMENT, {})
    return _Opa(engine)


class _Opa:
    """An engine."""

    def __init__(self, engine: Any) -> None:
        self._evaluate = engine.eval_document

    def fired(self, case: Case) -> frozenset[int]:
        """The rules that fire."""
        return frozenset(self._evaluate(DOCUMENT, case))
