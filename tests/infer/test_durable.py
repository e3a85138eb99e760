"""durable-rules against a matcher of one line, and everything that may go wrong between us and it.

Whatever leans hard on the C library runs in a child process: a crash fails one test, and the memory that the library
never gives back goes with the child. Run as a script, this file is that child.
"""

from __future__ import annotations

import os
import pickle
import random
import re
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import pytest

from licet.infer import durable
from licet.infer.durable import Clause, DurableMatcher, EngineError

needs_engine = pytest.mark.skipif(
    not durable.available(), reason="durable-rules cannot be imported here (it has no build for Python 3.13 and later)"
)

PLAIN: tuple[Clause, ...] = ((1, (10, 11)), (2, (11, 12)), (3, (12,)), (3, (10, 13)))


def naive(clauses: Iterable[Clause], possible: Iterable[int]) -> frozenset[int]:
    """The meaning: a head fires when a body of its own is possible as a whole."""
    literals = set(possible)
    return frozenset(head for head, body in clauses if literals.issuperset(body))


def drawn(rng: random.Random, *, clauses: int, literals: int, longest: int) -> list[Clause]:
    """Random clauses with shared heads and repeated bodies."""
    made: list[Clause] = []
    for _ in range(clauses):
        body = rng.sample(range(literals), rng.randint(1, min(longest, literals)))
        if made and rng.random() < 0.1:
            body = list(rng.choice(made)[1])
            rng.shuffle(body)
        made.append((rng.randrange(max(1, clauses * 2 // 3)), tuple(body)))
    return made


def cases(rng: random.Random, clauses: Sequence[Clause], literals: int, count: int) -> Iterator[list[int]]:
    """Sets of possible literals: none, all, strangers, and random ones that fire a few or just fail to."""
    yield []
    yield list(range(literals))
    yield [-1, literals, literals + 1]
    for _ in range(count):
        possible = rng.sample(range(literals), rng.choice((0, min(25, literals), literals // 2)))
        for _, body in rng.sample(clauses, min(3, len(clauses))):
            possible += body
        if rng.random() < 0.5:
            possible = [literal for literal in possible if literal != rng.choice(possible)]
        yield [*possible, literals + 5]


def differences(rng: random.Random, clauses: Sequence[Clause], literals: int, count: int) -> list[object]:
    """The cases in which the library and the meaning differ."""
    matcher = DurableMatcher(clauses)
    return [
        (clauses, possible)
        for possible in cases(rng, clauses, literals, count)
        if matcher.match(possible) != naive(clauses, possible)
    ]


# --- the child process ------------------------------------------------------------------------------------------------


def child_fuzz(seed: int, count: int) -> None:
    rng = random.Random(seed)
    for _ in range(count):
        literals = rng.choice((1, 2, 4, 8, 30, 300))
        clauses = drawn(rng, clauses=rng.choice((1, 2, 5, 12)), literals=literals, longest=rng.choice((1, 3, 6)))
        assert not differences(rng, clauses, literals, 5)


def child_large(seed: int, count: int) -> None:
    rng = random.Random(seed)
    for clauses, literals, longest in ((3000, 2000, 7), (1000, 150, 6), (200, 240, 40), (300, 2, 2), (130, 130, 1)):
        assert not differences(rng, drawn(rng, clauses=clauses, literals=literals, longest=longest), literals, count)


def child_leak(seed: int, count: int) -> None:
    rng = random.Random(seed)
    clauses = drawn(rng, clauses=150, literals=200, longest=6)
    matcher = DurableMatcher(clauses)
    asked = list(cases(rng, clauses, 200, 200))
    for possible in asked * 2:
        matcher.match(possible)
    before, loaded = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, len(durable._rulesets)
    for number in range(count):
        if number % 1000 == 0:
            matcher = DurableMatcher(rng.sample(clauses, len(clauses)))
        matcher.match(asked[number % len(asked)])
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert len(durable._rulesets) == loaded
    assert grown < 8 * 1024, f"{grown} KiB more after {count} matches"


def child_fork(seed: int, count: int) -> None:
    matcher = DurableMatcher(PLAIN)
    with durable._lock:  # as another thread might hold it when a process forks
        pid = os.fork()
        if pid == 0:
            os._exit(0 if matcher.match((10, 11)) == {1} else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def in_child(name: str, seed: int, count: int) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, __file__, name, str(seed), str(count)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"exit code {done.returncode} (negative: crashed)\n{done.stderr[-3000:]}"


# --- right answers ----------------------------------------------------------------------------------------------------


@needs_engine
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_the_meaning_on_random_clauses(seed: int) -> None:
    in_child("fuzz", seed, 500)


@needs_engine
@pytest.mark.slow
def test_agrees_with_the_meaning_on_large_sets() -> None:
    in_child("large", 7, 15)


@needs_engine
@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(100, 150))
def test_agrees_with_the_meaning_at_length(seed: int) -> None:
    in_child("fuzz", seed, 1000)
    in_child("large", seed, 60)


@needs_engine
@pytest.mark.slow
def test_memory_does_not_grow_over_matches() -> None:
    in_child("leak", 3, 20_000)


@needs_engine
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_can_match() -> None:
    in_child("fork", 0, 0)


@needs_engine
def test_plain_clauses() -> None:
    matcher = DurableMatcher(PLAIN)
    assert matcher.match([]) == frozenset()
    assert matcher.match([99]) == frozenset()
    assert matcher.match({10, 11}) == {1}
    assert matcher.match((10, 13, 13)) == {3}
    assert matcher.match([10, 11, 12, 13, 14]) == {1, 2, 3}


def test_no_clauses_need_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable, "_engine", unloadable)
    assert DurableMatcher([]).match([1, 2]) == frozenset()


@needs_engine
def test_repeated_literals_and_bodies_are_one_rule() -> None:
    clauses: list[Clause] = [(head, (5, 6, 5) if head % 2 else (6, 5)) for head in range(400)]
    assert len(DurableMatcher(clauses)._shards[0].heads) == 1
    assert DurableMatcher(clauses).match([5, 6]) == frozenset(range(400))


@needs_engine
def test_bodies_that_begin_or_contain_other_bodies() -> None:
    clauses: list[Clause] = [(length, tuple(range(length))) for length in range(1, 41)]
    matcher = DurableMatcher(clauses)
    for length in range(41):
        assert matcher.match(range(length)) == frozenset(range(1, length + 1))


@needs_engine
def test_more_than_sixty_heads_at_once() -> None:
    clauses: list[Clause] = [(head, (head, 1000)) for head in range(500)]
    assert DurableMatcher(clauses).match(range(1001)) == frozenset(range(500))


@needs_engine
def test_every_property_a_fact_can_hold() -> None:
    clauses: list[Clause] = [(head, tuple(literal for literal in range(240) if literal != head)) for head in range(60)]
    matcher = DurableMatcher([*clauses, (60, tuple(range(240)))])
    assert matcher.match(range(240)) == frozenset(range(61))
    assert matcher.match(literal for literal in range(240) if literal != 7) == {7}  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [(), tuple(range(241))])
def test_a_body_that_no_ruleset_can_hold_is_refused(body: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="head 4: expected 1 to 240 literals"):
        DurableMatcher([(4, body)])


@needs_engine
def test_eight_threads_at_once() -> None:
    rng = random.Random(11)
    clauses = drawn(rng, clauses=200, literals=150, longest=5)
    matchers = [DurableMatcher(clauses), DurableMatcher(clauses[::-1])]
    asked = [(possible, naive(clauses, possible)) for possible in cases(rng, clauses, 150, 200)]
    wrong: list[object] = []
    done: list[int] = []

    def work(number: int) -> None:
        for possible, expected in asked[number:] + asked[:number]:
            if matchers[number % 2].match(possible) != expected:
                wrong.append(possible)
        done.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(done) == 8


# --- rulesets ---------------------------------------------------------------------------------------------------------


@needs_engine
def test_rulesets_are_loaded_once() -> None:
    rng = random.Random(5)
    clauses = drawn(rng, clauses=250, literals=120, longest=4)
    DurableMatcher(clauses)
    loaded = len(durable._rulesets)
    for _ in range(20):
        DurableMatcher(rng.sample(clauses, len(clauses)))
        DurableMatcher([(head + 1000, tuple(literal + 9000 for literal in body)) for head, body in clauses])
    assert len(durable._rulesets) == loaded


@needs_engine
def test_matchers_that_share_a_ruleset_keep_their_own_heads() -> None:
    one, two = DurableMatcher([(1, (2, 3))]), DurableMatcher([(7, (8, 9))])
    assert one._shards[0].ruleset() is two._shards[0].ruleset()
    assert [one.match([2, 3]), two.match([8, 9]), one.match([8, 9])] == [{1}, {7}, frozenset()]


def test_packs_keep_to_the_limits() -> None:
    rng = random.Random(2)
    for clauses, literals, longest in ((500, 2000, 8), (500, 30, 6), (100, 1000, 40), (61, 500, 240)):
        bodies = sorted(
            {frozenset(body) for _, body in drawn(rng, clauses=clauses, literals=literals, longest=longest)}
        )
        packs = list(durable._packs(bodies))
        assert sorted(map(sorted, (body for pack in packs for body in pack))) == sorted(map(sorted, bodies))
        assert max(map(len, packs)) <= 60
        assert max(len(frozenset().union(*pack)) for pack in packs) <= 240
        assert min(map(len, packs)) > 0


def test_packs_keep_clauses_that_share_literals_together() -> None:
    families = [[frozenset((family * 1000, family * 1000 + member)) for member in range(1, 41)] for family in range(5)]
    mixed = [body for together in zip(*families, strict=True) for body in together]
    packs = list(durable._packs(mixed))
    assert len(packs) == 4
    assert sum(len({min(body) for body in pack}) for pack in packs) <= 8


def test_the_rarest_literal_comes_first() -> None:
    assert durable._rarest_first(frozenset((1, 2, 3)), {1: 5, 2: 1, 3: 5}) == [2, 1, 3]


# --- names ------------------------------------------------------------------------------------------------------------


def colliding() -> tuple[str, str]:
    """Two names that the library takes for one, found by trying."""
    seen: dict[int, str] = {}
    for number in range(1_000_000):
        name = f"{number * 2654435761 % 2**32:x}"
        other = seen.setdefault(durable._fnv1a.__wrapped__(name), name)
        if other != name:
            return other, name
    raise AssertionError


def test_hashes_are_the_librarys() -> None:
    assert durable._fnv1a("id") == 926444256  # the numbers in its source
    assert durable._fnv1a("sid") == 3593476751
    assert durable._fnv1a("$forward") == 739185624


@needs_engine
def test_names_that_collide_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = colliding()
    confused = durable._Ruleset("confused", durable._definition([[first], [second]]))
    assert sorted(confused.fire(f'"{first}":1')) == [0, 1]  # what the check is for

    def spellings(index: int) -> Iterator[str]:
        yield (first, second, "sid", "$and")[index]
        yield f"spare{index}"

    monkeypatch.setattr(durable, "_spellings", spellings)
    assert durable._names(4) == [first, "spare1", "spare2", "spare3"]
    clauses: list[Clause] = [(literal, (literal,)) for literal in range(4)]
    matcher = DurableMatcher(clauses)
    for literal in range(4):
        assert matcher.match([literal]) == {literal}


def test_no_two_names_or_ids_collide() -> None:
    used = [*durable.RESERVED, *durable._names(durable.MAX_LITERALS)]
    assert len({durable._fnv1a(name) for name in used}) == len(used)
    sessions = [f"s{number}" for number in range(durable.MAX_SESSIONS)]
    assert len({durable._fnv1a(session) for session in sessions}) == len(sessions)
    assert durable._fnv1a("f") not in {durable._fnv1a(f"sid-{session}") for session in sessions}


# --- errors -----------------------------------------------------------------------------------------------------------


class Faulty:
    """The C module, one of whose functions can be made to misbehave once."""

    def __init__(self) -> None:
        self.module = durable._engine()
        self.error = self.module.error
        self.faults: dict[str, Callable[[], object]] = {}
        self.delay = 0

    def __getattr__(self, name: str) -> Callable[..., object]:
        real: Callable[..., object] = getattr(self.module, name)

        def call(*arguments: object) -> object:
            if name in self.faults and self.delay == 0:
                return self.faults.pop(name)()
            if name in self.faults:
                self.delay -= 1
            return real(*arguments)

        return call

    def fail(self, code: int) -> NoReturn:
        raise self.error(f"Could not do it, error code: {code}")


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Faulty:
    engine = Faulty()
    monkeypatch.setattr(durable, "_rulesets", {})
    monkeypatch.setattr(durable, "_engine", lambda: engine)
    return engine


def out_of_memory() -> NoReturn:
    raise MemoryError


def interrupted() -> NoReturn:
    raise KeyboardInterrupt


def unloadable() -> NoReturn:
    message = "undefined symbol: PyEval_CallObject"
    raise ImportError(message)


def all_right(matcher: DurableMatcher) -> bool:
    """Every subset of the literals gets its answer: nothing of an earlier fact is left."""
    subsets = [[10 + bit for bit in range(4) if number & 1 << bit] for number in range(16)]
    return all(matcher.match(subset) == naive(PLAIN, subset) for subset in subsets)


@needs_engine
@pytest.mark.parametrize("delay", [0, 1])
@pytest.mark.parametrize(
    "function", ["assert_fact", "start_action_for_state", "complete_and_start_action", "retract_fact"]
)
def test_an_error_code_is_raised_and_the_next_answer_right(faulty: Faulty, function: str, delay: int) -> None:
    matcher = DurableMatcher(PLAIN)
    faulty.faults, faulty.delay = {function: lambda: faulty.fail(303)}, delay
    if delay and function != "complete_and_start_action":
        assert matcher.match(range(10, 14)) == {1, 2, 3}
    with pytest.raises(EngineError, match="error 303") as caught:
        matcher.match(range(10, 14))
    assert caught.value.code == 303
    assert all_right(matcher)


@needs_engine
@pytest.mark.parametrize(
    ("function", "answer", "code"),
    [
        ("assert_fact", (2, 1), 2),  # a fact of this id is still there
        ("assert_fact", (3, 1), 3),
        ("assert_fact", (0, 0), 0),  # something fires, but in no session
        ("start_action_for_state", None, 0),  # ... but nothing waits
        ("complete_and_start_action", '{"r0":{"m":{}}}', 0),  # a rule twice
        ("retract_fact", (2, 1), 2),
    ],
)
def test_an_answer_that_contradicts_itself_is_an_error(
    faulty: Faulty, function: str, answer: object, code: int
) -> None:
    matcher = DurableMatcher(PLAIN)
    faulty.faults = {function: lambda: answer}
    with pytest.raises(EngineError) as caught:
        matcher.match(range(10, 14))
    assert caught.value.code == code
    assert all_right(matcher)


@needs_engine
def test_rules_that_never_stop_firing_are_an_error(faulty: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = DurableMatcher(PLAIN)
    monkeypatch.setattr(faulty, "complete_and_start_action", lambda *_: '{"r0":{"m":{}}}', raising=False)
    with pytest.raises(EngineError):
        matcher.match([10, 11])


@needs_engine
def test_a_fact_that_can_be_taken_out_costs_no_session(faulty: Faulty) -> None:
    matcher = DurableMatcher(PLAIN)
    for _ in range(3 * durable.MAX_SESSIONS):
        faulty.faults = {"assert_fact": lambda: faulty.fail(303)}
        with pytest.raises(EngineError):
            matcher.match([10, 11])
        assert all_right(matcher)


@needs_engine
def test_a_fact_that_cannot_be_taken_out_costs_the_session(faulty: Faulty) -> None:
    matcher = DurableMatcher(PLAIN)
    faulty.faults = {"assert_fact": lambda: faulty.fail(303), "retract_fact": lambda: faulty.fail(305)}
    with pytest.raises(EngineError) as caught:
        matcher.match([10, 11])
    assert caught.value.code == 303
    assert all_right(matcher)
    assert matcher._shards[0].ruleset()._session == 1


@needs_engine
def test_sessions_are_bounded_and_then_every_match_is_an_error(faulty: Faulty) -> None:
    matcher = DurableMatcher(PLAIN)
    for _ in range(durable.MAX_SESSIONS):
        faulty.faults = {"retract_fact": lambda: faulty.fail(307)}
        with pytest.raises(EngineError):
            matcher.match([10, 11])
    for _ in range(20):
        with pytest.raises(EngineError, match="too many have failed") as caught:
            matcher.match([10, 11])
        assert caught.value.code == 307
    assert matcher.match([99]) == frozenset()  # nothing was asked of it


@needs_engine
def test_out_of_memory_is_code_101(faulty: Faulty) -> None:
    matcher = DurableMatcher(PLAIN)
    faulty.faults = {"start_action_for_state": out_of_memory}
    with pytest.raises(EngineError) as caught:
        matcher.match([12])
    assert caught.value.code == 101
    assert all_right(matcher)


@needs_engine
@pytest.mark.parametrize("function", ["assert_fact", "complete_and_start_action", "retract_fact"])
def test_an_interrupt_leaves_nothing_behind(faulty: Faulty, function: str) -> None:
    matcher = DurableMatcher(PLAIN)
    faulty.faults = {function: interrupted}
    with pytest.raises(KeyboardInterrupt):
        matcher.match(range(10, 14))
    assert all_right(matcher)


@needs_engine
def test_an_error_in_one_ruleset_leaves_the_others_right(faulty: Faulty) -> None:
    clauses: list[Clause] = [(head, (head, 500 + head // 3)) for head in range(200)]
    matcher = DurableMatcher(clauses)
    assert len(matcher._shards) > 2
    faulty.faults, faulty.delay = {"assert_fact": lambda: faulty.fail(303)}, 1
    with pytest.raises(EngineError):
        matcher.match(range(1000))
    assert matcher.match(range(1000)) == frozenset(range(200))
    assert matcher.match([1, 500, 501]) == {1}


@needs_engine
def test_a_refusal_of_the_librarys_own() -> None:
    """Outside our limits it refuses a fact half-way, after some rules have fired: these must not come back."""
    ruleset = durable._Ruleset("wide", durable._definition([["s0"], *(["a", f"l{number}"] for number in range(70))]))
    everything = ",".join(f'"{name}":1' for name in ("s0", "a", *(f"l{number}" for number in range(70))))
    for _ in range(50):
        with pytest.raises(EngineError) as caught:
            ruleset.fire(everything)
        assert caught.value.code == 303
        assert sorted(ruleset.fire('"a":1,"l3":1')) == [4]
    assert ruleset._session == 0


@needs_engine
def test_a_ruleset_that_cannot_be_loaded_is_an_error(faulty: Faulty) -> None:
    faulty.faults = {"create_ruleset": lambda: faulty.fail(106)}
    matcher = DurableMatcher(PLAIN)  # a ruleset is loaded when it is first asked
    with pytest.raises(EngineError, match="error 106 while loading") as caught:
        matcher.match({literal for _, body in PLAIN for literal in body})
    assert caught.value.code == 106
    assert all_right(DurableMatcher(PLAIN))


def test_an_error_survives_its_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(EngineError(303, "matching")))  # noqa: S301
    assert (error.code, str(error)) == (303, "rules engine error 303 while matching")


# --- the library ------------------------------------------------------------------------------------------------------


def test_a_library_that_cannot_be_loaded_is_not_available(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable, "_rulesets", {})
    monkeypatch.setattr(durable, "_engine", unloadable)
    assert not durable.available()
    with pytest.raises(ImportError):
        DurableMatcher(PLAIN).match({literal for _, body in PLAIN for literal in body})


def test_no_other_module_imports_the_library() -> None:
    package = Path(durable.__file__).parents[1]
    imported = re.compile(r"durable_rules_engine|^\s*(from|import) durable\b", re.MULTILINE)
    using = [path for path in package.rglob("*.py") if imported.search(path.read_text(encoding="utf-8"))]
    assert using == [Path(durable.__file__)]


if __name__ == "__main__":
    globals()[f"child_{sys.argv[1]}"](int(sys.argv[2]), int(sys.argv[3]))
