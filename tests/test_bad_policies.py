"""Policy with one mistake each: what `licet check` says to its author, word for word.

A folder of tests/bad/policies holds the files that differ from tests/bad/base, and `expected.txt`; `removed.txt` names
files of the base that are left out. `LICET_UPDATE=1` writes what is said now.
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from licet.findings import Finding, has_errors, render_text
from licet.policy.load import PolicyError, load_checked

BAD = Path(__file__).resolve().parent / "bad"
FOLDERS = sorted(path for path in (BAD / "policies").iterdir() if path.is_dir())
OURS = frozenset({"expected.txt", "removed.txt"})


def findings(folder: Path) -> Sequence[Finding]:
    try:
        return load_checked(folder).findings
    except PolicyError as error:
        return error.findings


def source(path: str) -> str | None:
    file = Path(path)
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else None


def assembled(mistake: Path, into: Path) -> None:
    """The base with the mistake laid over it."""
    shutil.copytree(BAD / "base", into)
    shutil.copytree(mistake, into, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*OURS))
    removed = mistake / "removed.txt"
    for name in removed.read_text(encoding="utf-8").split() if removed.is_file() else ():
        (into / name).unlink()


def test_the_base_has_no_mistake() -> None:
    assert findings(BAD / "base") == ()


def test_there_are_enough_mistakes() -> None:
    assert len(FOLDERS) >= 50


@pytest.mark.parametrize("mistake", FOLDERS, ids=lambda folder: folder.name)
def test_a_mistake_is_told(mistake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assembled(mistake, tmp_path / "pack")
    monkeypatch.chdir(tmp_path)
    found = findings(Path("pack"))
    told = render_text(found, sources=source)
    expected = mistake / "expected.txt"
    if os.environ.get("LICET_UPDATE"):
        expected.write_text(told, encoding="utf-8", newline="\n")
    assert has_errors(found)
    assert told == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("mistake", FOLDERS, ids=lambda folder: folder.name)
def test_a_mistake_is_told_briefly(mistake: Path) -> None:
    """One mistake, and at most one echo of it."""
    told = (mistake / "expected.txt").read_text(encoding="utf-8")
    assert 1 <= told.count(": error[") <= (4 if mistake.name.startswith("two_broken") else 2)
