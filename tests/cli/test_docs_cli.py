"""docs/cli.md: every command with its options as the command declares them, and an example as it runs."""

from __future__ import annotations

import inspect
import re
import shlex
import shutil
import textwrap
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from licet.cli import lists
from licet.cli.app import _COMMANDS
from licet.cli.commands import example, says
from licet.cli.main import run
from licet.cli.new import rule
from tests.docs.pages import DOCS, ROOT, keep_part

PAGE = DOCS / "cli.md"
PATCH = "examples/05_patch_for_existing_network.json"
EXAMPLES = {
    "evaluate": f"evaluate {PATCH} examples/03_spare_part_certification_not_stated.json",
    "explain": "explain examples/07_ns_controlled_part_under_tgl.json",
    "timeline": f"timeline {PATCH} --from 2019-05-01 --to 2020-09-30",
    "verify": "verify decision.json",
    "replay": "replay decision.json",
    "rules": "rules --filter standards",
    "show": "show us_ear/part_744/supp_7_huawei_tgl/c_1_2019_08",
    "fields": "fields network_status",
    "check": "check",
    "test": "test --filter part_740/civ",
    "new_rule": "new rule policies/us_ear/part_740/new_exception",
}
LISTS: Mapping[str, Callable[..., int]] = lists.COMMANDS
# what differs from one Python, or one commit of the law, to the next
_LOCAL = re.compile(
    r"(?<=, backend )\w+|(?<=pack us_ear: sha256 )[0-9a-f]+|(?<=pack cn_countermeasures: sha256 )[0-9a-f]+"
)


def options_of(command: Callable[..., int]) -> list[str]:
    """A table of what a command takes, made from its own declarations."""
    hints = get_type_hints(command, include_extras=True)
    rows = []
    for name, parameter in inspect.signature(command).parameters.items():
        (info,) = hints[name].__metadata__
        flags = [n for n in (info.default, *(info.param_decls or ())) if isinstance(n, str) and n.startswith("--")]
        names = ", ".join(f"`{n}`" for n in flags) or f"`{info.metavar}`"
        value = f" `{info.metavar}`" if flags and info.metavar else choices_of(hints[name])
        default = parameter.default
        shown = (
            ""
            if default in (inspect.Parameter.empty, None, False)
            else f" (default `{getattr(default, 'value', default)}`)"
        )
        rows.append(f"| {names}{value} | {info.help}{shown} |")
    return ["| takes | |", "|---|---|", *rows] if rows else []


def choices_of(hint: Any) -> str:
    kind = get_args(hint)[0]
    words = [f"`{member.value}`" for member in kind] if inspect.isclass(kind) and issubclass(kind, StrEnum) else []
    return f" {' '.join(words)}" if words else ""


def paragraphs(text: str) -> str:
    parts = re.split(r"\n\s*\n", text)
    return "\n\n".join(textwrap.fill(" ".join(part.split()), 160, break_on_hyphens=False) for part in parts)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what the examples read, so that nothing is written into the real one."""
    for name in ("examples", "policies"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


@pytest.mark.parametrize("name", EXAMPLES)
def test_command(name: str, checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
    if name in ("verify", "replay"):
        run(["evaluate", PATCH, "--format", "json"])
        (checkout / "decision.json").write_text(capfd.readouterr().out, encoding="utf-8")
    code = run(shlex.split(EXAMPLES[name]))
    printed = capfd.readouterr()
    assert not printed.err
    shown = _LOCAL.sub("…", printed.out.replace(f"{ROOT}/", "").rstrip())
    command = rule if name == "new_rule" else _COMMANDS[name]
    lines = [
        paragraphs(says(command)),
        "",
        *options_of(command),
        "",
        "```",
        f"$ licet {EXAMPLES[name]}",
        shown,
        "```",
        "",
        f"Exit code {code}.",
    ]
    keep_part(PAGE, name, "\n".join(lines))


@pytest.mark.parametrize("name", LISTS)
def test_command_of_lists(name: str) -> None:
    """What these print hangs on the day and on the lists; docs/screening.md shows it."""
    command = LISTS[name]
    lines = [paragraphs(says(command)), "", *options_of(command), "", f"`{example(command)}`"]
    keep_part(PAGE, f"lists_{name}", "\n".join(lines))


def test_every_command_of_lists_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"### lists {name}\n" in text for name in LISTS)


def test_every_command_is_on_the_page_and_has_an_example() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert {*_COMMANDS, "new_rule"} == set(EXAMPLES)
    assert all(f"### {name.replace('_', ' ')}\n" in text for name in EXAMPLES)
    assert all(example(command).startswith("licet ") for command in _COMMANDS.values())
