"""Rules: data to typed rules, every name checked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from licet.policy.model import Displacement, Fact, GeneralLicense, Rule, Vocabulary
from licet.policy.node import Node
from licet.policy.read_conditions import Words, condition, is_bad, scalar, test, unknown_name
from licet.policy.read_time import EVERY_DATE, citations, cited, paragraph_timeline, timeline
from licet.policy.terms import (
    AUTHORIZATION_KINDS,
    REVIEW_POLICIES,
    Bar,
    Effect,
    Except,
    Flag,
    Lift,
    Notice,
    Oblige,
    Offer,
    Prohibit,
    Rate,
    Require,
    Review,
    SetFact,
    Test,
    Timeline,
)

_KNOWN_ALLOWED = frozenset({"flag", "notice", "oblige"})


@dataclass(frozen=True, slots=True)
class Inventory:
    """All that a rule may refer to."""

    vocabulary: Vocabulary
    words: Words
    rules: Collection[str]
    general_licenses: Mapping[str, GeneralLicense]


def rule(node: Node, rule_id: str, inventory: Inventory) -> Rule:
    """The rule of a node; findings for all that does not fit."""
    then = node["then"]
    known = set(then.data) <= _KNOWN_ALLOWED
    return Rule(
        id=rule_id,
        title=node.get("title"),
        because=citations(node["because"]),
        timeline=_timeline(node["in_force"], inventory),
        reviewed_on=node.get("reviewed")["on"],
        reviewed_by=node.get("reviewed")["by"],
        when=condition(node["when"], inventory.words, known=known),
        effects=tuple(e for name, child in then.items() for e in _effects(name, child, inventory)),
        claimed_by=_claims(node, inventory),
        text=node.get("text"),
        doubt=node.get("doubt"),
        displaces=_displaces(node, rule_id, inventory),
        general_license=_general_license(node),
    )


def _general_license(node: Node) -> str | None:
    in_force = node.get("in_force")
    return in_force.get("general_license") if isinstance(in_force, dict) else None


def _timeline(node: Node, inventory: Inventory) -> Timeline:
    if isinstance(node.data, list):
        cited(node)
        return timeline(node)
    if "cite" not in node:
        node.error("missing-cite", "expected the citation that put this wording into the license", help=EVERY_DATE)
    name = str(node.get("general_license"))
    general_license = inventory.general_licenses.get(name)
    if general_license is None:
        unknown_name(node["general_license"], "general license", name, inventory.general_licenses)
        return Timeline(periods=())
    return paragraph_timeline(node, general_license)


def _claims(node: Node, inventory: Inventory) -> tuple[Test, ...]:
    if "claimed_by" not in node:
        return ()
    claims = node["claimed_by"]
    if "lift" not in node["then"]:
        claims.error("claim-without-lift", "only a rule that lifts is claimed", key=True)
    found: list[Test] = []
    for name, child in claims.items():
        claim = test(name, child, inventory.words, known=True)
        if claim is None:
            continue
        if not inventory.vocabulary.facts[name].claim:
            child.error("not-a-claim", f"`{name}` is not a claim", help="say `claim: true` in the vocabulary", key=True)
        found.append(claim)
    return tuple(found)


def _displaces(node: Node, rule_id: str, inventory: Inventory) -> tuple[Displacement, ...]:
    if "displaces" not in node:
        return ()
    for child in node["displaces"].elements():
        _rule_name(child["rule"], inventory)
        if child.get("rule") == rule_id:
            child["rule"].error("displaces-itself", "a rule cannot displace itself")
    return tuple(Displacement(rule=d["rule"], cite=d["cite"]) for d in node.get("displaces"))


def _rule_name(node: Node, inventory: Inventory) -> None:
    if node.data not in inventory.rules:
        unknown_name(node, "rule", str(node.data), inventory.rules)


# --- effects ---------------------------------------------------------------------------------------------------------


def _effects(name: str, node: Node, inventory: Inventory) -> list[Effect]:
    """The effects under one key: one, or a list of them."""
    if name == "oblige":
        _each_named(node, "obligation", inventory.vocabulary.obligations)
        return [Oblige(obligations=tuple(node.data))]
    if name == "offer":
        _each_named(node, "course", inventory.vocabulary.courses)
        return [Offer(courses=tuple(node.data))]
    if name == "set":
        return [e for fact, child in node.items() for e in _set(fact, child, inventory.vocabulary.facts)]
    nodes = list(node.elements()) if isinstance(node.data, list) else [node]
    found = [_READ[name](child, inventory) for child in nodes]
    return [effect for effect in found if effect is not None]


def _each_named(node: Node, what: str, known: Collection[str]) -> None:
    for child in node.elements():
        if child.data not in known:
            unknown_name(child, what, str(child.data), known)


def _set(name: str, node: Node, facts: Mapping[str, Fact]) -> list[Effect]:
    fact = facts.get(name)
    if fact is None:
        unknown_name(node, "fact", name, [f for f in facts if facts[f].is_set], key=True)
        return []
    if not fact.is_set or fact.type == "set":
        hint = "rate the risk whose levels it holds" if fact.rated is not None else "say `set: {}` in the vocabulary"
        node.error("not-settable", f"`{name}` is not set by rules", help=hint, key=True)
        return []
    value = scalar(node, fact)
    return [] if is_bad(value) else [SetFact(fact=name, value=value)]


def _require(node: Node, inventory: Inventory) -> Effect | None:
    vocabulary = inventory.vocabulary
    reason = node["reason"]
    if not isinstance(reason.data, dict):
        if reason.data not in vocabulary.reasons:
            unknown_name(reason, "reason", str(reason.data), vocabulary.reasons)
        return Require(reason=str(reason.data))
    name = str(reason.get("each"))
    fact = vocabulary.facts.get(name)
    if fact is None:
        unknown_name(reason["each"], "fact", name, vocabulary.facts)
        return None
    if fact.type != "set" or fact.of != "enum":
        reason["each"].error("each-not-a-set", f"`{name}` is not a set of enum values")
        return None
    unknown = [v for v in fact.values if v not in vocabulary.reasons]
    if unknown:
        reason["each"].error(
            "unknown-reason",
            f"`{name}` may hold `{unknown[0]}`, which is no reason of the vocabulary",
            help="every value of the set needs a reason of that name",
        )
    return Require(each=name)


def _review(node: Node, inventory: Inventory) -> Effect | None:
    vocabulary = inventory.vocabulary
    reasons = _reasons(node["reasons"], vocabulary)
    policy = node["policy"]
    if not isinstance(policy.data, dict):
        if policy.data not in REVIEW_POLICIES:
            unknown_name(policy, "review policy", str(policy.data), REVIEW_POLICIES)
        return Review(reasons=reasons, policy=str(policy.data))
    name = str(policy.get("fact"))
    fact = vocabulary.facts.get(name)
    if fact is None:
        unknown_name(policy["fact"], "fact", name, vocabulary.facts)
        return None
    if fact.type != "enum" or not set(fact.values) <= set(REVIEW_POLICIES):
        policy["fact"].error("not-a-policy", f"`{name}` is not an enum of review policies")
        return None
    return Review(reasons=reasons, policy_fact=name)


def _reasons(node: Node, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The reasons of a list, in which the name of a group stands for its members."""
    groups = vocabulary.reason_groups
    _each_named(node, "reason", {*vocabulary.reasons, *groups})
    return tuple(dict.fromkeys(member for name in node.data for member in groups.get(name, (name,))))


