"""Any script in lower-case Latin letters without accents; Han by its words, place names and pinyin."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from threading import Lock
from typing import Any, Final

from licet.names.words import arabic_words, han_words

_HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
# Apostrophes and their like stand inside words: Xi'an, People's, Int'l, the hard sign of a transliteration.
_INSIDE: Final = dict.fromkeys(map(ord, "'\u2018\u2019\u201b\u02bc\u02b9\u0060\u00b4\u2032\u02bb\u02bd\u05f3\u00b7"))
_HAN_NUMBERS: Final = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_NUMBER: Final = re.compile(r"第?[零〇一二三四五六七八九十百两]{2,}|第[一二三四五六七八九]")
_LONGEST_WORD: Final = 9
#: Between syllables of one name read as pinyin: it may be written as one word or as several.
SYLLABLES: Final = 4
# Letters of other scripts that look like Latin ones: in a word of both, they are meant to deceive.
_MIXED: Final = re.compile("[A-Za-z]")
_LOOK_ALIKE: Final = str.maketrans(
    dict(zip("АВЕЅІЈКМНОРСТХУаеѕіјорсхуһԁԛԝ", "ABESIJKMHOPCTXYaesijopcxyhdqw", strict=True))
    | dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορυχι", "ABEZHIKMNOPTYXavopuxi", strict=True))
)
#: Stands before a word of a script that writes no vowels.
VOWELLESS: Final = "="
_WITHOUT_VOWELS: Final = re.compile(r"[\u0590-\u05ff\u0600-\u06ff\u0750-\u077f\u0700-\u074f]")
_lock: Final = Lock()


def latin(text: str) -> str:
    """The text in lower-case ASCII: punctuation kept, except what stands inside a word; other scripts romanized."""
    text = text.replace(VOWELLESS, " ")
    if text.isascii():
        return text.lower().translate(_INSIDE)
    plain = unicodedata.normalize("NFKC", text.encode("utf-8", "ignore").decode())
    plain = "".join(c for c in plain if unicodedata.category(c) != "Cf").translate(_INSIDE)
    if _HAN.search(plain):
        plain = _HAN.sub(lambda found: f" {_han(found.group())} ", plain)
    return "".join(map(_romanized, re.split(r"(\s+)", plain))).lower().translate(_INSIDE)


@lru_cache(maxsize=4096)
def _romanized(word: str) -> str:
    """A word without accents, or in Latin letters."""
    if word.isascii():
        return word
    if word in arabic_words():
        return arabic_words()[word]
    if _MIXED.search(word):
        word = word.translate(_LOOK_ALIKE)
    bare = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    if bare.isascii():
        return bare
    from anyascii import anyascii

    mark = VOWELLESS if _WITHOUT_VOWELS.match(bare) else ""
    return mark + str(anyascii(unicodedata.normalize("NFC", bare)))


@lru_cache(maxsize=4096)
def simplified(text: str) -> str:
    """Traditional characters as simplified ones."""
    return "".join(map(_simplified, text))


@lru_cache(maxsize=16384)
def _simplified(character: str) -> str:
    with _lock:  # the library does not say that its converter may be shared
        return str(_converter().convert(character))


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def _han(run: str) -> str:
    """A run of Han characters as words: known ones by their meaning, the rest as pinyin, one word a stretch."""
    text = _HAN_NUMBER.sub(lambda found: f" {_number(found.group())} ", simplified(run))
    words, known = [], han_words()
    rest, at = "", 0
    while at < len(text):
        end = next((end for end in range(min(len(text), at + _LONGEST_WORD), at, -1) if text[at:end] in known), 0)
        if end:
            words += [_pinyin(rest), *known[text[at:end]]]
            rest, at = "", end
        else:
            rest, at = rest + text[at], at + 1
    words.append(_pinyin(rest))
    return " ".join(filter(None, words))


def _number(text: str) -> int:
    """A Chinese number below a thousand, with tens and hundreds or digit by digit."""
    text = text.removeprefix("第")
    if not set(text) & set("十百"):
        return int("".join(str(_HAN_NUMBERS[c]) for c in text))
    total, digit = 0, 0
    for c in text:
        if c in "十百":
            total, digit = total + max(digit, 1) * (10 if c == "十" else 100), 0
        else:
            digit = _HAN_NUMBERS[c]
    return total + digit


def _pinyin(text: str) -> str:
    """Pinyin without tones, as one word where it is short; numbers and Latin text as they are."""
    if text.isascii():
        return text
    from pypinyin import lazy_pinyin

    words: list[str] = []
    for part in re.findall(r"[\x00-\x7f]+|[^\x00-\x7f]+", text):
        syllables = [part] if part.isascii() else lazy_pinyin(part)
        words += ["".join(syllables[n : n + SYLLABLES]) for n in range(0, len(syllables), SYLLABLES)]
    return " ".join(words).replace("ü", "u")
