"""Many random worlds: every law and both backends, on seeds that no run had before (`make fuzz`).

`LICET_FUZZ_SEED` repeats a run, `LICET_FUZZ_PAIRS` makes it longer or shorter (pairs of policy and order).
"""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.properties.test_backends import in_child, needs_engine
from tests.properties.test_laws import LAWS, hold_to

pytestmark = pytest.mark.fuzz

SEED = int(os.environ.get("LICET_FUZZ_SEED") or random.SystemRandom().randrange(2**31))
PAIRS = int(os.environ.get("LICET_FUZZ_PAIRS") or 100_000)
ORDERS, PACKS_A_CHILD = 20, 40
#: Worlds for each law: one for every two hundred pairs.
WORLDS = max(1, PAIRS // 200)


@pytest.mark.parametrize("name", sorted(LAWS))
def test_law_on_new_seeds(name: str) -> None:
    print(f"LICET_FUZZ_SEED={SEED}")  # noqa: T201  # shown with a failure, which it repeats
    for seed in range(SEED, SEED + WORLDS):
        hold_to(name, seed)


@needs_engine
def test_the_backends_agree_on_new_seeds() -> None:
    """Each child judges a few dozen packs, and takes with it the memory that their rulesets never give back."""
    print(f"LICET_FUZZ_SEED={SEED}")  # noqa: T201  # shown with a failure, which it repeats
    packs = max(1, PAIRS // ORDERS)
    firsts = range(SEED, SEED + packs, PACKS_A_CHILD)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = [pool.submit(in_child, first, min(PACKS_A_CHILD, SEED + packs - first), ORDERS) for first in firsts]
    assert sum(future.result() is None for future in done) == len(firsts)
