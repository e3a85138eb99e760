"""The page that says how far a pack goes: paragraph by paragraph, with its rules and their cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from licet.authoring.cases import LawCase
from licet.policy.load import pack_files
from licet.policy.model import Pack, Rule, is_below
from licet.policy.terms import Flag, Notice

_HEAD = "| paragraph | about | | rules and cases |\n|---|---|---|---|\n"
STATUSES = ("modeled", "partial", "pointer", "not_planned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph of the source, and how far the pack goes in it; `home` is the folder that says so."""

    home: str
    cite: str
    title: str
    status: str
    rules: tuple[str, ...]
    note: str | None


def read_paragraphs(folder: Path) -> list[Paragraph]:
    """The paragraphs that the files `coverage.yaml` of a checked pack list, in the order of the folders."""
    from licet.policy.source import load_document

    found: list[Paragraph] = []
    for file in (f for f in pack_files(folder) if f.kind == "coverage"):
        document, _ = load_document(file.raw, file.shown)
        found += [_paragraph(file.id, e) for e in (document.data["paragraphs"] if document is not None else ())]
    return found


def _paragraph(home: str, entry: Mapping[str, Any]) -> Paragraph:
    return Paragraph(
        home=home,
        cite=entry["cite"],
        title=entry["title"],
        status=entry["status"],
        rules=tuple(entry.get("rules", ())),
        note=entry.get("note"),
    )


def coverage_page(pack: Pack, cases: Sequence[LawCase], paragraphs: Sequence[Paragraph]) -> str:
    """The page in Markdown: the paragraphs by folder, the rules that none names, tables and lists."""
    own = Counter(case.home for case in cases)
    homes = dict.fromkeys(paragraph.home for paragraph in paragraphs)
    sections = [_section(home, [p for p in paragraphs if p.home == home], pack, own) for home in homes]
    return "\n".join([_opening(pack, cases, paragraphs), *sections, *_unnamed(pack, paragraphs, own), _data(pack)])


def is_pointer(rule: Rule) -> bool:
    """Whether a rule only points at law that the pack does not model: it flags or gives notice, and no more."""
    return all(isinstance(effect, (Flag, Notice)) for effect in rule.effects)


def unnamed(pack: Pack, paragraphs: Sequence[Paragraph]) -> list[Rule]:
    """The rules that no paragraph names."""
    return [rule for rule in pack.rules if not any(is_below(rule.id, name) for p in paragraphs for name in p.rules)]


def _opening(pack: Pack, cases: Sequence[LawCase], paragraphs: Sequence[Paragraph]) -> str:
    pointers = sum(map(is_pointer, pack.rules))
    unread = sum(rule.reviewed_by == "nobody" for rule in pack.rules)
    doubted = sum(rule.doubt is not None for rule in pack.rules)
    how_far = Counter(paragraph.status for paragraph in paragraphs)
    counted = ", ".join(f"{how_far[status]} {status.replace('_', ' ')}" for status in STATUSES)
    return (
        f"# Coverage of `{pack.manifest.id}`\n\n"
        f"{pack.manifest.title}. Made from the pack; do not edit.\n\n"
        "*Modeled* is a paragraph with an effect on the answer; *partial* has one, and leaves out what its note says; "
        "a *pointer* flags, or gives notice of, law that is not modeled; *not planned* is not in the pack at all.\n\n"
        f"{len(paragraphs)} paragraphs: {counted}. "
        f"{len(pack.rules)} rules ({len(pack.rules) - pointers} with an effect, {pointers} that only point), "
        f"{len(cases)} cases. {unread} rules have been reviewed by nobody; {doubted} state a doubt.\n"
    )


def _section(home: str, paragraphs: Sequence[Paragraph], pack: Pack, own: Counter[str]) -> str:
    lines = "".join(_line(paragraph, pack, own) for paragraph in paragraphs)
    heading = "the rest" if home == "." else home.replace("_", " ")
    return f"## {heading}\n\n{_HEAD}{lines}"


def _line(paragraph: Paragraph, pack: Pack, own: Counter[str]) -> str:
    things = [*(rule.id for rule in pack.rules), *pack.tables, *(x.id for x in pack.lists), *pack.general_licenses]
    met = sorted({thing for thing in things for name in paragraph.rules if is_below(thing, name)})
    shown = ", ".join(f"`{thing}`" + (f" {own[thing]}" if own[thing] else "") for thing in met)
    about = _cell(paragraph.title) + (f" ({_cell(paragraph.note)})" if paragraph.note else "")
    return f"| {_cell(paragraph.cite)} | {about} | {paragraph.status.replace('_', ' ')} | {shown} |\n"


def _unnamed(pack: Pack, paragraphs: Sequence[Paragraph], own: Counter[str]) -> Iterator[str]:
    rules = unnamed(pack, paragraphs)
    if rules:
        lines = "".join(f"- `{rule.id}` ({own[rule.id]} cases): {_cell(rule.title)}\n" for rule in rules)
        yield f"## rules that no paragraph names\n\n{lines}"


def _data(pack: Pack) -> str:
    lines = "".join(sorted(_table_lines(pack)))
    return f"## tables and party lists\n\n| | title | rows or listings | with a doubt |\n|---|---|---|---|\n{lines}"


def _table_lines(pack: Pack) -> Iterator[str]:
    for table in pack.tables.values():
        doubted = sum(row.doubt is not None for row in table.rows)
        yield f"| `{table.id}` | {_cell(table.title)} | {len(table.rows)} | {doubted} |\n"
    for found in pack.lists:
        doubted = sum(listing.doubt is not None for listing in found.listings)
        yield f"| `{found.id}` | {_cell(found.title)} | {len(found.listings)} | {doubted} |\n"


def _cell(text: str) -> str:
    """The text as it may stand in a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")
