"""The vocabulary: data to facts, reasons, authorizations, obligations and risks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from msgspec.structs import replace

from licet.policy.contract import paths
from licet.policy.model import Authorization, Course, Fact, OfRegime, Risk, Table, Term, Vocabulary
from licet.policy.node import Node
from licet.policy.read_conditions import CALLED, Words, is_bad, members, scalar, unknown_name
from licet.policy.read_derivations import derivation, no_circles
from licet.policy.terms import AUTHORIZATION_KINDS, REVIEW_POLICIES
from licet.suggest import choices
from licet.text import quoted
from licet.values import Value

#: The facts that every pack has; a pack need not declare them.
BUILT_IN = {
    fact.name: fact
    for fact in (
        Fact(
            name="as_of", scope="transaction", type="date", meaning="the date whose law applies", cite="the evaluation"
        ),
        Fact(
            name="required_reasons",
            scope="item",
            type="set",
            of="text",
            meaning="the reasons of the line's license requirements",
            cite="the evaluation",
            is_set=True,
        ),
        Fact(
            name="authorized_by",
            scope="item",
            type="set",
            of="text",
            meaning="the authorizations that lift requirements of the line",
            cite="the evaluation",
            is_set=True,
        ),
    )
}


def vocabulary(nodes: Sequence[Node], tables: Mapping[str, Table], regime: str) -> Vocabulary:
    """The vocabulary that the files of a pack declare together; findings for words that contradict one another."""
    declared = _declared(nodes, "facts")
    facts = dict(BUILT_IN)
    for name, child in declared.items():
        if name in BUILT_IN:
            child.error("fact-built-in", f"`{name}` is a fact that every pack has", key=True)
            continue
        facts[name] = _fact(name, child, tables)
    words = Words(facts=facts, tables=tables)
    for name, child in declared.items():
        if "derive" in child and name in facts:
            facts[name] = replace(facts[name], derive=derivation(child["derive"], words, facts[name]))
    no_circles(declared, facts)
    reasons = _terms(nodes, "reasons")
    regimes = {regime, *(fact.of_regime.regime for fact in facts.values() if fact.of_regime is not None)}
    spoken = Vocabulary(
        facts=facts,
        reasons=reasons,
        reason_groups=_reason_groups(_declared(nodes, "reason_groups"), reasons),
        authorizations=_authorizations(_declared(nodes, "authorizations")),
        obligations=_terms(nodes, "obligations"),
        risks=(risks := {name: _risk(name, child, facts) for name, child in _declared(nodes, "risks").items()}),
        courses={name: _course(name, child, facts, regimes) for name, child in _declared(nodes, "courses").items()},
    )
    for name, child in declared.items():
        if name in facts and facts[name].rated is not None:
            facts[name] = _rated(facts[name], child, risks)
    return spoken


def _risk(name: str, node: Node, facts: Mapping[str, Fact]) -> Risk:
    for child in node["shows"].elements() if "shows" in node else ():
        if child.data not in facts:
            unknown_name(child, "fact", str(child.data), facts)
        elif facts[child.data].scope not in {"transaction", "item"}:
            child.error(
                "shows-scope",
                f"expected a fact of the transaction or the item, and `{child.data}` is one of the "
                f"{facts[child.data].scope}",
                help="a risk is told of a line as a whole",
            )
    return Risk(
        id=name,
        title=node.get("title"),
        cite=node.get("cite"),
        levels=tuple(node.get("levels")),
        ranks=node.get("ranks") or False,
        shows=tuple(node.get("shows") or ()),
    )


def _course(name: str, node: Node, facts: Mapping[str, Fact], regimes: Collection[str]) -> Course:
    """A course; it is about the pack's own regime, or one of which the pack asks."""
    _states(node, facts)
    for field in ("wait_for", "applies_to"):
        if field in node and node.get(field) not in regimes:
            unknown_name(node[field], "regime", str(node.get(field)), sorted(regimes))
    return Course(
        id=name,
        title=node.get("title"),
        cite=node.get("cite"),
        proceeds=node.get("proceeds"),
        proposal=node.get("proposal"),
        facts=dict(node.get("facts") or {}),
        wait_for=node.get("wait_for"),
        applies_to=node.get("applies_to"),
    )


def _states(node: Node, facts: Mapping[str, Fact]) -> None:
    """What a line would state on a course must be what an order can state of a line or of a whole."""
    for fact, child in node["facts"].items() if "facts" in node else ():
        known = facts.get(fact)
        if known is None:
            unknown_name(child, "fact", fact, facts, key=True)
        elif not known.stated or known.scope not in {"transaction", "item"} or fact in BUILT_IN:
            child.error(
                "course-not-stated",
                f"expected a fact that an order states under `facts`, not of a party, and `{fact}` is none",
                help="what an order says elsewhere, or what is set or computed, a course cannot change",
                key=True,
            )
        elif known.type == "set":
            members(child, known)
        else:
            scalar(child, known)


