"""How fast the engine is on this machine: loading, and evaluating the examples, on each backend there is.

Run `make bench`, or `python benchmarks/bench.py [--rounds N]`.

Figures hang on the machine and on what else it does: compare them as ratios within one run.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from licet import Evaluator
from licet.infer.durable import available
from licet.transaction.read import Read

ROOT = Path(__file__).resolve().parent.parent
PACK = ROOT / "policies" / "us_ear"
DAY = date(2019, 11, 4)


def timed(work: Callable[[], object]) -> float:
    """Milliseconds that the work takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def loading(backend: str) -> list[tuple[str, float]]:
    """Milliseconds to load the pack from its files, and from the cache."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        cold = timed(lambda: Evaluator.load(PACK, backend=backend, cache=cache))
        warm = min(timed(lambda: Evaluator.load(PACK, backend=backend, cache=cache)) for _ in range(3))
    return [("load, files parsed and checked", cold), ("load, from the cache", warm)]


def evaluating(backend: str, rounds: int) -> list[tuple[str, float]]:
    """Milliseconds an order: reading it, its outcome, its reasons, and the whole decision."""
    evaluator = Evaluator.load(PACK, backend=backend, cache=None)
    raw = [path.read_bytes() for path in sorted((ROOT / "examples").glob("*.json"))]
    orders = [evaluator.read(text) for text in raw]

    def each(work: Callable[[Read], object]) -> list[float]:
        for order in orders:
            work(order)  # the first sight of a day makes its view of the law
        return [timed(lambda o=order: work(o)) for _ in range(rounds) for order in orders]  # type: ignore[misc]

    reading = [timed(lambda t=text: evaluator.read(t)) for _ in range(rounds) for text in raw]  # type: ignore[misc]
    jobs = {
        "outcome alone": each(lambda order: evaluator.outcome(order, DAY)),
        "with reasons": each(lambda order: evaluator.evaluate(order, as_of=DAY, shelf_life=False)),
        "with reasons and valid_until": each(lambda order: evaluator.evaluate(order, as_of=DAY)),
    }
    found = [("read an order", statistics.median(reading))]
    for name, times in jobs.items():
        ordered = sorted(times)
        found += [(f"{name}, p50", statistics.median(ordered)), (f"{name}, p99", ordered[int(len(ordered) * 0.99)])]
    return found


def main() -> int:
    """Print a table, one column a backend."""
    parser = argparse.ArgumentParser(description="speed of the engine on the examples, in milliseconds")
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    backends = ["reference", *(["durable"] if available() else [])]
    columns = {backend: dict(loading(backend) + evaluating(backend, rounds)) for backend in backends}
    print(f"{'milliseconds':34}" + "".join(f"{backend:>12}" for backend in backends))
    for name in columns["reference"]:
        print(f"{name:34}" + "".join(f"{columns[backend][name]:12.3f}" for backend in backends))
    return 0


if __name__ == "__main__":
    sys.exit(main())
