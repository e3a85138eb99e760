"""What a pack must have beside its law: cases beside each rule. And how much it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from licet.authoring.run import read_cases
from licet.findings import Finding
from licet.policy.load import Loaded, PolicyError, PolicyFile, load_checked, pack_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The findings about one pack, and how much there is in it."""

    pack: str
    findings: tuple[Finding, ...]
    rules: int = 0
    tables: int = 0
    listings: int = 0
    cases: int = 0


def check_pack(folder: Path, examples: Path | None = None) -> Checked:
    """Every finding about a pack: of reading it, of its cases, and of rules that no case stands beside."""
    name = folder.resolve().name
    try:
        files = pack_files(folder)
        loaded = load_checked(folder)
    except PolicyError as error:
        return Checked(pack=name, findings=error.findings)
    findings = [*loaded.findings, *missing_cases(files)]
    cases = 0
    try:
        cases = len(read_cases(folder, examples))
    except PolicyError as error:
        findings += error.findings
    return _counted(name, loaded, tuple(dict.fromkeys(findings)), cases)


def _counted(name: str, loaded: Loaded, findings: tuple[Finding, ...], cases: int) -> Checked:
    pack = loaded.pack
    if pack is None:
        return Checked(pack=name, findings=findings, cases=cases)
    return Checked(
        pack=name,
        findings=findings,
        rules=len(pack.rules),
        tables=len(pack.tables),
        listings=sum(len(x.listings) for x in pack.lists),
        cases=cases,
    )


def missing_cases(files: Sequence[PolicyFile]) -> list[Finding]:
    """A finding, at its title, for each rule that no case stands beside."""
    proved = {file.id for file in files if file.kind == "cases"}
    return [_missing(file) for file in files if file.kind == "rule" and file.id not in proved]


def _missing(file: PolicyFile) -> Finding:
    from licet.policy.source import load_document

    document, _ = load_document(file.raw, file.shown)
    line, column = document.key_mark(("title",)) if document is not None else (1, 1)
    return Finding(
        code="missing-cases",
        message=f"no cases stand beside the rule `{file.id}`",
        path=file.shown,
        line=line,
        column=column,
        help="write `cases.yaml` beside it: a case that fires, one that does not, and each side of every date",
    )
