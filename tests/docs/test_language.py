"""The page on the policy language: its examples are one pack, which loads and whose cases pass."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from licet import Evaluator
from licet.authoring.run import read_cases, run
from licet.policy.load import PolicyError, load_checked
from licet.policy.read_derivations import COLLECTIONS
from licet.policy.source import load_document
from licet.resources import schemas_dir
from licet.truth import OPERATORS
from tests.docs.pages import DOCS, ROOT, Block, blocks

PAGE = DOCS / "language.md"
MORE = Path(__file__).parent / "language_cases"  # cases too many for the page
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = blocks(PAGE, "yaml")
WRONG = [block for block in BLOCKS if block.marker("wrong")]


def files() -> dict[str, str]:
    """The files of the page's pack: blocks that name the same file follow one another in it."""
    found: dict[str, str] = {}
    for block in BLOCKS:
        name = block.marker("file")
        if name and not block.marker("wrong"):
            found[name] = found.get(name, "") + block.text
    return found


def written(home: Path, changes: Mapping[str, str] | None = None) -> Path:
    pack = home / "example"
    for name, text in {**files(), **(changes or {})}.items():
        path = pack / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return pack


def test_every_block_is_a_file_or_a_mistake() -> None:
    assert [b.where for b in BLOCKS if not b.marker("file") and not b.marker("wrong")] == []


def test_the_pack_loads_without_a_finding(tmp_path: Path) -> None:
    loaded = load_checked(written(tmp_path))
    assert [f"{f.path}:{f.line}: {f.code}: {f.message}" for f in loaded.findings] == []
    assert loaded.pack is not None


@pytest.mark.parametrize("backend", ["auto", "reference"])
def test_its_cases_pass_and_so_do_those_that_prove_what_it_says(tmp_path: Path, backend: str) -> None:
    more = {path.relative_to(MORE).as_posix(): path.read_text(encoding="utf-8") for path in MORE.rglob("*.yaml")}
    pack = written(tmp_path, more)
    cases = read_cases(pack, ROOT / "examples")
    evaluator = Evaluator.load(pack, backend=backend, cache=None)
    report = run(evaluator, cases)
    assert {o.case.id: o.failures for o in report.failed} == {}
    rules = {rule.id for rule in evaluator.packs[0].program.pack.rules}
    assert rules - {rule for o in report.outcomes for rule in o.fired} == set(), (
        "every rule of the page holds somewhere"
    )


@pytest.mark.parametrize("block", WRONG, ids=lambda block: block.where)
def test_mistakes_are_found(tmp_path: Path, block: Block) -> None:
    name = block.marker("file")
    assert name, "a mistake says in which file it is made"
    try:
        found = load_checked(written(tmp_path, {name: block.text})).findings
    except PolicyError as error:
        found = error.findings
    assert block.marker("wrong") in {f.code for f in found}, [f"{f.path}: {f.code}: {f.message}" for f in found]


# --- nothing is left out ---------------------------------------------------------------------------------------------


def keys(data: Any) -> Iterator[str]:
    """Every key in the data, however deep."""
    if isinstance(data, dict):
        for key, child in data.items():
            yield str(key)
            yield from keys(child)
    elif isinstance(data, list):
        for child in data:
            yield from keys(child)


def shown() -> set[str]:
    """The keys that the page's pack uses, and the words that the page explains."""
    found: set[str] = set()
    for name, text in files().items():
        document, _ = load_document(text.encode(), name)
        assert document is not None
        found |= set(keys(document.data))
    return found


def fields(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for child in schema.values():
            yield from fields(child)
    elif isinstance(schema, list):
        for child in schema:
            yield from fields(child)


KINDS = ("pack", "vocabulary", "rule", "table", "list", "listings", "general_license", "cases", "coverage")


@pytest.mark.parametrize("kind", [*KINDS, "common"])
def test_every_field_of_the_schemas_is_shown(kind: str) -> None:
    schema = json.loads((schemas_dir() / f"{kind}.schema.json").read_text(encoding="utf-8"))
    missing = {name for name in set(fields(schema)) - shown() if f"`{name}`" not in TEXT}
    assert missing == set()


def test_every_operator_is_shown_and_explained() -> None:
    for operator in set(OPERATORS) - {"is"}:
        assert operator in shown(), operator
        assert f"`{operator}`" in TEXT, operator


def test_every_collection_is_named() -> None:
    assert [name for name in COLLECTIONS if f"`{name}`" not in TEXT] == []
