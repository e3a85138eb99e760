"""Same answer everywhere: the durable backend against the reference, on random packs and orders.

The library that the durable backend uses never gives a ruleset's memory back, so packs are judged in child processes,
a few dozen in each. Run as a script, this file is that child.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from licet.decision.model import Decision
from licet.evaluator import Evaluator
from licet.infer.durable import available
from tests import generate
from tests.generate import World, reduced, world
from tests.properties.test_laws import evaluate, failing

needs_engine = pytest.mark.skipif(
    not available(), reason="durable-rules cannot be imported here (it has no build for Python 3.13 and later)"
)
CHILDREN, PACKS, ORDERS = 5, 40, 10


def differences(first: int, packs: int, orders: int) -> Iterator[str]:
    """The first pair of pack and order, of these seeds, on which the backends differ, in words."""
    for seed in range(first, first + packs):
        found = world(seed)
        backends = [found.evaluator(backend=name) for name in ("reference", "durable")]
        for number in range(orders):
            asked = generate.asking(found, number)
            # The days ahead are judged once a pack: it is the same inference, forty times over.
            if not agree(asked, backends, shelf_life=number == 0):
                small = reduced(asked, differ, most=60)
                yield f"pack {seed}, order {number}: {small.rules()}\n{small.order}\n{small.as_of}"
                return  # one is enough to look at, and each ruleset made to find it costs memory for good


def agree(asked: World, backends: list[Evaluator], *, shelf_life: bool) -> bool:
    one, other = (
        nameless(b.evaluate(asked.order, as_of=asked.as_of, known_on=asked.known_on, shelf_life=shelf_life))
        for b in backends
    )
    return one == other


def differ(asked: World) -> bool:
    return not agree(asked, [asked.evaluator(backend=name) for name in ("reference", "durable")], shelf_life=True)


def nameless(decision: Decision) -> Decision:
    """The decision, whichever backend made it."""
    return msgspec.structs.replace(decision, provenance=msgspec.structs.replace(decision.provenance, backend="either"))


def in_child(first: int, packs: int, orders: int) -> None:
    """Judge in a process of its own; fails with what it says."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, __file__, str(first), str(packs), str(orders)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=1800)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    assert done.stdout.split() == ["agreed", "on", str(packs * orders)], done.stdout


@needs_engine
@pytest.mark.slow
@pytest.mark.parametrize("child", range(CHILDREN))
def test_the_backends_agree(child: int) -> None:
    in_child(child * PACKS, PACKS, ORDERS)


@needs_engine
@pytest.mark.parametrize("seed", range(8))
def test_the_backends_agree_on_what_fails(seed: int) -> None:
    """A test that raises costs the rules that it is in, and no others, whichever backend judges them."""
    found = replace(world(seed), known_on=None)
    for fact in ("i_flag", "eccn", "claim", "p_roles"):
        backends = [found.evaluator(backend=name) for name in ("reference", "durable")]
        with failing(fact):
            one, other = (nameless(evaluate(found, b)) for b in backends)
        assert one == other


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_order_of_sets_does_not_show(hash_seed: str) -> None:
    """The same bytes, whatever order the process gives its sets."""
    program = (
        "import hashlib, msgspec; from tests.generate import world; from tests.properties.test_laws import evaluate;"
        "print(*(hashlib.sha256(msgspec.json.encode(evaluate(world(n)))).hexdigest() for n in range(60)))"
    )
    found = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": given},
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
        ).stdout
        for given in ("0", hash_seed)
    ]
    assert found[0] == found[1]


if __name__ == "__main__":
    seed, packs, orders = (int(argument) for argument in sys.argv[1:])
    wrong = list(differences(seed, packs, orders))
    print("\n\n".join(wrong) or f"agreed on {packs * orders}")  # noqa: T201  # it is how a child speaks
    sys.exit(bool(wrong))
