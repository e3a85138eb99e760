"""Which heads of Horn clauses fire, inferred by durable-rules: the only module that imports it.

The library is fast and memory-unsafe: outside a small subset it hangs, crashes or answers wrongly. Everything here
keeps inside that subset. One fact per ruleset and match, whose properties are named by us and all equal 1, so nothing a
user wrote reaches the C code; rules are conjunctions over that one fact; rulesets are small, loaded once and kept.
Longer than other modules, so that the library's limits and all that keeps to them are read in one place.
"""

from __future__ import annotations

import functools
import hashlib
import heapq
import importlib
import itertools
import json
import os
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, cast

Clause: TypeAlias = tuple[int, tuple[int, ...]]
Body: TypeAlias = frozenset[int]

# More than 64 conditions waiting at once is error 303, and a rule has at most one; a fact holds 252 properties.
MAX_RULES = 60
MAX_LITERALS = 240
# A session costs about 12 KiB a rule and is never freed. The library's pool moves in memory at the seventh.
MAX_SESSIONS = 6
# A literal in more clauses than this says nothing about which clauses belong together.
COMMON = 4 * MAX_RULES

NO_CODE = 0  # the library gave no code of its own: its answer contradicted itself
OK = 0
NOT_HANDLED = 1
OUT_OF_MEMORY = 101

# Every word the C code tells apart by its hash; a property that hashes like one of them would be taken for it.
RESERVED = (
    *("sid", "id", "$s", "$i", "$m", "$l", "$r", "$forward", "name", "all", "any", "pri", "count", "cap", "dist"),
    *("$and", "$or", "$ex", "$nex", "$eq", "$neq", "$lt", "$lte", "$gt", "$gte", "$mt", "$imt", "$iall", "$iany"),
    *("$add", "$sub", "$mul", "$div"),
)


class EngineError(RuntimeError):
    """An error of the rules engine: what it was asked for has no answer, and must be held."""

    def __init__(self, code: int, doing: str) -> None:
        """Keep the library's `code` (0: it gave none) and what we were doing."""
        super().__init__(code, doing)
        self.code = code

    def __str__(self) -> str:
        """Return the one-line message."""
        return f"rules engine error {self.code} while {self.args[1]}"


class _Engine(Protocol):
    """The functions of the C module that we call."""

    error: type[Exception]

    def create_ruleset(self, name: str, rules: str, /) -> int: ...
    def assert_fact(self, handle: int, fact: str, /) -> tuple[int, int]: ...
    def retract_fact(self, handle: int, fact: str, /) -> tuple[int, int]: ...
    def start_action_for_state(self, handle: int, state: int, /) -> tuple[str, str] | None: ...
    def complete_and_start_action(self, handle: int, state: int, /) -> str | None: ...


def _engine() -> _Engine:
    """Return the C module; it can be neither built nor loaded everywhere, so it is imported when it is needed."""
    return cast("_Engine", importlib.import_module("durable_rules_engine"))


def available() -> bool:
    """Say whether durable-rules can be imported here (not on Python 3.13 and later)."""
    try:
        _engine()
    except Exception:  # noqa: BLE001  whatever a broken build raises, the answer is no
        return False
    return True


class DurableMatcher:
    """Which heads fire, inferred by durable-rules."""

    __slots__ = ("_shards",)

    def __init__(self, clauses: Sequence[Clause]) -> None:
        """Load the rulesets of `clauses`: (head, body); the head fires when every literal of the body is possible."""
        heads: defaultdict[Body, set[int]] = defaultdict(set)
        for head, body in clauses:
            heads[_checked(head, body)].add(head)
        # One rule per distinct body, in one order however the clauses were given: equal policies load equal rulesets.
        bodies = sorted(heads, key=sorted)
        uses = Counter(itertools.chain.from_iterable(bodies))
        self._shards = tuple(_shard([_rarest_first(body, uses) for body in pack], heads) for pack in _packs(bodies))

    def match(self, possible: Collection[int]) -> frozenset[int]:
        """Return the heads that fire when the `possible` literals are; literals that no clause uses are ignored."""
        literals = frozenset(possible)
        # A shard of whose rules not one begins with a possible literal need not be asked.
        asked = [shard for shard in self._shards if not shard.openers.isdisjoint(literals)]
        facts = [(shard, shard.ruleset(), shard.properties(literals)) for shard in asked]
        with _lock:
            fired = [(shard, ruleset.fire(properties)) for shard, ruleset, properties in facts]
        return frozenset(head for shard, rules in fired for rule in rules for head in shard.heads[rule])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shard:
    """The part of a matcher that one ruleset answers: the ruleset knows only its own numbers, this knows ours."""

    rules: tuple[tuple[str, ...], ...]
    loaded: list[_Ruleset]
    openers: frozenset[int]
    literals: frozenset[int]
    property_of: Mapping[int, str]
    heads: tuple[tuple[int, ...], ...]

    def ruleset(self) -> _Ruleset:
        """Return the loaded ruleset; most orders ask few of the many that a pack has, so each is loaded when asked."""
        if not self.loaded:
            self.loaded.append(_ruleset(_definition(self.rules)))
        return self.loaded[0]

    def properties(self, possible: frozenset[int]) -> str:
        """Return the fact's properties in JSON: the possible literals that this ruleset uses."""
        return ",".join(map(self.property_of.__getitem__, possible & self.literals))


