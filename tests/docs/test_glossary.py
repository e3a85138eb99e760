"""The glossary: its words are the ones in use, and what it lists is what the code has."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from licet.infer.resolve import OUTCOMES, RELEASE
from licet.policy.model import SCOPES
from licet.policy.terms import REVIEW_POLICIES
from licet.transaction.model import Role
from tests.docs.pages import DOCS, ROOT

TEXT = (DOCS / "glossary.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| \*\*(.+?)\*\* \| (.+) \|$", TEXT, re.MULTILINE))
PROSE = {
    path: path.read_text(encoding="utf-8")
    for path in (*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md")
}
CODE = "".join(
    path.read_text(encoding="utf-8")
    for path in (*(ROOT / "engine").rglob("*.py"), *(ROOT / "policies").rglob("vocabulary.yaml"))
)
# What people say for a word of the glossary, and what the pages must not.
SYNONYMS = {
    "licence": "license",
    "blacklist": "party list",
    "rulebook": "pack",
    "ruleset": "pack",
    "counterparty": "party",
    "false positive": "dismissed hit",
    "sanctioned party": "listing",
}


@pytest.mark.parametrize("word", sorted(ROWS))
def test_a_word_is_used_in_the_pages_and_in_the_code(word: str) -> None:
    form = re.compile(rf"\b{word.replace(' ', '[ _]')}(e?s)?\b", re.IGNORECASE)
    assert any(form.search(text) for path, text in PROSE.items() if path.name != "glossary.md"), "no page uses it"
    assert form.search(CODE.replace("_", " ")), "neither the code nor a vocabulary uses it"


@pytest.mark.parametrize("word", sorted(SYNONYMS))
def test_a_synonym_is_not_used(word: str) -> None:
    found = [path.name for path, text in PROSE.items() if re.search(rf"\b{word}\b", text, re.IGNORECASE)]
    assert found == [], f"say {SYNONYMS[word]}"


def listed(word: str) -> list[str]:
    return re.findall(r"`(\w+)`", ROWS[word])


def test_lists_are_those_of_the_code() -> None:
    assert tuple(listed("outcome")) == OUTCOMES
    assert tuple(listed("release")) == tuple(dict.fromkeys(RELEASE.values()))
    assert tuple(listed("review policy")) == REVIEW_POLICIES
    assert set(listed("role")) == set(get_args(Role))
    assert all(scope in ROWS["scope"] for scope in SCOPES)
