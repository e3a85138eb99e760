"""All pages: links lead somewhere, and decisions have the shape that their template says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT

PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
_LINK = re.compile(r"\[[^\]]*\]\((?!https?:)([^)\s]*)\)")
_FENCED = re.compile(r"^(`{3,})[^\n]*\n.*?^\1$", re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(_FENCED.sub("", page.read_text(encoding="utf-8"))):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    index = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in DECISIONS if f"({page.name})" not in index] == []


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_a_decision_has_the_shape_of_the_template(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.match(
        rf"# {page.name[:4]}\. .+\n\nStatus: (proposed|accepted|replaced by \d{{4}})\nDate: \d{{4}}-\d\d-\d\d\n", text
    )
    parts = ["Context", "Decision", "Alternatives", "Consequences", "Laws kept"]
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == parts
    laws = re.findall(
        r"^\| ([a-z, -]+) \|", (DOCS / "decisions" / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    named = [law.lower() for law in re.findall(r"\*([^*\n]+)\*", text.partition("## Laws kept")[2])]
    assert named, "it names the laws it keeps"
    assert [law for law in named if law not in laws] == []