class _Ruleset:
    """A ruleset the library has loaded, and its session. Neither is safe for threads: call only under `_lock`."""

    __slots__ = ("_code", "_engine", "_fact_id", "_handle", "_session", "_soiled")

    def __init__(self, name: str, definition: str) -> None:
        self._engine = _engine()
        try:
            self._handle = self._engine.create_ruleset(name, definition)
        except (self._engine.error, MemoryError) as error:
            raise EngineError(_code(error), "loading a ruleset") from error
        self._session = 0
        self._soiled = False
        self._code = NO_CODE
        self._fact_id = _fact_id(0)

    def fire(self, properties: str) -> list[int]:
        """Return the numbers of the rules that fire for the fact with these properties."""
        if self._soiled:
            self._renew()
        # Whatever happens before all is done, an interrupt too, costs the session: what it leaves answers wrongly.
        self._soiled = True
        try:
            fired = self._infer(properties)
        except (self._engine.error, MemoryError, EngineError) as error:
            self._code = _code(error)
            raise EngineError(self._code, "matching") from error
        self._soiled = False
        return fired

    def _infer(self, properties: str) -> list[int]:
        result, state = self._assert(f"{{{self._fact_id},{properties}}}")
        if result == NOT_HANDLED:
            return []  # nothing fires, and nothing was kept
        if result != OK:
            raise EngineError(result, "asserting the fact")
        fired = self._drain(state)
        result, _ = self._engine.retract_fact(self._handle, f"{{{self._fact_id}}}")
        if result != OK:
            raise EngineError(result, "retracting the fact")
        return fired

    def _assert(self, fact: str) -> tuple[int, int]:
        try:
            return self._engine.assert_fact(self._handle, fact)
        except self._engine.error:
            # A refused fact may be half in. If it can be taken out, the session is as before.
            self._soiled = not self._withdrawn()
            raise

    def _withdrawn(self) -> bool:
        try:
            return self._engine.retract_fact(self._handle, f"{{{self._fact_id}}}")[0] == OK
        except (self._engine.error, MemoryError):
            return False

    def _drain(self, state: int) -> list[int]:
        """Return the numbers of the rules that wait: at least one, as the fact was handled, and each of them once."""
        started = self._engine.start_action_for_state(self._handle, state)
        message = None if started is None else started[1]
        fired: list[int] = []
        while message is not None and len(fired) < MAX_RULES:
            fired.append(int(message[3 : message.index('"', 3)]))  # {"r17":{"m":{…}}}
            message = self._engine.complete_and_start_action(self._handle, state)
        if message is not None or not fired or len(set(fired)) < len(fired):
            raise EngineError(NO_CODE, "reading which rules fired")
        return fired

    def _renew(self) -> None:
        """Leave the session for a new one: it cannot be cleaned, and deleting it can crash."""
        if self._session + 1 >= MAX_SESSIONS:
            raise EngineError(self._code, "opening another session: too many have failed")
        self._session += 1
        self._fact_id = _fact_id(self._session)


def _fact_id(session: int) -> str:
    """Return the properties that say which fact of which session; ids, too, are compared by hash, and these differ."""
    return f'"sid":"s{session}","id":"f"'


def _code(error: Exception) -> int:
    if isinstance(error, EngineError):
        return error.code
    if isinstance(error, MemoryError):
        return OUT_OF_MEMORY
    found = re.search(r"error code: (\d+)", str(error))
    return NO_CODE if found is None else int(found[1])


