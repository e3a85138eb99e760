"""Pages of documentation: their code blocks, and the parts of them that are generated."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
UPDATE = bool(os.environ.get("LICET_UPDATE"))
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, and the line of the page on which the text begins."""

    page: Path
    language: str
    text: str
    line: int

    def marker(self, name: str) -> str | None:
        """What a first line such as `# file: pack.yaml` or `# wrong: unknown-fact` says, or None."""
        for line in self.text.splitlines()[:2]:
            found = re.fullmatch(rf"# {name}: (.+)", line)
            if found:
                return found[1].strip()
        return None

    @property
    def where(self) -> str:
        """The place, as a test's id shows it."""
        return f"{self.page.name}:{self.line}"


def blocks(page: Path, language: str) -> list[Block]:
    """The fenced blocks of a page in one language, in their order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(page, m[1], m[2], text.count("\n", 0, m.start(2)) + 1) for m in _FENCE.finditer(text) if m[1] == language
    ]


def keep(page: Path, made: str) -> None:
    """Check that a page is what would be made now; with LICET_UPDATE=1, write it instead."""
    if UPDATE:
        page.write_text(made, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == made, f"{page.name} has drifted: run the test with LICET_UPDATE=1"


def keep_part(page: Path, name: str, made: str) -> None:
    """Check the part of a page between its two markers; with LICET_UPDATE=1, write it instead."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    assert rest, f"{page.name} has no part `{name}`"
    assert after, f"the part `{name}` of {page.name} has no end"
    keep(page, f"{before}{begin}\n{made.strip()}\n{end}{after}")
