"""How alike two single words are."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any, Final

from licet.names.scripts import VOWELLESS

#: Edits that a word of a length (of the shorter one) may take; longer ones take the last.
_BUDGET: Final = (0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 3)
_EDIT: Final = 0.95  # what an edit costs, by its share of the shorter word less a letter
_STEEPNESS: Final = 1.3
_FIRST: Final = 0.08  # the first letter is seldom mistaken
_SPELLING: Final = 0.95
_SKELETON: Final = 0.86
_LEAST: Final = 0.5
_LETTERS_OF_A_SOUND: Final = 3  # more of them one way than the other, at most

# Ways to write one sound, in the order in which they are folded.
_SOUNDS: Final = tuple(
    tuple(pair.split(":"))
    for pair in (
        "shch:s sch:s sh:s kh:h gh:h ph:f tch:c ch:c ck:k q:k x:ks ts:s tz:s z:s j:i ca:ka co:ko cu:ku cl:kl cr:kr "
        "w:v th:t dh:d ou:u oo:u ee:i ea:i y:i ii:i ae:e ai:e ei:e ia:e ie:e"
    ).split()
)
_DOUBLE: Final = re.compile(r"(.)\1+")
_VOWELS: Final = re.compile("[aeiouy]")


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """The word as it sounds, whichever way it was transliterated; `word` is in lower-case ASCII."""
    for written, sound_ in _SOUNDS:
        word = word.replace(written, sound_)
    return _DOUBLE.sub(r"\1", word)


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """The consonants of the word's sound, for scripts that write no vowels."""
    return _VOWELS.sub("", sound(word.removeprefix(VOWELLESS)))


def budget(length: int) -> int:
    """How many edits a word of that length may take."""
    return _BUDGET[min(length, len(_BUDGET) - 1)]


@lru_cache(maxsize=65536)
def similar(a: str, b: str) -> tuple[float, str]:
    """How alike two different words are, 0 to below 1, and how: `typo` or `spelling`."""
    if VOWELLESS in (a[:1], b[:1]):
        return (_SKELETON, "spelling") if skeleton(a) == skeleton(b) != "" else (0.0, "")
    shorter = min(len(a), len(b))
    if shorter < len(_BUDGET) // 3 - 1 or a.isdigit() or b.isdigit() or not (a.isalnum() and b.isalnum()):
        return 0.0, ""
    apart = abs(len(a) - len(b))
    if shorter > len(_BUDGET) // 3 and apart <= _LETTERS_OF_A_SOUND and sound(a) == sound(b):
        return _SPELLING, "spelling"
    allowed = budget(shorter)
    if allowed and apart <= allowed:
        edits = _osa()(a, b, score_cutoff=allowed)
        if edits <= allowed:
            alike = 1 - _EDIT * (edits / (shorter - 1)) ** _STEEPNESS - (_FIRST if a[0] != b[0] else 0)
            return (alike, "typo") if alike >= _LEAST else (0.0, "")
    return 0.0, ""


@cache
def _osa() -> Any:
    from rapidfuzz.distance import OSA

    return OSA.distance
