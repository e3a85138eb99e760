"""Engines side by side on a generated policy: loaded, checked against the truth, and timed in turns.

All are timed in every round, one after the other, so that a busy machine slows all of them alike. Slow engines get
fewer cases a round, but no engine other cases.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from benchmarks.measure import Pace, best, middle, once, pace
from benchmarks.peers import CannotLoad, Contender, Engine
from benchmarks.policies import DISTINCT, Case, Policy, fresh, policy, repeating

TRIAL_SECONDS = 120
FEWEST = 10
WRONG = "WRONG"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is measured: rounds, cases a round, the seconds that a slow engine may take for them, cases checked."""

    rounds: int = 7
    cases: int = 2000
    seconds: float = 0.5
    sample: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What was found of an engine: milliseconds to build, and to answer first; the best and the median of rounds."""

    name: str
    rules: int
    build: float
    first: float
    fresh: Pace
    warm: Pace
    fresh_median: Pace
    warm_median: Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """An engine without figures, and why; where it answered wrongly, that is an error of the run."""

    name: str
    rules: int
    reason: str
    wrong: bool = False


@dataclass(slots=True)
class _Running:
    """An engine under way."""

    contender: Contender
    engine: Engine
    build: float
    first: float
    cases: int
    fresh: list[Pace] = field(default_factory=list)
    warm: list[Pace] = field(default_factory=list)
    failed: str = ""

    def run(self, cases: Sequence[Case], into: list[Pace]) -> None:
        """One round, with the cases in the form that the engine is used with; an engine that fails is left out."""
        given = [self.contender.given(case) for case in cases[: self.cases]]
        with self.watched():
            into.append(pace(getattr(self.engine, "answer", self.engine.fired), given))

    def answers(self, cases: Sequence[Case]) -> list[frozenset[int]]:
        """The rules that fire for each of the cases."""
        return [self.engine.fired(self.contender.given(case)) for case in cases]

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Whatever the engine raises inside is noted: the table shows it."""
        try:
            yield
        except Exception as error:  # noqa: BLE001
            self.failed = f"{type(error).__name__}: {error}"

    def row(self, rules: int) -> Row | Absent:
        """What was found."""
        if self.failed:
            wrong = self.contender.ours or self.failed.startswith(WRONG)
            return Absent(name=self.contender.name, rules=rules, reason=self.failed, wrong=wrong)
        return Row(
            name=self.contender.name,
            rules=rules,
            build=self.build,
            first=self.first,
            fresh=best(self.fresh),
            warm=best(self.warm),
            fresh_median=middle(self.fresh),
            warm_median=middle(self.warm),
        )


def compare(rules: int, contenders: Sequence[Contender], effort: Effort) -> list[Row | Absent]:
    """A row for every engine, on the policy with so many rules."""
    made = policy(rules)
    sample = fresh(made, effort.sample, seed=0)
    rows: list[Row | Absent] = []
    running: list[_Running] = []
    for contender in contenders:
        started = _started(contender, made, sample, effort)
        if isinstance(started, _Running):
            running.append(started)
        else:
            rows.append(started)
    _rounds(running, made, effort)
    for one in running:
        with one.watched():  # what came between must not have changed its answers
            one.failed = one.failed or _wrong(made, sample, one.answers(sample))
    return [*(one.row(rules) for one in running), *rows]


def _started(contender: Contender, made: Policy, sample: list[Case], effort: Effort) -> _Running | Absent:
    """The engine with the policy loaded and its answers checked, or why there is none."""
    rules = len(made.rules)
    reason = _trial(contender, rules, effort) if contender.unsafe else ""
    if reason:
        return Absent(name=contender.name, rules=rules, reason=reason, wrong=reason.startswith(WRONG))
    contender.ready(made)
    given = [contender.given(case) for case in sample]
    try:
        engine, build = once(lambda: contender.build(made))
        first_answer, first = once(lambda: engine.fired(given[0]))
        answers, whole = once(lambda: [first_answer, *map(engine.fired, given[1:])])
    except Exception as error:  # noqa: BLE001  whatever a peer raises, the table shows it
        return Absent(name=contender.name, rules=rules, reason=f"{type(error).__name__}: {error}", wrong=contender.ours)
    wrong = _wrong(made, sample, answers)
    if wrong:
        return Absent(name=contender.name, rules=rules, reason=wrong, wrong=True)
    cases = int(effort.seconds * 1000 / (whole / len(sample)))
    return _Running(contender, engine, build, first, min(max(cases, FEWEST), effort.cases))


def _wrong(made: Policy, cases: list[Case], answers: list[frozenset[int]]) -> str:
    """What is wrong with the answers, or nothing."""
    for number, (case, answer) in enumerate(zip(cases, answers, strict=True)):
        truth = made.fired(case)
        if answer != truth:
            missed, added = sorted(truth - answer), sorted(answer - truth)
            return f"{WRONG} for case {number} of the sample: missed {missed[:5]}, added {added[:5]}"
    return ""


def _rounds(running: list[_Running], made: Policy, effort: Effort) -> None:
    """Time all of them in every round: cases never seen, then cases that repeat."""
    pool = max(effort.rounds * effort.cases // DISTINCT, 1)
    new = fresh(made, effort.rounds * effort.cases)
    stream = repeating(made, pool * DISTINCT)
    known, rest = stream[:pool], stream[pool:]
    for part in _parts(new, effort):
        for one in _able(running):
            one.run(part, one.fresh)
    for one in _able(running):
        with one.watched():
            one.answers(known)
    for part in _parts(rest, effort):
        for one in _able(running):
            one.run(part, one.warm)


def _able(running: list[_Running]) -> list[_Running]:
    return [one for one in running if not one.failed]


def _parts(cases: list[Case], effort: Effort) -> Iterator[list[Case]]:
    size = len(cases) // effort.rounds
    return (cases[number * size : (number + 1) * size] for number in range(effort.rounds))


# --- engines that may crash ------------------------------------------------------------------------------------------


def _trial(contender: Contender, rules: int, effort: Effort) -> str:
    """Why the engine cannot be used in this process, found out in another; or nothing."""
    context = multiprocessing.get_context("spawn")
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=_try, args=(contender.name, rules, effort.sample * 5, send), daemon=True)
    process.start()
    process.join(TRIAL_SECONDS)
    if process.is_alive():
        process.kill()
        process.join()
        return f"no end of it in {TRIAL_SECONDS} s"
    if process.exitcode is not None and process.exitcode < 0:
        return f"crashes (signal {-process.exitcode})"
    return str(receive.recv()) if receive.poll() else ""


def _try(name: str, rules: int, sample: int, send: Any) -> None:
    """Load the policy, judge the sample, and send what is wrong."""
    from benchmarks.peers import peers

    made = policy(rules)
    cases = fresh(made, sample, seed=0)
    contender = next(one for one in peers(name)[0] if one.name == name)
    try:
        engine = contender.build(made)
        reason = _wrong(made, cases, [engine.fired(case) for case in cases])
    except CannotLoad as error:
        reason = str(error)
    except Exception as error:  # noqa: BLE001  whatever it raises, the table shows it
        reason = f"{type(error).__name__}: {error}"
    if reason:
        send.send(reason)
