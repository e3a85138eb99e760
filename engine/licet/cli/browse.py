"""`licet rules`, `licet show` and `licet fields`: what the packs say, to read."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from licet.cli.codes import BAD, GO
from licet.cli.common import finding, packs_in, put_findings, refuse
from licet.cli.options import Policies
from licet.cli.terminal import put

if TYPE_CHECKING:
    from licet.policy.model import Fact, Pack, Rule

_WIDTH = 100
Filter = Annotated[str | None, typer.Option("--filter", metavar="TEXT", help="Only those with this in id or title.")]


def rules(only: Filter = None, policies: Policies = None) -> int:
    """List the rules by id and title.

    Examples: licet rules --filter entity
    """
    return _browse(policies, lambda packs: _listed(packs, only or ""))


def show(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="A rule's id, with or without its pack.")],
    policies: Policies = None,
) -> int:
    """Show a rule as readable text.

    When it holds, what it does, since when, by which source, who reviewed it, and how many cases prove it.

    Examples: licet show us_ear/part_734/us_origin
    """
    return _browse(policies, lambda packs: _shown(packs, rule))


def fields(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One fact, or a part of names.")] = None,
    policies: Policies = None,
) -> int:
    """Show the facts that an order may state.

    Type, unit, values, meaning, source, and where in an order to state each.

    Examples: licet fields destination
    """
    return _browse(policies, lambda packs: _facts(packs, name))


Lines = Iterator[str]


class _NothingError(Exception):
    """There is nothing of that name; the text says what may have been meant."""


def _browse(policies: Sequence[Path] | None, shown: Callable[[list[tuple[Path, Pack]]], Lines]) -> int:
    """The exit code after showing something of the packs."""
    from licet.policy.cache import default_cache, load_pack
    from licet.policy.load import PolicyError

    try:
        packs = [(folder, load_pack(folder, default_cache())) for folder in packs_in(policies)]
        put("".join(f"{line}\n" for line in shown(packs)))
    except PolicyError as error:
        refuse(error.findings, data=False, path="policies")
        return BAD
    except _NothingError as error:
        message, hint = error.args
        put_findings([finding("policies", "unknown-name", message, hint)])
        return BAD
    return GO


def _nothing(what: str, name: str, known: Sequence[str], everything: str) -> _NothingError:
    from licet.suggest import choices, did_you_mean
    from licet.text import quoted

    asked = name.casefold()
    near = did_you_mean(name, known)
    inside = [k for k in known if asked and asked in k.casefold()]
    hint = f"did you mean `{near}`?" if near else f"see {choices(inside)}" if inside else f"see `{everything}`"
    return _NothingError(f"there is no {what} {quoted(name)}", hint)


# --- rules -----------------------------------------------------------------------------------------------------------


def _listed(packs: list[tuple[Path, Pack]], only: str) -> Lines:
    wanted = only.casefold()
    found = [
        (f"{pack.manifest.id}/{rule.id}", rule.title)
        for _, pack in packs
        for rule in pack.rules
        if wanted in f"{pack.manifest.id}/{rule.id} {rule.title}".casefold()
    ]
    if not found:
        known = [f"{pack.manifest.id}/{rule.id}" for _, pack in packs for rule in pack.rules]
        raise _nothing("rule with", only, known, "licet rules")
    for rule_id, title in found:
        yield rule_id
        yield f"    {title}"


def _shown(packs: list[tuple[Path, Pack]], asked: str) -> Lines:
    wanted = asked.strip("/")
    found = [
        (folder, pack, rule)
        for folder, pack in packs
        for rule in pack.rules
        if wanted in (rule.id, f"{pack.manifest.id}/{rule.id}")
    ]
    below = [
        (f"{pack.manifest.id}/{rule.id}", rule.title)
        for _, pack in packs
        for rule in pack.rules
        if wanted and (rule.id.startswith(f"{wanted}/") or f"{pack.manifest.id}/{rule.id}".startswith(f"{wanted}/"))
    ]
    if not found and below:
        yield from (text for rule_id, title in below for text in (rule_id, f"    {title}"))
        return
    if not found:
        ids = [f"{pack.manifest.id}/{rule.id}" for _, pack in packs for rule in pack.rules]
        bare = [rule.id for _, pack in packs for rule in pack.rules]
        prefixed = any(wanted.startswith(f"{pack.manifest.id}/") for _, pack in packs)
        raise _nothing("rule", asked, ids if prefixed else bare, "licet rules")
    for folder, pack, rule in found:
        yield from _rule(folder, pack, rule)


def _rule(folder: Path, pack: Pack, rule: Rule) -> Lines:
    """A rule from its title to the file it stands in."""
    from licet.cli.law_words import condition, effect, in_force
    from licet.cli.neighbors import facts_read, neighbors

    def called(path: str) -> str:
        return pack.tables[path].title if path in pack.tables else path

    yield f"{pack.manifest.id}/{rule.id}"
    yield from _wrapped(rule.title, "  ")
    yield ""
    yield from _block("because", (f"{c.cite} ({c.note})" if c.note else c.cite for c in rule.because))
    yield from _block("when", ("  " * depth + text for depth, text in condition(rule.when, called)))
    yield from _block("claimed by", (text for test in rule.claimed_by for _, text in condition(test, called)))
    yield from _block("then", (effect(e, pack.vocabulary) for e in rule.effects))
    for title, found in neighbors(rule, pack):
        yield from _block(title, found)
    yield from _block("displaces", (f"{d.rule} ({d.cite})" for d in rule.displaces))
    yield from _block("in force", in_force(rule))
    yield from _block("wording of", [rule.text] if rule.text else [])
    yield from _block("the facts it reads", facts_read(rule, pack))
    yield from _block("reviewed", [f"on {rule.reviewed_on} by {rule.reviewed_by}"])
    yield from _block("doubt", [rule.doubt] if rule.doubt else [])
    yield from _block("cases", [_cases(folder / rule.id)])
    yield from _block("file", [_near(folder / rule.id / "rule.yaml")])


def _near(path: Path) -> str:
    """The path, from where we are if it is below."""
    here = Path.cwd()
    return str(path.resolve().relative_to(here)) if path.resolve().is_relative_to(here) else str(path)


def _block(title: str, lines: Iterable[str]) -> Lines:
    shown = list(lines)
    if shown:
        yield f"{title}:"
        for line in shown:
            indent = "  " + " " * (len(line) - len(line.lstrip(" ")))
            yield from _wrapped(line.strip(), indent)


def _wrapped(text: str, indent: str) -> list[str]:
    from licet.text import clean

    return textwrap.wrap(
        clean(text, 4000),
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "    ",
        break_on_hyphens=False,
        break_long_words=False,
    )


def _cases(folder: Path) -> str:
    """How many cases stand beside a rule."""
    from licet.policy.source import load_document

    try:
        document, _ = load_document((folder / "cases.yaml").read_bytes(), "cases.yaml")
    except OSError:
        return "none stand beside it"
    cases = document.data.get("cases") if document is not None and isinstance(document.data, dict) else None
    return f"{len(cases or ())} beside it"


# --- facts -----------------------------------------------------------------------------------------------------------


def _facts(packs: list[tuple[Path, Pack]], asked: str | None) -> Lines:
    """One fact in full, or every fact (or those whose names have a part in common) one after the other."""
    every = [(pack, fact) for _, pack in packs for fact in pack.vocabulary.facts.values()]
    found = [(pack, fact) for pack, fact in every if asked in (None, fact.name)]
    if not found and asked:
        found = [(pack, fact) for pack, fact in every if asked.casefold() in fact.name.casefold()]
    if not found:
        raise _nothing("fact", str(asked), [fact.name for _, fact in every], "licet fields")
    for pack, fact in found:
        yield from _fact(fact, pack)


def _fact(fact: Fact, pack: Pack) -> Lines:
    yield fact.name + (f"  ({pack.manifest.id})" if not pack.manifest.binds else "")
    yield from _wrapped(fact.meaning, "  ")
    kind = f"{fact.type} of {fact.of}" if fact.of else fact.type
    yield from _wrapped(f"type: {kind}" + (f", in {fact.unit}" if fact.unit else ""), "  ")
    if fact.values:
        yield from _wrapped(f"values: {', '.join(fact.values)}", "  ")
    yield from _wrapped(f"state it: {_where(fact)}", "  ")
    if fact.assume_because is not None:
        from licet.values import show

        yield from _wrapped(f"where nobody states it: {show(fact.assume)}, {fact.assume_because}", "  ")
    yield from _wrapped(f"source: {fact.cite}", "  ")


def _where(fact: Fact) -> str:
    """Where in an order the fact is stated."""
    if fact.derive is not None:
        return "nowhere, licet derives it"
    if fact.of_regime is not None:
        return f"nowhere, it is of the verdict of regime {fact.of_regime.regime}"
    if fact.is_set:
        return "nowhere, rules set it"
    home = {"transaction": "", "item": "items[].", "party": "parties[]."}.get(fact.scope)
    if home is None:
        return "nowhere, the listing says it"
    if fact.read is not None:
        return f"{home}{fact.read}"
    also = f", or facts.{fact.name} for all items" if fact.scope == "item" else ""
    claim = "; stating it claims an authorization" if fact.claim else ""
    return f"{home}facts.{fact.name}{also}{claim}"