def _rated(fact: Fact, node: Node, risks: Mapping[str, Risk]) -> Fact:
    """A fact that holds the levels which a risk reaches: a set of them, of the line."""
    risk = risks.get(str(fact.rated))
    if risk is None:
        unknown_name(node["rated"], "risk", str(fact.rated), risks)
        return replace(fact, rated=None)
    if (fact.scope, fact.type, fact.of, fact.values) != ("item", "set", "enum", risk.levels):
        levels = ", ".join(risk.levels)
        node["rated"].error(
            "rated-shape",
            f"expected a set of the levels of `{risk.id}`, of the item, and `{fact.name}` is {_called(fact)}",
            help=f"`scope: item`, `type: set`, `of: enum`, `values: [{levels}]`",
        )
    return fact


def _declared(nodes: Sequence[Node], kind: str) -> dict[str, Node]:
    """The words of a kind by name, wherever they are declared; a finding for one that is declared twice."""
    found: dict[str, Node] = {}
    for node in nodes:
        for name, child in node[kind].items() if kind in node and node.get(kind) else ():
            if name in found:
                shown = f"`{name}` is declared in {quoted(found[name].path)}, too"
                child.error("word-twice", shown, help="a word means one thing: declare it once", key=True)
            else:
                found[name] = child
    return found


def _terms(nodes: Sequence[Node], kind: str) -> dict[str, Term]:
    return {i: Term(id=i, title=t.get("title"), cite=t.get("cite")) for i, t in _declared(nodes, kind).items()}


def _reason_groups(entries: Mapping[str, Node], reasons: Mapping[str, Term]) -> dict[str, tuple[str, ...]]:
    """The groups by name; a group must not be called like a reason, and holds nothing but reasons."""
    for name, child in entries.items():
        if name in reasons:
            child.error("word-twice", f"`{name}` is a reason, too", help="a word means one thing", key=True)
        for member in child["reasons"].elements():
            if member.data not in reasons:
                unknown_name(member, "reason", str(member.data), reasons)
    return {name: tuple(child.get("reasons")) for name, child in entries.items()}


def _authorizations(entries: Mapping[str, Node]) -> dict[str, Authorization]:
    """Authorizations by id; a nested id has the kind of the nearest one around it."""
    found: dict[str, Authorization] = {}
    for name in sorted(entries, key=lambda n: n.count(".")):
        child = entries[name]
        above = _above(name, found)
        kind = child.get("kind")
        if above is not None and kind not in {None, above.kind}:
            child["kind"].error(
                "authorization-kind",
                f"`{name}` cannot be of another kind than `{above.id}`, which is a `{above.kind}`",
                help="leave `kind` out: a nested authorization has the kind of the one around it",
            )
        elif above is None and "." in name:
            top = name.partition(".")[0]
            child.error(
                "missing-parent",
                f"authorization `{name}` is part of `{top}`, which the vocabulary does not have",
                help=f"add `{top}` with its kind",
                key=True,
            )
        elif above is None and kind is None:
            child.error(
                "missing-kind",
                f"authorization `{name}` has no `kind`",
                help=f"kinds: {choices(AUTHORIZATION_KINDS)}",
                key=True,
            )
        shown = kind or (above.kind if above is not None else AUTHORIZATION_KINDS[0])
        found[name] = Authorization(id=name, kind=shown, title=child.get("title"), cite=child.get("cite"))
    return found


def _above(name: str, found: Mapping[str, Authorization]) -> Authorization | None:
    while "." in name:
        name = name.rpartition(".")[0]
        if name in found:
            return found[name]
    return None


def _fact(name: str, node: Node, tables: Mapping[str, Table]) -> Fact:
    data = node.data
    fact = Fact(
        name=name,
        scope=data["scope"],
        type=data["type"],
        of=data.get("of"),
        values=tuple(data.get("values", ())),
        unit=data.get("unit"),
        meaning=data["meaning"],
        cite=data["cite"],
        ask=data.get("ask"),
        read=data.get("read"),
        claim=data.get("claim", False),
        is_set="set" in data or "rated" in data,
        of_regime=OfRegime(**data["of_regime"]) if "of_regime" in data else None,
        rated=data.get("rated"),
        listed_in=_listed_in(node, tables),
    )
    _origin(node, fact)
    _of_regime(node, fact)
    _read_path(node, fact)
    _shape(node, fact)
    return _defaults(node, fact)


