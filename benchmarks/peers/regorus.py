"""regorus, the Rego interpreter in Rust, by way of the package opa-eval; it wants JSON text."""

from __future__ import annotations

import importlib
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.peers.rego import DOCUMENT, module, version_inside
from benchmarks.policies import Case, Policy

NAME = "regorus"
INSTALL = "pip install opa-eval"


def version() -> str:
    """That of regorus, which the package does not say."""
    importlib.import_module("opa_eval")
    return version_inside("opa_eval", rb"regorus-(\d+\.\d+\.\d+)")


def build(policy: Policy) -> _Regorus:
    """The evaluator of the policy's file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.rego"
        file.write_text(module(policy), encoding="utf-8")
        return _Regorus(importlib.import_module("opa_eval").OpaEval(str(file), query=f"data.{DOCUMENT}"))


class _Regorus:
    """An evaluator."""

    def __init__(self, evaluator: Any) -> None:
        self._evaluate = evaluator.evaluate_parsed

    def fired(self, case: Case) -> frozenset[int]:
        """The rules that fire."""
        return frozenset(self._evaluate(msgspec.json.encode(case).decode()))
