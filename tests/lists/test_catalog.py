"""The catalog of official lists: its files fit their schemas, and speak of lists and facts that the packs have."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import yaml
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from licet.findings import Finding
from licet.lists.catalog import CatalogError, Countries, load_catalog
from licet.lists.normalize import PhrasesFile, conditions
from licet.policy.cache import default_cache, load_pack
from licet.policy.node import Node
from licet.policy.read_conditions import Words, condition
from licet.policy.source import load_document
from licet.resources import policies_dir, schemas_dir

LISTS = policies_dir() / "lists"
FILES = {
    "sources.yaml": "sources",
    "countries.yaml": "country_names",
    **{f"phrases/{path.name}": "phrases" for path in (LISTS / "phrases").glob("*.yaml")},
}


def loaded(path: Path) -> Any:
    return yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)


def plain(data: Any) -> Any:
    """As JSON has it: days as text, shares as numbers."""
    return json.loads(
        json.dumps(data, default=lambda value: float(value) if isinstance(value, Decimal) else str(value))
    )


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_files_fit_their_schemas(name: str) -> None:
    contents = {p.name: json.loads(p.read_text(encoding="utf-8")) for p in schemas_dir().glob("*.schema.json")}
    registry: Registry[Any] = Registry().with_resources(
        (schema, DRAFT202012.create_resource(body)) for schema, body in contents.items()
    )
    validator = jsonschema.Draft202012Validator(contents[f"{FILES[name]}.schema.json"], registry=registry)
    document, _ = load_document((LISTS / name).read_bytes(), name)  # `on` is a word there, as it is in all policies
    assert document is not None
    errors = validator.iter_errors(plain(document.data))
    problems = [f"{error.json_path}: {error.message[:200]}" for error in errors]
    assert problems == []


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_key_stands_twice_and_nothing_is_an_alias(name: str) -> None:
    document, found = load_document((LISTS / name).read_bytes(), name)
    assert document is not None, found
    assert found == []


def test_lists_feed_lists_of_the_same_id() -> None:
    for list_id, known in load_catalog().lists.items():
        if known.feeds is not None:
            fed = loaded(policies_dir() / known.feeds.pack / known.feeds.list / "list.yaml")
            assert fed["list"] == list_id


def test_every_name_and_heading_is_of_one_list() -> None:
    lists = load_catalog().lists.values()
    names = [name.casefold() for known in lists for name in (*known.names, *known.headings)]
    assert len(names) == len(set(names))


def test_every_name_of_a_country_is_of_one_country() -> None:
    names = loaded(LISTS / "countries.yaml")["countries"]
    countries = Countries({code: tuple(known) for code, known in names.items()})
    assert [(code, name) for code, known in names.items() for name in known if countries.code(name) != code] == []
    table = loaded(policies_dir() / "us_ear" / "countries" / "table.yaml")["rows"]
    # YAML reads the code of Norway as a truth value where it has no quotation marks.
    codes = {row["code"] for row in table if isinstance(row["code"], str) and len(row["code"]) == 2} | {"NO"}
    assert set(names) == codes


def rows_of_phrases() -> Iterator[tuple[str, Any]]:
    for path in sorted((LISTS / "phrases").glob("*.yaml")):
        file = msgspec.convert(loaded(path), PhrasesFile)
        for requirement in file.requirements:
            yield requirement.phrases[0], requirement.scope
        for policy in file.policies:
            yield policy.phrases[0], policy.review
        for both in file.both:
            yield both.policy, both.scope
            yield both.policy, both.review


def test_conditions_are_of_facts_that_the_pack_has() -> None:
    pack = load_pack(policies_dir() / "us_ear", default_cache())
    words = Words(pack.vocabulary.facts, pack.tables)
    problems: list[Finding] = []
    seen = 0
    for _, rows in rows_of_phrases():
        for when in conditions(rows):
            text = json.dumps(plain(when)).replace('"<eccns>"', '["1A995", "3B001.a.4"]')
            document, found = load_document(text.encode(), "when.json")
            assert document is not None
            condition(Node(document.data, "when.json", document, found), words)
            problems += found
            seen += 1
    assert problems == []
    assert seen > 10


def test_the_last_row_is_for_the_rest() -> None:
    for phrase, rows in rows_of_phrases():
        if not isinstance(rows, str):
            assert "when" not in rows[-1], phrase
            assert all("when" in row for row in rows[:-1]), phrase


def test_an_exception_left_out_is_told() -> None:
    """Where `<any>` stands for words that nobody reads, or exceptions have no row, a doubt says so."""
    for path in sorted((LISTS / "phrases").glob("*.yaml")):
        file = msgspec.convert(loaded(path), PhrasesFile)
        for requirement in file.requirements:
            for phrase in requirement.phrases:
                if any(word in phrase for word in ("<any>", "except for", "apart from", "may be overcome")):
                    assert requirement.doubt, phrase
        for policy in file.policies:
            for phrase in policy.phrases:
                kinds = sum(kind in phrase for kind in ("case-by-case", "of denial", "of approval"))
                if kinds > 1 and isinstance(policy.review, str):
                    assert policy.doubt, phrase


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("sources.yaml", "lists: [", "sources.yaml"),
        ("sources.yaml", "lists: {a: {title: A, names: [A], cite: B, start_date: someday}}", "someday"),
        ("countries.yaml", "countries: {NO: [Norway]}", "countries.yaml"),
        ("phrases/entity_list.yaml", "title: a test", "entity_list.yaml"),
        ("countries.yaml", "countries: !!python/object/apply:os.getcwd []", "countries.yaml"),
    ],
)
def test_files_that_cannot_be_used(file: str, text: str, message: str, tmp_path: Path) -> None:
    shutil.copytree(LISTS, tmp_path / "lists")
    (tmp_path / "lists" / file).write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError, match=message):
        load_catalog(tmp_path / "lists")


def test_a_folder_without_files(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="cannot read"):
        load_catalog(tmp_path)
