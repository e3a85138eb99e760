"""Two prepared names, word by word: what stands for what, what is left over, and the score that follows.

The score is the weight of the words that agree, as a share of that weight plus what is left over. What is left on both
sides counts far more than what is left on one: a name may be shortened, but seldom has one of its own words replaced.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from itertools import pairwise
from typing import Any, Final

from licet.names.model import Aligned, Score
from licet.names.prepare import ACRONYM, Initials, Joined, Prepared, Word
from licet.names.similar import similar

Memo = MutableMapping[tuple[str, str], tuple[float, str]]

# What is left over counts by kind: a place or a word in brackets is often dropped or added.
PLACE_LEFT: Final = 0.2
ASIDE_LEFT: Final = 0.35
BOTH_LEFT: Final = 3.0
ONE_LEFT: Final = 0.4
_SYNONYM: Final = 0.99
_GUESSED: Final = 0.9
_PLACES: Final = 0.88  # what other places on both sides leave of a score
_TELLING: Final = 2.0  # what is left on one side, where it says more than any word that agrees
_JOINED: Final = 0.98
_ABBREVIATED: Final = 0.9
_ACRONYM: Final = (0.72, 0.78, 0.84)  # of three letters, four, more
_INITIAL: Final = 0.7
_COMMON: Final = 0.6  # at most that weight for a word that may be abbreviated to its beginning
_NUMBERS: Final = 0.6  # what numbers that conflict leave of a score
EVIDENCE: Final = 1.0  # words that agree must weigh that much together, or the score falls
_MOST: Final = 0.995  # 1 is for equal names
_ORDER: Final = 0.004
_LEGAL: Final = 0.006


class _Alignment:
    """The state of one comparison: which words of either side are taken, and by what."""

    __slots__ = ("a", "b", "found", "free_a", "free_b", "joined_a", "joined_b", "memo", "order")

    def __init__(self, a: Prepared, b: Prepared, memo: Memo) -> None:
        self.a, self.b, self.memo = a.words, b.words, memo
        self.free_a = {n for n, word in enumerate(a.words) if word.text}
        self.free_b = {n for n, word in enumerate(b.words) if word.text}
        self.found: list[Aligned] = []
        self.order: list[tuple[int, int]] = []
        self.joined_a = _among(a.joined, b.words)
        self.joined_b = _among(b.joined, a.words)

    def pair(self, a: tuple[int, ...], b: tuple[int, ...], alike: float, how: str) -> None:
        """Take the words of both sides; the pair weighs no more than the lighter side."""
        self.free_a.difference_update(a)
        self.free_b.difference_update(b)
        self.order.append((a[0], b[0]))
        if len(a) == len(b) == 1:
            one, other = self.a[a[0]], self.b[b[0]]
            self.found.append(Aligned(one.raw, other.raw, min(one.weight, other.weight), alike, how))
            return
        left, right = [self.a[n] for n in a], [self.b[n] for n in b]
        weight = min(sum(word.weight for word in left), sum(word.weight for word in right))
        shown = (" ".join(word.raw for word in left), " ".join(word.raw for word in right))
        self.found.append(Aligned(*shown, weight, alike, how))


def _among(neighbors: Sequence[Joined], words: Sequence[Word]) -> list[Joined]:
    """The neighbors that together are one of the words."""
    spellings = {word.text for word in words} | {word.raw for word in words}
    return [joined for joined in neighbors if joined.text in spellings]


def score(a: Prepared, b: Prepared, memo: Memo | None = None, least: float = 0.0) -> Score | None:
    """How alike two names are, or None for less than `least`.

    `memo` keeps which words are alike; it may be shared by calls of one thread.
    """
    state = _Alignment(a, b, {} if memo is None else memo)
    _joined(state, sure=True)
    _exact(state)
    if state.free_a and state.free_b:
        _joined(state, sure=False)
        _alike(state)
        _shortened(state)
    _acronyms(state, a, b)
    return _judged(state, a, b, least)


def _exact(state: _Alignment) -> None:
    """Equal words."""
    words = state.b
    for n in sorted(state.free_a):
        text = state.a[n].text
        for m in state.free_b:
            if words[m].text == text:
                same = words[m].raw == state.a[n].raw
                state.pair((n,), (m,), 1.0 if same else _SYNONYM, "exact" if same else "spelling")
                break


def _joined(state: _Alignment, *, sure: bool) -> None:
    """Neighbors of one side that are one word of the other; `sure` where no neighbor is a word of the other itself."""
    for covers, m in _covering(state.joined_a, state.b, state.free_a, state.free_b):
        if not (sure and _written(state.a, covers, state.b)):
            state.pair(covers, (m,), _JOINED, "joined")
    for covers, n in _covering(state.joined_b, state.a, state.free_b, state.free_a):
        if not (sure and _written(state.b, covers, state.a)):
            state.pair((n,), covers, _JOINED, "joined")


def _written(words: Sequence[Word], covers: tuple[int, ...], others: Sequence[Word]) -> bool:
    """Whether one of the words stands on the other side, spelt alike; or there is but one of them."""
    return len(covers) == 1 or not {words[n].raw for n in covers}.isdisjoint({word.raw for word in others})


def _covering(
    neighbors: Sequence[Joined], words: Sequence[Word], free: set[int], others: set[int]
) -> Iterator[tuple[tuple[int, ...], int]]:
    """Neighbors that together are a word of the other side, and which word; all of them free."""
    if not neighbors or not others:
        return
    sought = {words[n].text: n for n in others} | {words[n].raw: n for n in others}
    for joined in neighbors:
        n = sought.get(joined.text)
        if n is not None and n in others and free.issuperset(joined.covers):
            yield joined.covers, n


def _alike(state: _Alignment) -> None:
    """Misspelt and differently transliterated words, the most alike first."""
    pairs = []
    for n in state.free_a:
        for m in state.free_b:
            key = (state.a[n].raw, state.b[m].raw)
            alike = state.memo.get(key)
            if alike is None:
                alike = state.memo[key] = _words_alike(state.a[n], state.b[m])
            if alike[0] > 0:
                pairs.append((-alike[0], n, m, alike[1]))
    for alike_, n, m, how in sorted(pairs):
        if n in state.free_a and m in state.free_b:
            state.pair((n,), (m,), -alike_, how)


def _words_alike(a: Word, b: Word) -> tuple[float, str]:
    """How alike two words are: canonical, as written, or as the known word that one of them may misspell."""
    best = similar(a.text, b.text)
    if a.raw != a.text or b.raw != b.text:
        best = max(best, similar(a.raw, b.raw))
    if best[0] < _GUESSED and (a.guess == b.text or b.guess == a.text):
        return _GUESSED, "typo"
    return best


def _shortened(state: _Alignment) -> None:
    """Common words cut short, and single letters for words."""
    for n in sorted(state.free_a):
        for m in sorted(state.free_b):
            how = _beginning(state.a[n], state.b[m])
            if how:
                state.pair((n,), (m,), _INITIAL if how == "initial" else _ABBREVIATED, how)
                break


def _beginning(a: Word, b: Word) -> str:
    """Whether one word is the beginning of the other, and may stand for it."""
    short, whole = (a, b) if len(a.raw) < len(b.raw) else (b, a)
    if not whole.raw.startswith(short.raw) or not short.raw.isalpha():
        return ""
    if len(short.raw) == 1:
        return "initial"
    return "abbreviation" if len(short.raw) > len("ab") and whole.weight <= _COMMON else ""


def _acronyms(state: _Alignment, a: Prepared, b: Prepared) -> None:
    """A word of one side that is made of first letters of the other, or of its own name: `… (CETC)`."""
    if a.initials:
        for m in sorted(state.free_b):
            covers = _spelled(state.b[m], a.initials, state.free_a)
            if covers:
                state.pair(covers, (m,), _acronym(state.b[m]), "acronym")
    if b.initials:
        for n in sorted(state.free_a):
            covers = _spelled(state.a[n], b.initials, state.free_b)
            if covers:
                state.pair((n,), covers, _acronym(state.a[n]), "acronym")
    for words, name, free in ((state.a, a, state.free_a), (state.b, b, state.free_b)):
        for n, word in enumerate(words):
            if word.aside and free and n not in free:
                free.difference_update(_spelled(word, name.initials, free))


def _acronym(word: Word) -> float:
    return _ACRONYM[min(len(word.raw), 5) - 3]


def _spelled(word: Word, initials: Sequence[Initials], free: set[int]) -> tuple[int, ...]:
    """The free words whose first letters spell the word."""
    if len(word.raw) not in ACRONYM:
        return ()
    for row in initials:
        at = row.letters.find(word.raw)
        if at >= 0:
            covers = tuple(dict.fromkeys(n for n in row.of[at : at + len(word.raw)] if n >= 0))
            if covers and free.issuperset(covers):
                return covers
    return ()


def left_weight(word: Word) -> float:
    """What the word counts where nothing stands for it."""
    return word.weight * (PLACE_LEFT if word.kind == "place" else ASIDE_LEFT if word.aside else 1.0)


def _judged(state: _Alignment, a: Prepared, b: Prepared, least: float) -> Score | None:
    equal = bool(a.key) and a.key == b.key
    left_a = [state.a[n] for n in sorted(state.free_a)]
    left_b = [state.b[n] for n in sorted(state.free_b)]
    value = 1.0 if equal else _value(state.found, left_a, left_b)
    if value < least:
        return None
    numbers = _numbers(state, left_a, left_b)
    if not equal:
        value *= (_NUMBERS if numbers == "conflict" else 1.0) * (_PLACES if _other_places(left_a, left_b) else 1.0)
        value = min(max(value - _small(state, a, b), 0.0), _MOST)
    return Score(
        score=value,
        aligned=tuple(state.found),
        left_query=tuple(word.raw for word in left_a),
        left_listed=tuple(word.raw for word in left_b),
        numbers=numbers,
        cut=a.cut or b.cut,
    )


def evidence(agreed: Any) -> Any:
    """What little that agrees leaves of a score: a number or an array of them, none above `EVIDENCE`."""
    return 0.75 + 0.25 * agreed / EVIDENCE


def _value(found: list[Aligned], left_a: list[Word], left_b: list[Word]) -> float:
    """The share of what agrees in what there is."""
    agreed = sum(pair.weight * pair.similarity for pair in found)
    if not agreed:
        return 0.0
    differing = sum(pair.weight * (1 - pair.similarity) for pair in found)
    over_a, over_b = sum(map(left_weight, left_a)), sum(map(left_weight, left_b))
    both, one = min(over_a, over_b), abs(over_a - over_b)
    if max((word.weight for word in (*left_a, *left_b) if word.kind == "word" and not word.aside), default=0.0) > max(
        pair.weight for pair in found
    ):
        one *= _TELLING
    value = agreed / (agreed + differing + BOTH_LEFT * both + ONE_LEFT * one)
    value *= float(evidence(min(agreed, EVIDENCE)))
    return value


def _other_places(left_a: list[Word], left_b: list[Word]) -> bool:
    return any(word.kind == "place" for word in left_a) and any(word.kind == "place" for word in left_b)


def _numbers(state: _Alignment, left_a: list[Word], left_b: list[Word]) -> str:
    """Whether numbers stand on both sides, and agree."""
    over_a, over_b = any(word.kind == "number" for word in left_a), any(word.kind == "number" for word in left_b)
    if over_a and over_b:
        return "conflict"
    return "agree" if any(state.a[n].kind == "number" for n, _ in state.order) else "none"


def _small(state: _Alignment, a: Prepared, b: Prepared) -> float:
    """What ranks names that are otherwise alike: the order of words, and the legal form."""
    moved = any(after[1] < before[1] for before, after in pairwise(sorted(state.order)))
    return _ORDER * moved + (_LEGAL if a.legal != b.legal else 0.0) * (2 if a.legal and b.legal else 1)
