"""Clocks and scales: how long calls take, and how much memory there is in use."""

from __future__ import annotations

import gc
import math
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

Figure: TypeAlias = Callable[[list[float]], float]

STATM = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What one round found: how many calls there were, their times in microseconds, calls a second."""

    calls: int
    p50: float
    p99: float
    rate: float


@contextmanager
def no_collection() -> Iterator[None]:
    """No garbage collection inside, one before."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def once(work: Callable[[], T]) -> tuple[T, float]:
    """What the work returns, and the milliseconds that it takes."""
    start = time.perf_counter_ns()
    result = work()
    return result, (time.perf_counter_ns() - start) / 1e6


def pace(work: Callable[[Any], object], given: Sequence[Any], seconds: float = math.inf) -> Pace:
    """How the work goes over what is given, every call on the clock, until time is up."""
    clock = time.perf_counter_ns
    end = clock() + seconds * 1e9
    times: list[int] = []
    with no_collection():
        for one in given:
            start = clock()
            work(one)
            now = clock()
            times.append(now - start)
            if now > end:
                break
    p50, p99 = (centile(times, share) / 1e3 for share in (0.5, 0.99))
    return Pace(calls=len(times), p50=p50, p99=p99, rate=len(times) / (sum(times) / 1e9))


def centile(times: Sequence[float], share: float) -> float:
    """The time that the share of them does not exceed."""
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]


def best(paces: Sequence[Pace]) -> Pace:
    """The best of several rounds, figure by figure: what a busy machine disturbs least."""
    return _each(paces, min, max)


def middle(paces: Sequence[Pace]) -> Pace:
    """The median of several rounds, figure by figure."""
    return _each(paces, statistics.median, statistics.median)


def _each(paces: Sequence[Pace], of_times: Figure, of_rates: Figure) -> Pace:
    return Pace(
        calls=sum(p.calls for p in paces),
        p50=of_times([p.p50 for p in paces]),
        p99=of_times([p.p99 for p in paces]),
        rate=of_rates([p.rate for p in paces]),
    )


def mebibytes() -> float:
    """The memory in use now; where the system does not tell, the most that has been."""
    if STATM.exists():
        return int(STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
