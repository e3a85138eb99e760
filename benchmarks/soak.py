"""Threads judge an order book while packs are reloaded: answers and memory must stay as they are.

Run `make soak`, or `python benchmarks/soak.py [--count N] [--minutes M]`.

Threads draw orders and judge them with the evaluator that is in place, and check every answer against the one that was
computed at the beginning, by the `reference` backend, for that pack. Every few seconds another evaluator is loaded and
put in the place of the old one: of the pack `us_ear`, or of small packs, which are loaded over and over. Memory is
sampled; after a warm-up a straight line is laid through the samples, and what it climbs is the growth. Exit code 1 on a
wrong answer or on growth.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks import ours  # noqa: E402  the folder above is found first
from benchmarks.measure import mebibytes  # noqa: E402
from benchmarks.orders import book  # noqa: E402
from benchmarks.policies import fresh, policy  # noqa: E402
from benchmarks.real_pack import PACK, answer  # noqa: E402
from licet import Evaluator  # noqa: E402

COUNT = 5_000_000
THREADS = 8
RELOAD_SECONDS = 5.0
SAMPLE_SECONDS = 1.0
SMALL = (50, 120)
ORDERS = 400
WARM_UP = 0.3
MOST_GROWTH_MIB = 16.0
FEWEST_SAMPLES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A pack, orders to judge by it, and the answers."""

    name: str
    pack: Path
    orders: Sequence[Any]
    answers: Sequence[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A law, and an evaluator of it: what threads find in place."""

    law: Law
    judge: Callable[[Any], Any]


@dataclass(slots=True)
class Soak:
    """What all threads share: `place` changes in one step, being one reference; counts are each thread's own."""

    place: Place
    count: int
    deadline: float
    done: list[int] = field(default_factory=lambda: [0] * THREADS)
    wrong: list[str] = field(default_factory=list)
    reloads: int = 0

    def over(self) -> bool:
        """Whether to stop."""
        return bool(self.wrong) or sum(self.done) >= self.count or time.monotonic() > self.deadline


def main() -> int:
    """Soak, and say what came of it."""
    options = _options()
    laws = [law(PACK.name, PACK, book(options.orders))]
    for rules in SMALL:
        made = policy(rules)
        laws.append(law(f"{rules} rules", ours.pack_of(made), [ours.order(case) for case in fresh(made, 100)]))
    with tempfile.TemporaryDirectory() as folder:
        soak, samples = soaked(laws, options, Path(folder))
    return report(soak, samples)


def law(name: str, pack: Path, orders: Sequence[Any]) -> Law:
    """The pack with its orders, and the answers that the reference backend gives, as whole decisions."""
    decide = ours.decide(Evaluator.load(pack, backend="reference"))
    return Law(name=name, pack=pack, orders=orders, answers=[answer(decide(order)) for order in orders])


def soaked(laws: Sequence[Law], options: argparse.Namespace, cache: Path) -> tuple[Soak, list[tuple[int, float]]]:
    """Run threads until it is over; memory by the number of evaluations done."""
    soak = Soak(place(laws[0], cache), options.count, time.monotonic() + options.minutes * 60)
    workers = [threading.Thread(target=_work, args=(soak, number)) for number in range(THREADS)]
    reloader = threading.Thread(target=_reload, args=(soak, laws, cache))
    for thread in (*workers, reloader):
        thread.start()
    samples: list[tuple[int, float]] = []
    while any(worker.is_alive() for worker in workers):
        time.sleep(SAMPLE_SECONDS)
        samples.append((sum(soak.done), mebibytes()))
    reloader.join()
    return soak, samples


def place(law: Law, cache: Path) -> Place:
    """An evaluator of the law, newly loaded."""
    return Place(law=law, judge=Evaluator.load(law.pack, cache=cache).judge)


def growth(samples: Sequence[tuple[int, float]]) -> float:
    """The MiB that a straight line through the samples climbs, once it is warm."""
    warm = samples[int(len(samples) * WARM_UP) :]
    if len(warm) < FEWEST_SAMPLES:
        return 0.0
    mean_x, mean_y = (sum(point[n] for point in warm) / len(warm) for n in (0, 1))
    spread = sum((x - mean_x) ** 2 for x, _ in warm)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in warm) / spread if spread else 0.0
    return slope * (warm[-1][0] - warm[0][0])


def report(soak: Soak, samples: Sequence[tuple[int, float]]) -> int:
    """Print what came of it; 1 where something is wrong."""
    climbed = growth(samples)
    done = f"{sum(soak.done):,} evaluations in {THREADS} threads, {soak.reloads} reloads"
    print(f"{done}, {len(soak.wrong)} wrong answers")
    if samples:
        used = [y for _, y in samples]
        print(f"memory: {used[0]:,.0f} MiB first, {used[-1]:,.0f} MiB last, {max(used):,.0f} MiB at most")
    print(f"growth once warm: {climbed:+.1f} MiB (allowed: {MOST_GROWTH_MIB:.0f})")
    if len(samples) * (1 - WARM_UP) < FEWEST_SAMPLES:
        print("too short to say whether memory grows")
    for message in soak.wrong[:5]:
        print(message, file=sys.stderr)
    return 1 if soak.wrong or climbed > MOST_GROWTH_MIB else 0


def _work(soak: Soak, number: int) -> None:
    """Judge and check, with whatever is in place."""
    rng = random.Random(number)
    try:
        while not soak.over():
            current = soak.place
            for index in _drawn(len(current.law.orders), rng):
                found = answer(current.judge(current.law.orders[index]))
                soak.done[number] += 1
                if found != current.law.answers[index]:
                    soak.wrong.append(f"{current.law.name}, order {index}: {found!r}")
    except Exception as error:  # noqa: BLE001  whatever is raised is a wrong answer
        soak.wrong.append(f"{type(error).__name__}: {error}")


def _drawn(size: int, rng: random.Random, at_once: int = 20) -> Iterator[int]:
    return (rng.randrange(size) for _ in range(at_once))


def _reload(soak: Soak, laws: Sequence[Law], cache: Path) -> None:
    """Put another evaluator in place every few seconds, each law in turn."""
    try:
        for law in itertools.cycle((*laws[1:], laws[0])):
            for _ in range(int(RELOAD_SECONDS * 10)):
                if soak.over():
                    return
                time.sleep(0.1)
            soak.place = place(law, cache)
            soak.reloads += 1
    except Exception as error:  # noqa: BLE001  an evaluator that cannot be loaded is as wrong
        soak.wrong.append(f"reload: {type(error).__name__}: {error}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="threads judge and check, packs are reloaded, memory must stay flat")
    parser.add_argument("--count", type=int, default=COUNT, help=f"evaluations ({COUNT:,})")
    parser.add_argument(
        "--minutes", type=float, default=24 * 60.0, help="stop after so long, whatever was done by then"
    )
    parser.add_argument("--orders", type=int, default=ORDERS, help=f"orders of the book ({ORDERS})")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
