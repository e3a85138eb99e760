"""The page that says what a pack holds: rule by rule, how far it goes, and who has looked at it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from licet.authoring.cases import LawCase
from licet.policy.model import Pack, Rule
from licet.policy.terms import Flag, Notice

_HEAD = "| first citation | rule | | cases | reviewed by | doubt |\n|---|---|---|---|---|---|\n"


def coverage_page(pack: Pack, cases: Sequence[LawCase]) -> str:
    """The page in Markdown: the rules by folder, then tables and lists, with their counts."""
    own = Counter(case.home for case in cases)
    parts = groupby(pack.rules, key=lambda rule: rule.id.partition("/")[0])
    sections = [_section(part, tuple(rules), own) for part, rules in parts]
    return "\n".join([_opening(pack, cases), *sections, _data(pack)])


def is_pointer(rule: Rule) -> bool:
    """Whether a rule only points at law that the pack does not model: it flags or gives notice, and no more."""
    return all(isinstance(effect, (Flag, Notice)) for effect in rule.effects)


def _opening(pack: Pack, cases: Sequence[LawCase]) -> str:
    pointers = sum(map(is_pointer, pack.rules))
    unread = sum(rule.reviewed_by == "nobody" for rule in pack.rules)
    doubted = sum(rule.doubt is not None for rule in pack.rules)
    return (
        f"# Coverage of `{pack.manifest.id}`\n\n"
        f"{pack.manifest.title}. Made from the pack; do not edit.\n\n"
        "*Modeled* is a rule with an effect on the answer. A *pointer* flags, or gives notice of, law that is not "
        "modeled. Law that has no line here is not in the pack at all.\n\n"
        f"{len(pack.rules)} rules ({len(pack.rules) - pointers} modeled, {pointers} pointers), {len(cases)} cases. "
        f"{unread} rules have been reviewed by nobody; {doubted} state a doubt.\n"
    )


def _section(part: str, rules: Sequence[Rule], own: Counter[str]) -> str:
    lines = "".join(_line(rule, own[rule.id]) for rule in rules)
    return f"## {part.replace('_', ' ')}\n\n{_HEAD}{lines}"


def _line(rule: Rule, cases: int) -> str:
    reach = "pointer" if is_pointer(rule) else "modeled"
    doubt = "yes" if rule.doubt else "no"
    what = f"`{rule.id}`: {_cell(rule.title)}"
    return f"| {_cell(rule.because[0].cite)} | {what} | {reach} | {cases} | {_cell(rule.reviewed_by)} | {doubt} |\n"


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
