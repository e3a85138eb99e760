"""docs/memos: what `licet explain` writes on three orders, as whoever has to act on an answer reads it."""

from __future__ import annotations

import re

import pytest

from licet.cli.main import run
from tests.docs.pages import DOCS, ROOT, UPDATE, keep

HOME = DOCS / "memos"
# each memo: the order it is on, and the exit code of its answer
MEMOS = {
    "stop_valves_to_vietnam.md": ("examples/everyday/09_valves_to_vietnam.json", 2),
    "go_receivers_under_sta.md": ("examples/12_receivers_under_sta.json", 0),
    "stop_drives_made_with_us_tools.md": ("examples/11_drives_made_with_us_tools.json", 2),
}
# what differs from one Python, or one commit of the law, to the next
_LOCAL = re.compile(
    r"(?<=, backend )\w+|(?<=pack us_ear: sha256 )[0-9a-f]+|(?<=pack cn_countermeasures: sha256 )[0-9a-f]+"
)


@pytest.mark.parametrize("name", MEMOS)
def test_a_memo_is_what_explain_writes(
    name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    order, code = MEMOS[name]
    arguments = ["explain", "--format", "markdown", order]
    monkeypatch.chdir(ROOT)
    assert run(arguments) == code
    printed = capfd.readouterr()
    assert not printed.err
    made = f"<!-- licet {' '.join(arguments)} -->\n\n{_LOCAL.sub('…', printed.out)}"
    if UPDATE:
        (HOME / name).touch()
    keep(HOME / name, made)


def test_the_index_lists_every_memo_and_its_order() -> None:
    index = (HOME / "README.md").read_text(encoding="utf-8")
    assert {path.name for path in HOME.glob("*.md")} == {"README.md", *MEMOS}
    assert [
        name for name, (order, _) in MEMOS.items() if f"({name})" not in index or f"(../../{order})" not in index
    ] == []
