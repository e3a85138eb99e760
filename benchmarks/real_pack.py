"""The pack `us_ear` on the order book: what an exporter's system would see.

Three things are asked for: the verdict alone, the verdict with its reasons read, and the whole decision. The book is
gone through twice: orders of which nothing is remembered, and the same ones again.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import yaml

from benchmarks import ours
from benchmarks.measure import best, mebibytes, once, pace
from benchmarks.orders import Order, book
from licet import Evaluator

PACK = Path(__file__).resolve().parent.parent / "policies" / "us_ear"
LISTINGS = PACK / "part_744" / "supp_4_entity_list" / "listings"
LISTED = date(2020, 1, 1)
SAMPLE = 50
AT_ONCE = 500  # listings in a file
FEW = 20
EXAMPLE = PACK.parent.parent / "examples" / "05_patch_for_existing_network.json"
ROUND, ROUNDS = 2000, 7
SAMPLE_OF_ANSWERS = 5000


class WrongAnswerError(Exception):
    """Two ways to the same answer differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How many orders are judged, the most seconds that a pass over them may take, the listings added in turn."""

    orders: int = 20_000
    seconds: float = 20.0
    listings: tuple[int, ...] = (0, 1_000, 10_000)
    many: int = 1_000_000


def figures(backend: str, effort: Effort) -> list[tuple[str, str]]:
    """What was found on the backend, by name."""
    orders = book(effort.orders)
    with tempfile.TemporaryDirectory() as folder:
        _, parsed = once(lambda: Evaluator.load(PACK, backend=backend, cache=Path(folder)))
        evaluator, cached = once(lambda: Evaluator.load(PACK, backend=backend, cache=Path(folder)))
    before = mebibytes()
    judge, decide = evaluator.judge, ours.decide(evaluator)
    _, cold = once(lambda: judge(orders[0]))
    new = pace(judge, orders[1:], effort.seconds)
    counts = evaluator.remembered
    done = orders[: new.calls + 1]
    seen = pace(judge, done, effort.seconds)
    explained = pace(lambda order: _reasons(judge(order)), done, effort.seconds)
    again = done[: explained.calls]
    pace(lambda order: _reasons(judge(order)), again)  # what the first reasons ask besides splits some signatures
    reasons = pace(lambda order: _reasons(judge(order)), again, effort.seconds)
    decisions = pace(decide, done, effort.seconds)
    lasting = pace(evaluator.evaluate, done[:FEW])
    return [
        ("load, files parsed and checked, ms", f"{parsed:,.0f}"),
        ("load, from the cache, ms", f"{cached:,.0f}"),
        ("cold: the first order, ms", f"{cold:,.1f}"),
        ("orders of the book", f"{len(done):,}"),
        ("  distinct signatures of its lines", f"{counts.kept:,}"),
        ("  distinct answers to its lines", f"{_distinct(judge, done[:SAMPLE_OF_ANSWERS]):,}"),
        ("  known when asked for", f"{100 * counts.rate:.1f} %"),
        ("verdicts/s, first pass", f"{new.rate:,.0f}"),
        ("  p50, p99, ms, first pass", f"{new.p50 / 1e3:,.3f}, {new.p99 / 1e3:,.3f}"),
        ("verdicts/s, second pass", f"{seen.rate:,.0f}"),
        ("  p50, p99, ms, second pass", f"{seen.p50 / 1e3:,.3f}, {seen.p99 / 1e3:,.3f}"),
        ("with reasons/s, asked for the first time", f"{explained.rate:,.0f}"),
        ("with reasons/s, once known", f"{reasons.rate:,.0f}"),
        ("  p50, p99, ms, once known", f"{reasons.p50 / 1e3:,.3f}, {reasons.p99 / 1e3:,.3f}"),
        ("whole decisions/s", f"{decisions.rate:,.0f}"),
        ("whole decisions with `valid_until`/s", f"{lasting.rate:,.1f}"),
        ("memory that the orders added, MiB", f"{mebibytes() - before:,.1f}"),
    ]


def four_cases(backend: str, effort: Effort) -> list[tuple[str, str]]:
    """An order of four cases, a line by itself and against three parties, that comes again with other amounts."""
    judge = Evaluator.load(PACK, backend=backend).judge
    order = msgspec.json.decode(EXAMPLE.read_bytes())
    line = order["items"][0]
    orders = [
        {**order, "id": f"{n}", "items": [{**line, "value": {"amount": 1000 + n / 4, "currency": "USD"}}]}
        for n in range(ROUND)
    ]
    warm = [pace(lambda order: _reasons(judge(order)), orders) for _ in range(2)][-1]
    verdicts = best([pace(judge, orders) for _ in range(ROUNDS)])
    reasons = best([warm, *(pace(lambda order: _reasons(judge(order)), orders) for _ in range(ROUNDS))])
    before = mebibytes()
    for _ in range(effort.many // ROUND):
        for each in orders:
            judge(each)
    return [
        ("an order of four cases, known: verdicts/s", f"{verdicts.rate:,.0f}"),
        ("  p50, p99, us", f"{verdicts.p50:,.1f}, {verdicts.p99:,.1f}"),
        ("  with reasons/s", f"{reasons.rate:,.0f}"),
        ("  p50, p99, us, with reasons", f"{reasons.p50:,.1f}, {reasons.p99:,.1f}"),
        (f"  memory after {effort.many:,} of them, MiB more", f"{mebibytes() - before:,.1f}"),
    ]


def check(backends: Sequence[str]) -> None:
    """Raise where backends differ, or the verdict and the decision."""
    orders = book(SAMPLE, seed=2)
    evaluators = [Evaluator.load(PACK, backend=backend) for backend in backends]
    for order in orders:
        answers = {answer(ask(order)) for e in evaluators for ask in (e.judge, ours.decide(e))}
        if len(answers) > 1:
            raise WrongAnswerError(f"order {order['id']} of the check has {len(answers)} answers")


def growth(backend: str, effort: Effort) -> list[tuple[str, Sequence[str]]]:
    """What listings cost: the Entity List made longer with invented ones."""
    orders = book(min(effort.orders, 500), seed=3)
    rows: list[tuple[str, Sequence[str]]] = [("listings added", ("load ms", "seen p50 ms", "seen p99 ms", "MiB"))]
    kept: list[Evaluator] = []  # what one gave back would hide what the next takes
    for many in effort.listings:
        with tempfile.TemporaryDirectory() as folder:
            pack = _longer(Path(folder), many)
            before = mebibytes()
            evaluator, load = once(lambda pack=pack: Evaluator.load(pack, backend=backend, cache=None))  # type: ignore[misc]
        kept.append(evaluator)
        judge = evaluator.judge
        done = orders[: pace(judge, orders, effort.seconds / 4).calls]
        seen = pace(judge, done, effort.seconds / 4)
        used = mebibytes() - before
        rows.append((f"{many:,}", (f"{load:,.0f}", f"{seen.p50 / 1e3:,.3f}", f"{seen.p99 / 1e3:,.3f}", f"{used:,.0f}")))
    return rows


def _distinct(judge: Callable[[Any], Any], orders: Sequence[Order]) -> int:
    """How many different answers the lines of the orders get."""
    return len({_answer_of_line(line) for order in orders for line in judge(order).lines})


def _reasons(answer: Any) -> list[Any]:
    """What a person would be shown of every line."""
    return [(line.outcome, line.determined_by, line.requirements) for line in answer.lines]


def answer(of: Any) -> bytes:
    """What has to be the same however it is asked for."""
    return msgspec.json.encode((of.release, of.outcome, [_answer_of_line(line) for line in of.lines]))


def _answer_of_line(line: Any) -> tuple[Any, ...]:
    requirements = tuple((r.reason, r.state, r.rule) for r in line.requirements)
    return line.outcome, tuple(line.determined_by), requirements


def _longer(folder: Path, many: int) -> Path:
    """A copy of the pack, with so many more entries on its Entity List."""
    pack = folder / PACK.name
    shutil.copytree(PACK, pack, ignore=shutil.ignore_patterns("cases.yaml"))
    for first in range(0, many, AT_ONCE):
        entries = [_listing(number) for number in range(first, min(first + AT_ONCE, many))]
        text = yaml.dump({"listings": entries}, Dumper=ours.Plain, sort_keys=False)
        (pack / LISTINGS.relative_to(PACK) / f"bench_{first}.yaml").write_text(text, encoding="utf-8")
    return pack


def _listing(number: int) -> dict[str, Any]:
    row = {"from": LISTED, "published": LISTED, "cite": "invented", "review": "presumption_of_denial"}
    return {
        "id": f"invented_{number}",
        "name": f"Invented Trading {number} Co., Ltd.",
        "aliases": [f"Invented {number}", f"IT {number}"],
        "country": "CN",
        "group": "other",
        "rows": [row],
    }
