"""`licet new rule`: a rule and its cases to fill in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from licet.cli.codes import BAD, GO
from licet.cli.common import finding, put_findings
from licet.cli.terminal import put
from licet.findings import Finding
from licet.text import quoted

_SEGMENT = re.compile(r"[a-z0-9][a-z0-9_]*")
_RULE = """\
title: say in one sentence what the law does
because:
  - cite: the paragraph of the law
in_force:
  - {{from: 2000-01-01, cite: the notice that began it}}
reviewed: {{on: 2000-01-01, by: nobody}}
when:
  all:
    - {fact}: {subject}
then:
  notice: {{message: say here what the rule does; see docs/language.md for every effect}}
"""
_CASES = """\
base:
  id: t
  date: 2020-01-01
  activity: export
  origin: US
  destination: CN
  parties:
    - {{id: seller, roles: [exporter], name: Acme Corp, country: US}}
    - {{id: buyer, roles: [purchaser, ultimate_consignee, end_user], name: Example Trading Co, country: CN}}
  items:
    - {{id: "1", kind: commodity}}
cases:
  - name: it fires, and decides
    as_of: 2020-01-01
    expect: {{release: stop, outcome: license_required, determined_by: [{rule}], fires: [{rule}]}}
  - name: the day before it came into force
    as_of: 1999-12-31
    expect: {{release: go, outcome: no_license_required, determined_by: [{rule}], silent: [{rule}]}}
"""

new = typer.Typer(help="Begin something new in a pack.", no_args_is_help=True)


@new.callback()
def _new() -> None:
    """Begin something new in a pack."""


@new.command(epilog="\b\nExamples:\n  licet new rule policies/us_ear/part_740/tmp")
def rule(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The rule's folder, inside a pack; its path is its id.")],
) -> int:
    """Make a rule and its cases, to fill in.

    They load at once, and the cases fail until both are filled in. Nothing is overwritten.
    """
    pack, refused = _home(path)
    if pack is None:
        put_findings([refused] if refused is not None else [])
        return BAD
    jurisdiction = _jurisdiction(pack)
    if isinstance(jurisdiction, Finding):
        put_findings([jurisdiction])
        return BAD
    fact, subject = jurisdiction
    rule_id = path.resolve().relative_to(pack).as_posix()
    path.mkdir(parents=True, exist_ok=True)
    made = {"rule.yaml": _RULE.format(fact=fact, subject=subject), "cases.yaml": _CASES.format(rule=rule_id)}
    for name, text in made.items():
        with (path / name).open("x", encoding="utf-8") as file:
            file.write(text)
        put(f"made {path / name}\n")
    put(f"fill them in, then: licet check {path_of(pack)}; licet test {path_of(pack)} --filter {rule_id}\n")
    return GO


def _home(path: Path) -> tuple[Path | None, Finding | None]:
    """The pack that the folder is in, or why no rule can be made there."""
    full = path.resolve()
    pack = next((folder for folder in full.parents if (folder / "pack.yaml").is_file()), None)
    if pack is None:
        hint = "begin with the pack's folder: policies/PACK/PATH"
        return None, finding(str(path), "no-pack", f"{quoted(path)} is not inside a pack", hint)
    for segment in full.relative_to(pack).parts:
        if not _SEGMENT.fullmatch(segment):
            message = f"expected lower-case letters, digits and `_` in a rule's path, got {quoted(segment)}"
            return None, finding(str(path), "bad-path", message)
    taken = [name for name in ("rule.yaml", "cases.yaml") if (path / name).exists()]
    if taken:
        there = path / taken[0]
        return None, finding(str(there), "exists", f"{quoted(there)} is there already", "nothing is overwritten")
    return pack, None


def _jurisdiction(pack: Path) -> tuple[str, str] | Finding:
    """The pack's own first question and its answer, which serve as a condition that loads."""
    from licet.policy.source import load_document

    shown = str(path_of(pack) / "pack.yaml")
    document, findings = load_document((pack / "pack.yaml").read_bytes(), shown)
    try:
        stated = document.data["jurisdiction"] if document is not None else {}
        return stated["fact"], stated["subject"]
    except (KeyError, TypeError):
        return findings[0] if findings else finding(shown, "no-jurisdiction", "the manifest states no jurisdiction")


def path_of(path: Path) -> Path:
    """The path as the user would write it."""
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path
