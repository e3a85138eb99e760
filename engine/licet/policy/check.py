"""What only shows when the whole pack is seen: circles, versions that clash, facts set out of their scope."""

from __future__ import annotations

from collections.abc import Mapping

from licet.findings import Finding
from licet.policy.conditions import tests_in
from licet.policy.model import SCOPES, Pack, Rule, SetFact
from licet.policy.node import Node


def check(pack: Pack, nodes: Mapping[str, Node]) -> list[Finding]:
    """The findings of a pack whose files each make sense by themselves. `nodes` are its rules by id."""
    findings: list[Finding] = []
    at = {rule_id: Node(n.data, n.path, n.document, findings) for rule_id, n in nodes.items()}
    for rule in pack.rules:
        _set_scope(rule, pack, at[rule.id])
        _displaced(rule, pack, at[rule.id])
    _versions(pack, at)
    _circles(pack, at)
    return findings


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
                    f"`{target.name}` is a fact of the {target.scope}, and the rule reads `{fact.name}` of the {fact.scope}",
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
    from licet.compile.build import CyclicRulesError, compile_pack

    try:
        compile_pack(pack)
    except CyclicRulesError as error:
        shown = ", ".join(f"`{r}`" for r in error.rules)
        at[error.rules[0]]["when"].error(
            "rules-circle",
            f"rules set facts for one another in a circle: {shown}",
            help="a rule must not read, even through others, a fact that it sets",
            key=True,
        )