def _listed_in(node: Node, tables: Mapping[str, Table]) -> tuple[str, str] | None:
    if "listed_in" not in node:
        return None
    child = node["listed_in"]
    name, column = str(child.get("table")), str(child.get("column"))
    if name not in tables:
        unknown_name(child["table"], "table", name, tables)
    elif column not in tables[name].columns:
        unknown_name(child["column"], "column", column, tables[name].columns)
    return name, column


#: Where a fact's value comes from that no order states.
_COMPUTED = ("set", "derive", "of_regime", "rated")


def _origin(node: Node, fact: Fact) -> None:
    """A value comes from one place."""
    given = [name for name in ("read", *_COMPUTED) if name in node]
    if len(given) > 1 or (fact.claim and {*_COMPUTED} & set(given)):
        shown = [*given, *(["claim"] if fact.claim and len(given) == 1 else [])]
        node[given[-1]].error(
            "fact-origin",
            f"`{fact.name}` has " + " and ".join(f"`{n}`" for n in shown) + ": a value comes from one place",
            key=True,
        )
    if "absent" in node and {*_COMPUTED} & set(given):
        node["absent"].error("fact-origin", f"`{fact.name}` is computed, so that nothing is assumed for it", key=True)


def _of_regime(node: Node, fact: Fact) -> None:
    """What another regime says of a line is a fact of the line, and of the type that its verdicts have."""
    if fact.of_regime is None:
        return
    type_, values = _TYPES_OF_REGIME[fact.of_regime.what]
    if fact.scope != "item" or fact.type != type_ or not {*fact.values} <= {*values} or {*values} - {*fact.values}:
        wanted = f"`scope: item`, `type: {type_}`" + (f", `values: [{', '.join(values)}]`" if values else "")
        node["of_regime"].error(
            "of-regime-shape",
            f"expected {CALLED[type_]} of the item for `{fact.of_regime.what}` of another regime, "
            f"and `{fact.name}` is {_called(fact)}",
            help=wanted,
        )


def _called(fact: Fact) -> str:
    """A fact by its type, its scope and its values."""
    return f"{CALLED[fact.type]} of the {fact.scope}" + (f" with {choices(fact.values)}" if fact.values else "")


_TYPES_OF_REGIME: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "outcome": (
        "enum",
        ("not_subject", "no_license_required", "authorized", "hold", "license_required", "prohibited"),
    ),
    "release": ("enum", ("go", "hold", "stop")),
    "review": ("enum", REVIEW_POLICIES),
    "could_apply": ("boolean", ()),
    "another_line_goes": ("boolean", ()),
}


def _read_path(node: Node, fact: Fact) -> None:
    """A fact that reads what no order has would be unknown for ever; what listings have is checked with the lists."""
    if fact.read is not None and fact.scope != "listing" and fact.read not in paths(fact.scope):
        unknown_name(node["read"], "field", fact.read, paths(fact.scope), of=fact.scope)


def _shape(node: Node, fact: Fact) -> None:
    of_enum = fact.type == "enum" or (fact.type == "set" and fact.of == "enum")
    if of_enum and not fact.values:
        node.error("missing-values", f"`{fact.name}` is an enum and has no `values`", key=True)
    if fact.values and not of_enum:
        node["values"].error(
            "values-not-enum", f"`{fact.name}` is {CALLED[fact.type]}, and only an enum has `values`", key=True
        )
    if "set" in node and fact.read is None and fact.scope == "transaction":
        node["set"].error(
            "set-of-transaction",
            f"`{fact.name}` is set by rules, and they judge lines: no fact of the whole transaction can be set",
            help="give it the scope `item`",
            key=True,
        )
    if fact.type == "set" and fact.of is None:
        node.error("missing-of", f"`{fact.name}` is a set and does not say `of` what", key=True)
    if fact.type in {"number", "money"} and fact.unit is None:
        node.error("missing-unit", f"`{fact.name}` is {CALLED[fact.type]} and has no `unit`", key=True)


def _defaults(node: Node, fact: Fact) -> Fact:
    if "absent" in node and isinstance(node.get("absent"), dict):
        given = node["absent"]["assume"]
        assumed = members(given, fact) if fact.type == "set" else _value(given, fact)
        assumed = None if is_bad(assumed) else assumed
        return replace(fact, assume=assumed, assume_because=node["absent"].get("because"))
    if fact.is_set and "default" in (node.get("set") or {}):
        return replace(fact, default=_value(node["set"]["default"], fact), has_default=True)
    return fact


def _value(node: Node, fact: Fact) -> Value:
    found = scalar(node, fact)
    return None if is_bad(found) else found
