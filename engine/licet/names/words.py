"""What a word is worth, and what it stands for: the tables of data/ behind it.

The tables are fixed: what a word weighs never depends on which lists are loaded.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

FOLDER: Final = Path(__file__).resolve().parent / "data"

#: What is left of a word that says nothing.
NOTHING: Final = "~"
_RARE: Final = 5  # a word in fewer names than that says as much as one can
_LEAST: Final = 0.12
_STEEPNESS: Final = 1.6
_SHORTEST_SLIGHT: Final = 2
_SHORTEST_JOINED: Final = 5
_LONG: Final = 6
_HEARD: Final = 7
_SLIGHT: Final = 0.15  # a word of legal forms, or one that only says which part of a firm
# Short words are easily alike: by length, from 1 letter on.
_SHORT: Final = (0.2, 0.45, 0.75, 0.9)
# By the number of digits: `2` says little, `2566` much.
_DIGITS: Final = (0.3, 0.55, 0.8)


class Phrase(NamedTuple):
    """What a word or phrase stands for: canonical words, or a legal form of a kind."""

    words: tuple[str, ...]
    legal: str | None = None


@cache
def singles() -> dict[str, Phrase]:
    """What single words stand for."""
    return {phrase[0]: meant for phrase, meant in _written() if len(phrase) == 1}


@cache
def _by_sound() -> dict[str, Phrase]:
    """What long words stand for, by their sound: no table has all ways of transliterating one."""
    from licet.names.similar import sound

    long = {word: meant for word, meant in singles().items() if len(word) >= _HEARD and meant.words}
    return {sound(word): meant for word, meant in sorted(long.items())}


@lru_cache(maxsize=16384)
def meaning(word: str) -> Phrase | None:
    """What a word stands for, however it is transliterated; None for itself."""
    meant = singles().get(word)
    if meant is None and len(word) >= _HEARD and word.isalpha():
        from licet.names.similar import sound

        meant = _by_sound().get(sound(word))
    return meant


def base(word: str) -> str:
    """The word as phrases have it: canonical, `NOTHING` for one that says nothing; parts of legal forms as they are."""
    return _as_base(word, meaning(word))


def spelled_base(word: str) -> str:
    """The base of a word that is spelt as the tables have it; any other as it is."""
    return _as_base(word, singles().get(word))


def _as_base(word: str, meant: Phrase | None) -> str:
    if meant is None or meant.legal:
        return word
    return meant.words[0] if meant.words else NOTHING


@cache
def phrases() -> dict[tuple[str, ...], Phrase]:
    """What several words together stand for: by their bases, without those that say nothing."""
    found: dict[tuple[str, ...], Phrase] = {}
    for phrase, meant in _written():
        key = tuple(word for word in map(base, phrase) if word != NOTHING)
        if len(key) > 1:
            found.setdefault(key, meant)
    for phrase, meant in _written():
        for at in range(len(phrase) - 1):
            joined = phrase[at] + phrase[at + 1]
            if len(joined) > _SHORTEST_JOINED:
                key = (*map(base, phrase[:at]), joined, *map(base, phrase[at + 2 :]))
                found.setdefault(tuple(word for word in key if word != NOTHING), meant)
    return found


@cache
def _written() -> tuple[tuple[tuple[str, ...], Phrase], ...]:
    """Every phrase as the tables have it; of two meanings of one phrase, the last."""
    found: dict[tuple[str, ...], Phrase] = {}
    for canonical, variants in _lines("folds.txt"):
        words = () if canonical == NOTHING else (canonical,)
        for variant in (*variants, *words):
            found.setdefault(tuple(variant.split()), Phrase(words))
    for canonical, variants in _lines("places.txt"):
        for variant in filter(str.isascii, (canonical, *variants)):
            found.setdefault(tuple(variant.split()), Phrase((canonical.replace(" ", "_"),)))
    for kind, variants in _lines("legal.txt"):
        found.update({tuple(variant.split()): Phrase((), kind) for variant in variants})
    for digits, variants in _lines("numbers.txt"):
        found.update({(variant,): Phrase((digits,)) for variant in variants})
    return tuple(found.items())


@cache
def known_words() -> frozenset[str]:
    """Every single word of the tables."""
    return frozenset({word for phrase, _ in _written() for word in phrase} | set(_commonness()[1]) | places())


@cache
def _misspelt() -> dict[str, str]:
    """Known long words less any one of their letters."""
    found: dict[str, str] = {}
    for word in sorted(known_words()):
        if len(word) >= _LONG and word.isalpha():
            for n in range(len(word)):
                found.setdefault(word[:n] + word[n + 1 :], word)
    return found


@lru_cache(maxsize=16384)
def corrected(word: str) -> str | None:
    """The known word that this one may misspell, by a letter or two letters swapped; None for known words."""
    if len(word) < _LONG or not word.isalpha() or word in known_words():
        return None
    if word in _misspelt():
        return _misspelt()[word]
    for n in range(len(word)):
        less = word[:n] + word[n + 1 :]
        if less in known_words():
            return less
        found = _misspelt().get(less)
        if found is not None and len(found) == len(word) and _one_edit(word, found):
            return found
    return None


def _one_edit(a: str, b: str) -> bool:
    """Whether two words of one length differ by one letter, or by two neighbors swapped."""
    match [n for n in range(len(a)) if a[n] != b[n]]:
        case [_]:
            return True
        case [one, other] if other == one + 1:
            return a[one] == b[other] and a[other] == b[one]
    return False


@cache
def slight() -> frozenset[str]:
    """Words that say next to nothing: parts of legal forms, and of what part of a firm something is."""
    parts = {word for phrase, meant in _written() if meant.legal and len(phrase) > 1 for word in phrase}
    return frozenset(word for word in (*parts, *_text("slight.txt").split()) if len(word) > _SHORTEST_SLIGHT)


@cache
def longest() -> dict[str, int]:
    """The most words that a phrase has, by its first one."""
    found: dict[str, int] = {}
    for phrase in phrases():
        found[phrase[0]] = max(found.get(phrase[0], 0), len(phrase))
    return found


@cache
def places() -> frozenset[str]:
    """The canonical words that are places."""
    return frozenset(canonical.replace(" ", "_") for canonical, _ in _lines("places.txt")) | {"hongkong", "usa", "uk"}


@cache
def han_words() -> dict[str, tuple[str, ...]]:
    """What Han words and place names stand for, nothing for a legal form."""
    found: dict[str, tuple[str, ...]] = {}
    for canonical, variants in _lines("han.txt"):
        words = () if canonical == "-" else tuple(canonical.split())
        for variant in variants:
            found.setdefault(variant, words)
    for canonical, variants in _lines("places.txt"):
        for variant in variants:
            if not variant.isascii():
                found[variant] = tuple(canonical.split())
    return found


@cache
def arabic_words() -> dict[str, str]:
    """What words of Arabic script stand for."""
    return {variant: canonical for canonical, variants in _lines("arabic.txt") for variant in variants}


@cache
def _commonness() -> tuple[float, dict[str, int]]:
    """How many names were counted, and in how many of them a word stands."""
    counts: dict[str, int] = {}
    total = 1.0
    for line in _text("commonness.tsv").splitlines():
        word, _, count = line.partition("\t")
        if line.startswith("#"):
            continue
        if word == "*":
            total = float(count)
        else:
            counts[word] = int(count)
    for word in _text("distinctive.txt").split():
        counts.pop(word, None)
    return total, counts


def is_common(word: str) -> bool:
    """Whether the word is known to stand in many names."""
    return word in _commonness()[1]


@cache
def _bounds() -> tuple[float, float]:
    total = _commonness()[0]
    return math.log(total), math.log(total / _RARE)


def weight(word: str) -> float:
    """How much a word says of whose name it is, above 0 to 1."""
    if word in slight():
        return _SLIGHT
    if word.isdigit():
        return _DIGITS[min(len(word), len(_DIGITS)) - 1]
    most = _SHORT[len(word) - 1] if len(word) <= len(_SHORT) else 1.0
    count = _commonness()[1].get(word)
    if count is None:
        return most
    total, highest = _bounds()
    share: float = max(0.0, (total - math.log(count)) / highest)  # both are logarithms
    return min(most, max(_LEAST, math.pow(share, _STEEPNESS)))


@cache
def version() -> str:
    """A digest of all tables: what was prepared by others is prepared anew."""
    total = hashlib.sha256()
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in {".txt", ".tsv"}:
            total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _lines(name: str) -> Iterator[tuple[str, list[str]]]:
    """`canonical = variant | variant` as canonical and variants; comments left out."""
    for line in _text(name).splitlines():
        if line and not line.startswith("#"):
            canonical, _, rest = line.partition("=")
            yield canonical.strip(), [variant.strip() for variant in rest.split("|") if variant.strip()]
