"""A command line and what it printed."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from licet.cli.main import run
from tests.docs.pages import ROOT

EXAMPLES = ROOT / "examples"


@dataclass(frozen=True, slots=True)
class Done:
    """The exit code, and what came out."""

    code: int
    out: str
    err: str


Licet = Callable[..., Done]


@pytest.fixture
def licet(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Licet:
    """Runs a command line in this process."""
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments: str | Path, stdin: bytes | None = None) -> Done:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capfd.readouterr()
        code = run([str(a) for a in arguments])
        printed = capfd.readouterr()
        return Done(code, printed.out, printed.err)

    return call


@pytest.fixture
def broken_pack(tmp_path: Path) -> Path:
    pack = tmp_path / "broken"
    pack.mkdir()
    (pack / "vocabulary.yaml").write_text("facts: {}\n", encoding="utf-8")
    (pack / "pack.yaml").write_text("title: Broken\nregme: us\n", encoding="utf-8")
    return pack


def example(number: str) -> Path:
    (path,) = EXAMPLES.glob(f"{number}_*")
    return path


GO, FAILED, STOP, BAD, HOLD = 0, 1, 2, 3, 4
Data = dict[str, Any]
