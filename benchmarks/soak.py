"""Hours of work in small: threads evaluate the examples over and over; answers and memory must stay as they are.

Run `make soak`, or `python benchmarks/soak.py [--seconds N] [--threads N]`.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import msgspec

from licet import Evaluator
from licet.transaction.read import Read

ROOT = Path(__file__).resolve().parent.parent
PACK = ROOT / "policies" / "us_ear"
DAYS = [date(2019, 5, 1) + timedelta(days=29 * n) for n in range(20)]
MOST_GROWTH_MIB = 64


def answer(evaluator: Evaluator, order: Read, day: date) -> bytes:
    """The decision, as bytes."""
    return msgspec.json.encode(evaluator.evaluate(order, as_of=day))


def memory() -> float:
    """The most memory this process has used so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / (1024 if sys.platform == "darwin" else 1)


def work(
    evaluator: Evaluator, expected: dict[tuple[int, date], bytes], orders: list[Read], until: float
) -> tuple[int, int]:
    """Evaluations done, and answers that differed."""
    done = wrong = 0
    while time.monotonic() < until:
        for (number, day), wanted in expected.items():
            wrong += answer(evaluator, orders[number], day) != wanted
            done += 1
            if time.monotonic() >= until:
                break
    return done, wrong


def main() -> int:
    """Print what was done; 1 where an answer differed or memory grew."""
    parser = argparse.ArgumentParser(description="evaluate the same orders from many threads, and watch")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--threads", type=int, default=8)
    given = parser.parse_args()
    evaluator = Evaluator.load(PACK, cache=None)
    orders = [evaluator.read(path.read_bytes()) for path in sorted((ROOT / "examples").glob("*.json"))]
    expected = {(n, day): answer(evaluator, order, day) for n, order in enumerate(orders) for day in DAYS}
    warm = memory()
    until = time.monotonic() + given.seconds
    with ThreadPoolExecutor(given.threads) as pool:
        jobs = [pool.submit(work, evaluator, expected, orders, until) for _ in range(given.threads)]
        results = [job.result() for job in jobs]
    done, wrong, growth = sum(d for d, _ in results), sum(w for _, w in results), memory() - warm
    print(f"{done} evaluations, {wrong} wrong, memory grew by {growth:.1f} MiB after warm-up ({evaluator.backend})")
    return 1 if wrong or growth > MOST_GROWTH_MIB else 0


if __name__ == "__main__":
    sys.exit(main())
