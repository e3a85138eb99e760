"""What only shows when the whole pack is seen: circles, versions that clash, facts set out of their scope."""

from __future__ import annotations

from collections.abc import Mapping

from licet.findings import Finding
from licet.policy.conditions import tests_in
from licet.policy.contract import LISTING_FIELDS
from licet.policy.model import SCOPES, Pack, Rule, is_below
from licet.policy.node import Node
from licet.policy.read_conditions import unknown_name
from licet.policy.stages import CyclicRulesError, stages_of
from licet.policy.terms import Bar, Require, SetFact


def check(pack: Pack, nodes: Mapping[tuple[str, str], Node]) -> list[Finding]:
    """The findings of a pack whose files each make sense by themselves. `nodes` are its files, by kind and id."""
    findings: list[Finding] = []
    fresh = {place: Node(n.data, n.path, n.document, findings) for place, n in nodes.items()}
    at = {name: node for (kind, name), node in fresh.items() if kind == "rule"}
    for rule in pack.rules:
        _set_scope(rule, pack, at[rule.id])
        _displaced(rule, pack, at[rule.id])
        _idle(at[rule.id], pack)
    _versions(pack, at)
    if not findings:
        _circles(pack, at)
    _listing_paths(pack, fresh)
    for (kind, _), node in fresh.items():
        if kind == "cases":
            _cases(node, pack)
        elif kind == "coverage":
            _coverage(node, pack)
    return findings


def _idle(node: Node, pack: Pack) -> None:
    """An exception from a rule that bars nothing, or a lift of one that requires nothing, is a slip."""
    by_id = {r.id: r for r in pack.rules}
    for effect, field, kind, what in (("except", "bars", Bar, "bars"), ("lift", "rules", Require, "requires")):
        named = node["then"].child(effect)
        targets = named.child(field) if named is not None else None
        for child in targets.elements() if targets is not None else ():
            if not any(isinstance(e, kind) for e in by_id[child.data].effects):
                child.error(
                    f"{effect}-idle",
                    f"rule `{child.data}` {what} nothing",
                    help=f"name a rule with `{kind.__name__.lower()}`",
                )


def _listing_paths(pack: Pack, nodes: Mapping[tuple[str, str], Node]) -> None:
    """A fact of a listing reads what every listing has, or an attribute that a list declares."""
    attributes = [name for (kind, _), n in nodes.items() if kind == "list" for name in n.get("attributes") or ()]
    known = [*LISTING_FIELDS, *attributes]
    for fact in pack.vocabulary.facts.values():
        if fact.scope == "listing" and fact.read is not None and fact.read not in known:
            home = next(
                n for (kind, _), n in nodes.items() if kind == "vocabulary" and fact.name in (n.get("facts") or ())
            )
            unknown_name(home["facts"][fact.name]["read"], "field", fact.read, known, of="listing")


def _cases(node: Node, pack: Pack) -> None:
    """The rules that a case expects are rules of the pack, and there is an order to judge."""
    rules = {rule.id for rule in pack.rules}
    for case in node["cases"].elements():
        if not {"order", "example"} & set(case.data) and "base" not in node:
            case.error("case-without-order", "the case has no order", help="give `order`, `example`, or a `base`")
        lengths = {path: len(values) for path, values in (case.get("each") or {}).items()}
        if len(set(lengths.values())) > 1:
            shown = ", ".join(f"{length} of `{path}`" for path, length in lengths.items())
            message = f"expected as many values of each, got {shown}"
            case["each"].error("case-each", message, key=True, help="several lists go side by side")
        for field in ("determined_by", "fires", "silent"):
            for child in case["expect"][field].elements() if field in case["expect"] else ():
                if child.data not in rules:
                    unknown_name(child, "rule", child.data, rules)


def _coverage(node: Node, pack: Pack) -> None:
    """What is said of a paragraph agrees with what the pack has for it."""
    things = {*(rule.id for rule in pack.rules), *pack.tables, *(x.id for x in pack.lists), *pack.general_licenses}
    for entry in node["paragraphs"].elements():
        status = entry.get("status")
        if status == "not_planned" and "rules" in entry:
            entry["rules"].error("coverage-status", "rules stand for it, and it is said to be `not_planned`", key=True)
        elif status != "not_planned" and "rules" not in entry:
            entry["status"].error("coverage-status", f"expected the rules of what is `{status}`, got none")
        if status in {"partial", "not_planned"} and "note" not in entry:
            entry["status"].error("coverage-status", f"expected a `note` beside `{status}`: what is left out, or why")
        for child in entry["rules"].elements() if "rules" in entry else ():
            if not any(is_below(thing, child.data) for thing in things):
                unknown_name(child, "rule", child.data, things)


def _set_scope(rule: Rule, pack: Pack, node: Node) -> None:
    """A fact of the line cannot hang on one party: the rule would be judged for each."""
    facts = pack.vocabulary.facts
    reads = [facts[t.fact] for t in (*tests_in(rule.when), *rule.claimed_by)]
    for effect in rule.effects:
        if not isinstance(effect, SetFact):
            continue
        target = facts[effect.fact]
        for fact in reads:
            if SCOPES.index(fact.scope) > SCOPES.index(target.scope):
                node["then"]["set"][effect.fact].error(
                    "set-scope",
                    f"`{target.name}` is a fact of the {target.scope}, and `{fact.name}` one of the {fact.scope}",
                    help="derive it with `any` over the parties, or give the fact the narrower scope",
                    key=True,
                )
                break


def _displaced(rule: Rule, pack: Pack, node: Node) -> None:
    """A displaced rule must not itself displace the rule it yields to."""
    by_id = {r.id: r for r in pack.rules}
    for place, displaced in enumerate(rule.displaces):
        other = by_id.get(displaced.rule)
        if other is not None and any(d.rule == rule.id for d in other.displaces):
            node["displaces"][place].error(
                "displaces-circle", f"`{rule.id}` and `{other.id}` displace one another", help="one of them yields"
            )


def _versions(pack: Pack, at: Mapping[str, Node]) -> None:
    """Two versions of one text that begin on the same day would both be in force."""
    seen: dict[tuple[str, object], str] = {}
    for rule in pack.rules:
        if rule.text is None or not rule.timeline.periods:
            continue
        begins = min((p.start.isoformat() if p.start else "") for p in rule.timeline.periods)
        other = seen.setdefault((rule.text, begins), rule.id)
        if other != rule.id:
            at[rule.id]["text"].error(
                "versions-clash",
                f"two versions of the same text begin on {begins or 'the first day'}: `{other}` and `{rule.id}`",
                help="a later version supersedes an earlier one from its own `from`",
            )


def _circles(pack: Pack, at: Mapping[str, Node]) -> None:
    """Rules that feed one another have no order in which to be judged."""
    try:
        stages_of(pack.rules, pack.vocabulary)
    except CyclicRulesError as error:
        shown = ", ".join(f"`{r}`" for r in error.rules)
        at[error.rules[0]]["when"].error(
            "rules-circle",
            f"rules set facts for one another in a circle: {shown}",
            help="a rule must not read, even through others, a fact that it sets",
            key=True,
        )
