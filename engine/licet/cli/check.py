"""`licet check`: every finding about packs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from licet.cli.codes import BAD, GO
from licet.cli.common import packs_in, source_of
from licet.cli.options import Dirs
from licet.cli.terminal import put, put_bytes

if TYPE_CHECKING:
    from licet.authoring.coverage import Checked


class CheckFormat(StrEnum):
    """How findings are shown."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


def check(
    dirs: Dirs = None,
    output: Annotated[
        CheckFormat, typer.Option("--format", help="For people, programs, code scanning, or GitHub annotations.")
    ] = CheckFormat.TEXT,
) -> int:
    """Check packs, and that each rule has cases.

    Every rule, table, list and case must be well formed, and every rule must have cases beside it. The exit code is
    3 where there is an error, else 0.

    Examples: licet check policies --format github
    """
    from licet.authoring.coverage import Checked, check_pack
    from licet.findings import has_errors
    from licet.policy.load import PolicyError

    try:
        checked = [check_pack(folder, examples_of(folder)) for folder in packs_in(dirs)]
    except PolicyError as error:
        checked = [Checked(pack="", findings=error.findings)]
    findings = [f for one in checked for f in one.findings]
    _show(checked, output)
    return BAD if has_errors(findings) else GO


def examples_of(pack: Path) -> Path | None:
    """The folder of examples that a pack's cases name: beside the folder of packs, else those that come with licet."""
    from licet.resources import examples_dir

    beside = pack.resolve().parent.parent / "examples"
    return beside if beside.is_dir() else examples_dir()


def _show(checked: list[Checked], output: CheckFormat) -> None:
    """The findings on the standard output, which is what they are asked for; then, in text, how much was checked."""
    from licet._version import __version__
    from licet.findings import render_github, render_json, render_sarif, render_text

    findings = [f for one in checked for f in one.findings]
    if output is CheckFormat.JSON:
        put_bytes(render_json(findings).encode())
    elif output is CheckFormat.SARIF:
        put_bytes(render_sarif(findings, version=__version__).encode())
    elif output is CheckFormat.GITHUB:
        put(render_github(findings))
    else:
        put(render_text(findings, sources=source_of) + "".join(_summary(one) for one in checked if one.pack))


def _summary(one: Checked) -> str:
    from licet.cli.words import name

    found = f"{len(one.findings)} finding{'' if len(one.findings) == 1 else 's'}" if one.findings else "no findings"
    counts = f"{one.rules} rules, {one.tables} tables, {one.listings} listings, {one.cases} cases"
    return f"{name(one.pack)}: {counts}: {found}\n"
