"""What licet is in the run: the policy as a pack of its own, a case as an order with one line that states the facts.

A rule requires a license, so that the requirements of the line are the rules that fired. What is measured is the whole
way from an order, as decoded JSON, to its answer: reading and checking the order, screening its parties (it has none),
facts, inference and resolution. Ways to ask: `verdict` (`judge`, and nothing but whether the order may go), `reasons`
(`judge`, and the rules behind it) and `decision` (`evaluate`: the record with everything in it, but for `valid_until`).
"""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from benchmarks.peers import Contender
from benchmarks.policies import DATES, Case, Fact, Policy, Rule, Scalar, Test
from licet import Evaluator, __version__
from licet.infer.durable import available

DAY = "2026-09-01"
PART = "part_1"
REVIEWED = {"on": date(2026, 9, 1), "by": "nobody"}
LAST_DAY = date(2026, 12, 31)
LONG_AGO = date(2000, 1, 1)
DAYS = {"at_least": "on_or_after", "at_most": "on_or_before"}


def backends() -> list[str]:
    """The backends that there are."""
    return ["reference", *(["durable"] if available() else [])]


def contenders() -> list[Contender]:
    """Licet on every backend that there is, in each of the ways to ask it."""
    return [_contender(backend, way) for way in ("verdict", "reasons", "decision") for backend in backends()]


def fired(answer: Any) -> frozenset[int]:
    """The rules that fired, as the answer to an order shows them."""
    return frozenset(int(r.rule.rpartition("rule_")[2]) for r in answer.lines[0].requirements)


@functools.cache
def pack_of(policy: Policy) -> Path:
    """The policy as a pack, in a folder that lasts as long as the process."""
    pack = _home() / f"bench_{len(policy.rules)}"
    files: dict[str, Any] = {"pack.yaml": _manifest(), "vocabulary.yaml": _vocabulary(policy)}
    files |= {f"{PART}/rule_{rule.number}/rule.yaml": _rule(rule) for rule in policy.rules}
    for name, data in files.items():
        path = pack / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.dump(data, Dumper=Plain, sort_keys=False), encoding="utf-8")
    return pack


@functools.cache
def _home() -> Path:
    home = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return Path(home)


def order(case: Case) -> dict[str, Any]:
    """The case as an order."""
    facts = {name: _day(value).isoformat() if name in DATES else value for name, value in case.items()}
    item = {"id": "1", "facts": {"governed": "subject", **facts}}
    return {"id": "bench", "date": DAY, "activity": "export", "parties": [], "items": [item]}


class _Licet:
    """An evaluator, and what it is asked for."""

    def __init__(self, policy: Policy, backend: str, way: str) -> None:
        evaluator = Evaluator.load(pack_of(policy), backend=backend, cache=None)
        self._ask: Callable[[Any], Any] = decide(evaluator) if way == "decision" else evaluator.judge
        self.answer: Callable[[Any], Any] = self._ask if way == "verdict" else self.fired

    def fired(self, order: Any) -> frozenset[int]:
        """The rules that fire, as the reasons of the answer show them."""
        answer = self._ask(order)
        rules = fired(answer)
        if answer.release != ("stop" if rules else "go"):
            raise RuntimeError(f"{answer.release}, where {len(rules)} rules fired")
        return rules


def decide(evaluator: Evaluator) -> Callable[[Any], Any]:
    """What gives the whole decision on an order, but for how long it holds."""
    return lambda order: evaluator.evaluate(order, shelf_life=False)


def _contender(backend: str, way: str) -> Contender:
    return Contender(
        name=f"licet {backend}, {way}",
        version=__version__,
        build=lambda policy: _Licet(policy, backend, way),
        given=order,
        ready=pack_of,
        ours=True,
    )


# --- the pack --------------------------------------------------------------------------------------------------------


def _manifest() -> dict[str, Any]:
    return {
        "title": "a generated policy",
        "regime": "bench",
        "binds": True,
        "current_through": LAST_DAY,
        "holds_after": LAST_DAY,
        "jurisdiction": {"fact": "governed", "subject": "subject"},
    }


def _vocabulary(policy: Policy) -> dict[str, Any]:
    governed = Fact(name="governed", type="enum", values=("subject", "not_subject"))
    return {
        "facts": {fact.name: _fact(fact) for fact in (governed, *policy.facts)},
        "reasons": {"generated": {"title": "a generated rule", "cite": "the generator"}},
    }


def _fact(fact: Fact) -> dict[str, Any]:
    said: dict[str, Any] = {"scope": "item", "type": fact.type, "meaning": fact.name, "cite": "the generator"}
    if fact.type == "enum":
        said["values"] = list(fact.values)
    if fact.type == "number":
        said["unit"] = "pieces"
    return said


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "title": f"rule {rule.number}",
        "because": [{"cite": "the generator"}],
        "in_force": [{"from": LONG_AGO, "published": LONG_AGO, "cite": "the generator"}],
        "reviewed": REVIEWED,
        "when": {"all": [{test.fact: _tested(test)} for test in rule.tests]},
        "then": {"require": {"reason": "generated"}},
    }


def _tested(test: Test) -> Any:
    values = [_day(value) if test.type == "date" else value for value in test.values]
    if test.operator == "in":
        return values[0] if len(values) == 1 else {"in": values}
    return {DAYS[test.operator] if test.type == "date" else test.operator: values[0]}


def _day(value: Scalar) -> date:
    text = str(value)
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


class Plain(yaml.SafeDumper):
    """Writes every value out: packs have no aliases."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  the library's signature
        """Whether the value is written out each time."""
        return True
