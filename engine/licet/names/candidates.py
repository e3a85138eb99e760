"""Which listed names are worth comparing in full: those that share enough of a name's weight, or are spelt from it.

What makes a candidate hangs on the two names alone, never on what else is listed. Postings are numpy arrays: for every
unit (a word, neighbors joined, initials) the rows of names in which it stands, and what it weighs there.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from licet.names import words
from licet.names.align import BOTH_LEFT, EVIDENCE, ONE_LEFT, evidence, left_weight
from licet.names.prepare import ACRONYM, Prepared, Word
from licet.names.scripts import VOWELLESS
from licet.names.similar import budget, similar, skeleton, sound

if TYPE_CHECKING:
    import numpy as np

    Ints = np.ndarray[Any, np.dtype[np.int32]]
    Floats = np.ndarray[Any, np.dtype[np.float64]]


class _Own(NamedTuple):
    """A word of the name that is looked up, and what it weighs wherever it stands: met, and left over."""

    word: Word
    weight: float
    left: float


_Met: TypeAlias = tuple[int, float, float, float]

#: The share of the lowest score of interest at which a name is compared in full; the estimate errs upwards, mostly.
SLACK: Final = 0.85
_LONGEST: Final = 14  # longer words are met by their first or last letters
_ENDS: Final = 6
# Neighbors and initials are met by words, and words by them, but never neighbors by neighbors: that would count twice.
_ACRONYM_MARK: Final = "~"
_JOINED_MARK: Final = "+"
_UNIT: Final = 2.0**20
_RAW_MARK: Final = "'"  # as written, met by misspellings


def units(name: Prepared) -> Iterator[tuple[str, float, float]]:
    """What a listed name can be met by, and what each unit weighs there: met, and left over."""
    weights = [word.weight for word in name.words]
    left = list(map(left_weight, name.words))
    for n, word in enumerate(name.words):
        if word.text:
            yield word.text, weights[n], left[n]
            if word.raw != word.text and word.raw.isalnum():
                yield _RAW_MARK + word.raw, weights[n], left[n]
    for joined in name.joined:
        yield _JOINED_MARK + joined.text, sum(weights[n] for n in joined.covers), sum(left[n] for n in joined.covers)
    for initials in name.initials:
        for size in ACRONYM:
            if size > len(initials.letters):
                break
            covers = {n for n in initials.of[:size] if n >= 0}
            yield _ACRONYM_MARK + initials.letters[:size], sum(weights[n] for n in covers), sum(left[n] for n in covers)


def keys(word: str) -> Iterator[int]:
    """What misspelt words are met by: the word less any letter or two, its sound, its ends; as numbers of 32 bits."""
    if word.startswith(VOWELLESS):
        yield _key("k", skeleton(word))
    if not word.isalpha() or not budget(len(word)):
        return
    less = {word[:n] + word[n + 1 :] for n in range(len(word))}
    if budget(len(word)) > 1 and len(word) <= _LONGEST:
        less |= {one[:n] + one[n + 1 :] for one in less for n in range(len(one))}
    yield from (_key("d", one) for one in sorted(less | {word}))
    yield _key("s", sound(word))
    yield _key("k", skeleton(word))
    if len(word) > _LONGEST - 2:  # of two words, one may be longer by two letters
        yield _key("p", word[:_ENDS])
        yield _key("e", word[-_ENDS:])


def _key(kind: str, text: str) -> int:
    return zlib.crc32(f"{kind}{text}".encode())


def _summed(rows: Ints, values: Floats, size: int) -> Floats:
    """The sum of the values of each row in units of `1 / _UNIT`: whole, and so the same in whatever order they come."""
    import numpy as np

    total: Floats = np.asarray(np.bincount(rows, np.rint(values * _UNIT), size), dtype=np.float64)
    return total


def _misspellings(vocabulary: Sequence[str]) -> dict[str, Any]:
    """The keys of all words, sorted, and the unit of each of them."""
    import numpy as np

    found, of = array("L"), array("i")
    for unit, text in enumerate(vocabulary):
        if text[0] not in _ACRONYM_MARK + _JOINED_MARK:
            before = len(found)
            found.extend(set(keys(text.removeprefix(_RAW_MARK))))
            of.extend([unit] * (len(found) - before))
    order = np.argsort(np.asarray(found), kind="stable")
    return {"key": np.asarray(found)[order].astype(np.uint32), "met": np.asarray(of, dtype=np.int32)[order]}


class Postings:
    """Units of all names; built once, never changed, and so shared by threads."""

    def __init__(self, arrays: dict[str, Any], vocabulary: Sequence[str]) -> None:
        self.arrays = arrays
        self.vocabulary = vocabulary
        self._ids = {unit: n for n, unit in enumerate(vocabulary)}

    @classmethod
    def build(cls, names: Iterable[Prepared]) -> Postings:
        """The postings of names; the row of a name is its place among them."""
        import numpy as np

        ids: dict[str, int] = {}
        units_, rows, weights, lefts = array("i"), array("i"), array("f"), array("f")
        totals = array("d")
        for row, name in enumerate(names):
            best: dict[str, tuple[float, float]] = {}
            for unit, weight, left in units(name):
                before = best.get(unit, (0.0, 0.0))
                best[unit] = (before[0] + weight, before[1] + left)
            for unit, (weight, left) in best.items():
                units_.append(ids.setdefault(unit, len(ids)))
                rows.append(row)
                weights.append(weight)
                lefts.append(left)
            totals.append(sum(map(left_weight, name.words)))
        counts = np.bincount(np.asarray(units_, dtype=np.int64), minlength=len(ids))
        order = np.argsort(np.asarray(units_), kind="stable")
        arrays = {
            "start": np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
            "row": np.asarray(rows, dtype=np.int32)[order],
            "weight": np.asarray(weights, dtype=np.float32)[order],
            "left": np.asarray(lefts, dtype=np.float32)[order],
            "total": np.asarray(totals, dtype=np.float64),
            **_misspellings(list(ids)),
        }
        return cls(arrays, list(ids))

    def rows(self, name: Prepared, floor: float) -> tuple[Ints, Floats]:
        """The rows worth comparing and an estimate of their scores, by row."""
        import numpy as np

        met = list(self._met(name))
        arrays = self.arrays
        if not met:
            return np.zeros(0, np.int32), np.zeros(0)
        start = arrays["start"]
        spans = [slice(int(start[unit]), int(start[unit + 1])) for unit, *_ in met]
        rows = np.concatenate([arrays["row"][span] for span in spans])
        there = np.concatenate([arrays["weight"][span] for span in spans])
        sizes = [span.stop - span.start for span in spans]
        weight, left, alike = (np.repeat(np.array(column), sizes) for column in list(zip(*met, strict=True))[1:])
        size = len(arrays["total"])
        agreed = _summed(rows, np.minimum(weight, there) * alike, size)
        found = np.flatnonzero(agreed)
        agreed = agreed[found] / _UNIT
        away = np.concatenate([arrays["left"][span] for span in spans])
        left_here = np.maximum(sum(map(left_weight, name.words)) - _summed(rows, left, size)[found] / _UNIT, 0)
        left_there = np.maximum(arrays["total"][found] - _summed(rows, away, size)[found] / _UNIT, 0)
        both, one = np.minimum(left_here, left_there), np.abs(left_here - left_there)
        estimate = agreed / (agreed + BOTH_LEFT * both + ONE_LEFT * one)
        estimate *= evidence(np.minimum(agreed, EVIDENCE))
        near = estimate >= floor * SLACK
        return found[near].astype(np.int32), estimate[near]

    def _met(self, name: Prepared) -> Iterator[_Met]:
        """The units that a name meets: which, what the name's own words weigh, met and left over, and how alike."""
        ids = self._ids
        seen: dict[str, _Own] = {}
        for word in name.words:
            own = seen.get(word.text)
            if own is None:
                own = _Own(word, 0.0, 0.0)
            seen[word.text] = own._replace(weight=own.weight + word.weight, left=own.left + left_weight(word))
        seen.pop("", None)
        for text, own in seen.items():
            raw = own.word.raw if own.word.raw != text else ""
            met = (text, raw, own.word.guess, _ACRONYM_MARK + own.word.raw, _JOINED_MARK + text)
            for one in filter(ids.__contains__, met):
                yield ids[one], own.weight, own.left, 1.0
        for unit, weight, left in units(name):
            if unit[0] in _ACRONYM_MARK + _JOINED_MARK and unit[1:] not in seen and unit[1:] in ids:
                seen[unit[1:]] = _Own(name.words[0], 0.0, 0.0)
                yield ids[unit[1:]], weight, left, 1.0
        yield from self._misspelt([own for text, own in seen.items() if own.weight and not words.is_common(text)])

    def _misspelt(self, asked: Sequence[_Own]) -> Iterator[_Met]:
        """Listed words that are nearly the words asked for."""
        import numpy as np

        wanted = [(key, n) for n, own in enumerate(asked) for key in keys(own.word.text)]
        if not wanted:
            return
        table = self.arrays["key"]
        sought = np.array([key for key, _ in wanted], dtype=np.uint32)
        begin, end = np.searchsorted(table, sought, "left"), np.searchsorted(table, sought, "right")
        met = {
            (wanted[n][1], unit)
            for n in np.flatnonzero(end > begin).tolist()
            for unit in self.arrays["met"][begin[n] : end[n]].tolist()
        }
        for n, unit in met:
            word, listed = asked[n].word.text, self.vocabulary[unit].removeprefix(_RAW_MARK)
            alike = similar(word, listed)[0] if listed != word else 0.0
            if alike > 0:
                yield unit, asked[n].weight, asked[n].left, alike
