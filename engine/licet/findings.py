"""Problems found in input, as values, and how they are shown."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from licet.text import clean, visible, width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_MESSAGE: Final = 600  # longest message shown; user text inside one is cut far earlier
_EXCERPT: Final = 140  # longest source line shown
_BREAK: Final = re.compile(r"\r\n|\r|\n")
# What the carets mark: a quoted text, or the run of a word.
_TOKEN: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|[\w./@+~<-]+")


class Severity(StrEnum):
    """How bad a finding is: an error refuses the input."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One problem at one place; `code` is stable, the words are not."""

    code: str
    message: str
    path: str
    line: int  # counted from 1, as is the column
    column: int
    help: str | None = None
    severity: Severity = Severity.ERROR

    @property
    def sort_key(self) -> tuple[str, int, int, str, str, str, str]:
        """Where the finding comes among others: by path, line, column, code, message."""
        return (self.path, self.line, self.column, self.code, self.message, self.help or "", self.severity)

    def __lt__(self, other: Finding) -> bool:
        return self.sort_key < other.sort_key


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """The findings by path and position, each once."""
    return sorted(dict.fromkeys(findings))


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether one of the findings is an error."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def render_text(findings: Iterable[Finding], *, sources: Callable[[str], str | None]) -> str:
    """The findings for people: place and message, the source line with carets, help.

    >>> found = Finding(code="unknown-field", message="unknown field `destnation`", path="rule.yaml", line=1, column=3)
    >>> print(render_text([found], sources=lambda path: "- destnation: CN"), end="")
    rule.yaml:1:3: error[unknown-field]: unknown field `destnation`
        1 | - destnation: CN
          |   ^^^^^^^^^^
    """
    lines_of: dict[str, Sequence[str]] = {}
    out: list[str] = []
    for finding in sort_findings(findings):
        if finding.path not in lines_of:
            text = sources(finding.path)
            lines_of[finding.path] = [] if text is None else _BREAK.split(text.removeprefix("\ufeff"))
        out.append(f"{_place(finding)}: {finding.severity}[{finding.code}]: {clean(finding.message, _MESSAGE)}")
        out.extend(_excerpt(finding, lines_of[finding.path]))
        if finding.help is not None:
            out.append(f"  help: {clean(finding.help, _MESSAGE)}")
    return "".join(f"{line}\n" for line in out)


def render_json(findings: Iterable[Finding]) -> str:
    """The findings for programs, with how many there are of each severity."""
    ordered = sort_findings(findings)
    counts = Counter(finding.severity for finding in ordered)
    body = {
        "findings": [_as_dict(finding) for finding in ordered],
        "counts": {severity.value: counts[severity] for severity in Severity},
    }
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def render_sarif(findings: Iterable[Finding], *, version: str | None = None) -> str:
    """The findings as a SARIF 2.1.0 log, for code scanning."""
    ordered = sort_findings(findings)
    codes = sorted({finding.code for finding in ordered})
    driver: dict[str, Any] = {"name": "licet", "rules": [{"id": code} for code in codes]}
    if version is not None:
        driver["version"] = version
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(finding, codes.index(finding.code)) for finding in ordered],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def render_github(findings: Iterable[Finding]) -> str:
    """The findings as GitHub workflow commands, which annotate a pull request."""
    return "".join(f"{_github_command(finding)}\n" for finding in sort_findings(findings))


def _place(finding: Finding) -> str:
    return f"{clean(finding.path, _MESSAGE)}:{finding.line}:{finding.column}"


def _excerpt(finding: Finding, lines: Sequence[str]) -> list[str]:
    """The source line and the carets below it; nothing where the source is not at hand."""
    if not 1 <= finding.line <= len(lines):
        return []
    full = lines[finding.line - 1]
    at = min(max(finding.column - 1, 0), len(full))
    start = max(0, at - _EXCERPT // 2) if len(full) > _EXCERPT else 0
    cut = full[start : start + _EXCERPT]
    match = _TOKEN.match(full, at)
    marked = visible((match.group() if match else full[at : at + 1])[: start + _EXCERPT - at])
    gutter = max(5, len(str(finding.line)))
    carets = " " * width(visible(full[start:at])) + "^" * max(1, width(marked))
    return [f"{finding.line:>{gutter}} | {visible(cut)}".rstrip(), f"{'':>{gutter}} | {carets}"]


def _as_dict(finding: Finding) -> dict[str, str | int | None]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": clean(finding.message, _MESSAGE),
        "path": clean(finding.path, _MESSAGE),
        "line": finding.line,
        "column": finding.column,
        "help": None if finding.help is None else clean(finding.help, _MESSAGE),
    }


def _sentence(finding: Finding, between: str) -> str:
    message = clean(finding.message, _MESSAGE)
    return message if finding.help is None else f"{message}{between}{clean(finding.help, _MESSAGE)}"


def _sarif_result(finding: Finding, index: int) -> dict[str, Any]:
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": finding.severity.value,
        "message": {"text": _sentence(finding, "; ")},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(finding.path)},
                    "region": {"startLine": max(1, finding.line), "startColumn": max(1, finding.column)},
                }
            }
        ],
    }


def _uri(path: str) -> str:
    """The path as a URI reference; a lone surrogate, as file names may hold, cannot stand in one."""
    from urllib.parse import quote

    return quote(path.replace("\\", "/").encode("utf-8", "replace"), safe="/-._~()+,=@")


def _github_command(finding: Finding) -> str:
    command = "notice" if finding.severity is Severity.NOTE else finding.severity.value
    properties = {"file": finding.path, "line": str(finding.line), "col": str(finding.column), "title": finding.code}
    listed = ",".join(f"{name}={_github_property(value)}" for name, value in properties.items())
    return f"::{command} {listed}::{_github_data(_sentence(finding, chr(10)))}"


def _github_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _github_property(text: str) -> str:
    return _github_data(clean(text, _MESSAGE)).replace(":", "%3A").replace(",", "%2C")