def _lift(node: Node, inventory: Inventory) -> Effect | None:
    vocabulary = inventory.vocabulary
    name = str(node.get("authorization"))
    if name not in vocabulary.authorizations:
        unknown_name(node["authorization"], "authorization", name, vocabulary.authorizations)
    everything = node.get("reasons") == "all"
    known = vocabulary.authorizations.get(name)
    if everything and known is not None and known.kind != "specific_license":
        node["reasons"].error(
            "lift-all",
            f"only a specific license lifts `all`, and `{name}` is a `{known.kind}`",
            help="name the reasons: `[entity_list]`",
        )
    if "rules" in node:
        for child in node["rules"].elements():
            _rule_name(child, inventory)
    if "reasons" not in node and "rules" not in node:
        node.error(
            "lift-nothing",
            f"`{name}` lifts nothing",
            help="name `reasons` or `rules`: it discharges only what it names",
        )
    return Lift(
        authorization=name,
        reasons=_reasons(node["reasons"], vocabulary) if "reasons" in node and not everything else (),
        rules=tuple(node.get("rules") or ()),
        everything=everything,
    )


def _bar(node: Node, inventory: Inventory) -> Effect | None:
    vocabulary = inventory.vocabulary
    for field in ("authorizations", "all_but"):
        if field in node:
            _each_named(node[field], "authorization", vocabulary.authorizations)
    if "kinds" in node:
        _each_named(node["kinds"], "kind of authorization", AUTHORIZATION_KINDS)
    if not {"kinds", "authorizations", "all_but"} & set(node.data):
        node.error("bar-nothing", "the bar names no authorization", help="name `kinds`, `authorizations` or `all_but`")
    named = {f: tuple(node.get(f) or ()) for f in ("kinds", "authorizations", "all_but")}
    return Bar(**named, reasons=_reasons(node["reasons"], vocabulary) if "reasons" in node else ())


def _except(node: Node, inventory: Inventory) -> Effect | None:
    for child in node["bars"].elements():
        _rule_name(child, inventory)
    return Except(bars=tuple(node.get("bars")))


def _prohibit(node: Node, inventory: Inventory) -> Effect | None:
    reason = str(node.get("reason"))
    if reason not in inventory.vocabulary.reasons:
        unknown_name(node["reason"], "reason", reason, inventory.vocabulary.reasons)
    return Prohibit(reason=reason)


def _rate(node: Node, inventory: Inventory) -> Effect | None:
    risks = inventory.vocabulary.risks
    name, level = str(node.get("risk")), str(node.get("level"))
    if name not in risks:
        unknown_name(node["risk"], "risk", name, risks)
        return None
    if level not in risks[name].levels:
        unknown_name(node["level"], "level", level, risks[name].levels, of=name)
        return None
    return Rate(risk=name, level=level)


_READ: dict[str, Callable[[Node, Inventory], Any]] = {
    "require": _require,
    "review": _review,
    "lift": _lift,
    "bar": _bar,
    "except": _except,
    "prohibit": _prohibit,
    "rate": _rate,
    "flag": lambda node, _: Flag(message=node.get("message")),
    "notice": lambda node, _: Notice(message=node.get("message")),
}