# The library frees neither rulesets nor sessions, so every ruleset is loaded once per process and kept, by its digest.
_rulesets: dict[str, _Ruleset] = {}
_lock = threading.Lock()


def _unlock_child() -> None:
    """Unlock in a forked child, where no thread could; a session caught half-way is soiled, and left."""
    global _lock  # noqa: PLW0603  a lock cannot be released by who does not hold it, only replaced
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock_child)


def _ruleset(definition: str) -> _Ruleset:
    """Return the loaded ruleset of this definition."""
    digest = hashlib.sha256(definition.encode()).hexdigest()
    with _lock:
        if digest not in _rulesets:
            _rulesets[digest] = _Ruleset(digest, definition)
        return _rulesets[digest]


def _shard(pack: Sequence[Sequence[int]], heads: Mapping[Body, Iterable[int]]) -> _Shard:
    """Return the loaded rules of one pack of bodies."""
    literals = tuple(dict.fromkeys(itertools.chain.from_iterable(pack)))
    name_of = dict(zip(literals, _names(len(literals)), strict=True))
    return _Shard(
        rules=tuple(tuple(name_of[literal] for literal in body) for body in pack),
        loaded=[],
        openers=frozenset(body[0] for body in pack),
        literals=frozenset(literals),
        property_of={literal: f'"{name}":1' for literal, name in name_of.items()},
        heads=tuple(tuple(sorted(heads[frozenset(body)])) for body in pack),
    )


def _definition(rules: Iterable[Iterable[str]]) -> str:
    """Return the ruleset in the library's JSON: each rule one conjunction over one fact."""
    conjunctions = {
        f"r{number}": {"all": [{"m": {"$and": [{name: 1} for name in names]}}]} for number, names in enumerate(rules)
    }
    return json.dumps(conjunctions, separators=(",", ":"))


def _names(count: int) -> list[str]:
    """Return property names whose hashes, all that the library compares, differ from each other and from its words'."""
    taken = {_fnv1a(word) for word in RESERVED}
    names = []
    for index in range(count):
        name = next(name for name in _spellings(index) if _fnv1a(name) not in taken)
        taken.add(_fnv1a(name))
        names.append(name)
    return names


def _spellings(index: int) -> Iterator[str]:
    """Yield the names a literal may have, best first."""
    yield f"l{index}"
    for attempt in itertools.count(1):
        yield f"l{index}_{attempt}"


@functools.cache
def _fnv1a(text: str) -> int:
    """Return the 32-bit FNV-1a hash."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def _checked(head: int, body: Sequence[int]) -> Body:
    literals = frozenset(body)
    if not 1 <= len(literals) <= MAX_LITERALS:
        message = f"clause for head {head}: expected 1 to {MAX_LITERALS} literals, got {len(literals)}"
        raise ValueError(message)
    return literals


def _rarest_first(body: Body, uses: Mapping[int, int]) -> list[int]:
    """Return the literals in the order to test them: a rule is left at the first that is not possible."""
    return sorted(body, key=lambda literal: (uses[literal], literal))


def _packs(bodies: Sequence[Body]) -> Iterator[list[Body]]:
    """Yield the bodies in packs that one ruleset may hold; bodies that share literals stay together, greedily."""
    users: defaultdict[int, list[int]] = defaultdict(list)
    for index, body in enumerate(bodies):
        for literal in body:
            users[literal].append(index)
    waiting = dict.fromkeys(range(len(bodies)))
    while waiting:
        yield [bodies[index] for index in _take(bodies, users, waiting)]


def _take(bodies: Sequence[Body], users: Mapping[int, Sequence[int]], waiting: dict[int, None]) -> list[int]:
    """Take one pack out of `waiting`: next comes the body that shares most literals with those already in."""
    pack: list[int] = []
    literals: set[int] = set()
    shared: Counter[int] = Counter()
    queue: list[tuple[int, int]] = []
    while waiting and len(pack) < MAX_RULES:
        while queue and queue[0][1] not in waiting:
            heapq.heappop(queue)
        index = queue[0][1] if queue else next(iter(waiting))
        added = bodies[index] - literals
        if len(literals) + len(added) > MAX_LITERALS:
            break
        del waiting[index]
        pack.append(index)
        literals |= added
        for user in itertools.chain.from_iterable(users[one] for one in added if len(users[one]) <= COMMON):
            if user in waiting:
                shared[user] += 1
                heapq.heappush(queue, (-shared[user], user))
    return pack
