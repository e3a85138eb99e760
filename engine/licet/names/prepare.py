"""A name taken apart once: words with their weights, joined neighbors, initials, legal forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from msgspec import Struct

from licet.names import words
from licet.names.scripts import SYLLABLES, latin
from licet.text import folded

#: Characters and words of a name that are looked at; more of them and the answer is cut.
LENGTH: Final = 400
WORDS: Final = 32

#: Marks that turn what follows around, so that what is read is not what is written.
_TURNED: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_DOTTED: Final = re.compile(r"(?<![a-z0-9])(?:[a-z]\.){2,}(?:[a-z](?![a-z0-9]))?")
_TOKEN: Final = re.compile(r"=?[a-z0-9]+|[()\[\]]")
_ORDINAL: Final = re.compile(r"0*(\d+)(?:st|nd|rd|th|ya|y|i)?")
_MIXED: Final = re.compile(r"([a-z]{2,})(\d{2,})")
_ROMAN: Final = {
    word: str(number) for number, word in enumerate("ii iii iv v vi vii viii ix x".split(), 2) if word not in {"v", "x"}
}
# What follows honors somebody, and is often left out.
_IMENI: Final = frozenset({"imeni", "im"})
_NAMED_AFTER: Final = ("named", "after")
_TENS: Final = frozenset("20 30 40 50 60 70 80 90".split())
ACRONYM: Final = range(3, 9)
_JOINED: Final = 32  # longest word made of neighbors
_SYLLABLE: Final = 5  # longest syllable of pinyin that is written apart, or nearly
_SKIPPED: Final = frozenset({"group", "holding"})


class Word(Struct, frozen=True, array_like=True, gc=False):
    """A word that counts: canonical, and as written. `kind` is `word`, `place` or `number`.

    `aside`: it stands in brackets, or honors somebody. `guess`: the known word that it may misspell.
    """

    text: str
    raw: str
    weight: float
    kind: str
    aside: bool
    guess: str = ""


class Joined(Struct, frozen=True, array_like=True, gc=False):
    """Neighbors written as one word, and which words they cover."""

    text: str
    covers: tuple[int, ...]


class Initials(Struct, frozen=True, array_like=True, gc=False):
    """First letters in a row, and of which word each of them is (-1: of none that counts)."""

    letters: str
    of: tuple[int, ...]


class Prepared(Struct, frozen=True, array_like=True, gc=False):
    """A name as it is compared. `key` is what makes names equal; `cut` says that not all of it could be read."""

    key: str
    words: tuple[Word, ...]
    joined: tuple[Joined, ...]
    initials: tuple[Initials, ...]
    legal: tuple[str, ...]
    cut: bool

    @property
    def total(self) -> float:
        """The weight of all words."""
        return sum(word.weight for word in self.words)


class _Token(Struct, gc=False):
    """A token, the word it belongs to (-1: none), and the kind of legal form it is part of."""

    raw: str
    base: str  # as phrases have it, or the base of the known word that it may misspell
    aside: bool
    word: int = -1
    legal: str = ""


def prepare(name: str) -> Prepared:
    """The name taken apart; a name of any length costs no more than one of `LENGTH` characters."""
    return prepared(name[: LENGTH + 1])


@lru_cache(maxsize=8192)
def prepared(name: str) -> Prepared:
    """A name that is not too long, taken apart: what `prepare` remembers."""
    head = name[:LENGTH]
    key = folded(head) if len(name) <= LENGTH else ""
    tokens = list(_tokens(latin(head)))
    cut = len(name) > LENGTH or len(tokens) > WORDS or _TURNED.search(name) is not None
    tokens = tokens[:WORDS]
    found = _words(tokens)
    return Prepared(
        key=key,
        words=tuple(found),
        joined=tuple(_joined(tokens)),
        initials=tuple(_initials(tokens, found)),
        legal=tuple(sorted({token.legal for token in tokens if token.legal})),
        cut=cut or not found,
    )


def _tokens(text: str) -> Iterator[_Token]:
    """The words of Latin text; dotted initials made one, letters and numbers taken apart."""
    text = _DOTTED.sub(lambda found: found.group().replace(".", "") + " ", text)
    depth, honored, before = 0, False, ""
    for found in _TOKEN.findall(text):
        if found in "([":
            depth += 1
        elif found in ")]":
            depth = max(0, depth - 1)
        else:
            honored = honored or found in _IMENI or (before, found) == _NAMED_AFTER
            before = found
            mixed = _MIXED.fullmatch(found)
            for part in mixed.groups() if mixed else (found,):
                yield _Token(part, words.base(words.corrected(part) or part), depth > 0 or honored)


def _words(tokens: Sequence[_Token]) -> list[Word]:
    """The words that count; each token is told to which of them it belongs."""
    found: list[Word] = []
    at = 0
    while at < len(tokens):
        size, phrase = _phrase(tokens, at)
        part = tokens[at : at + size]
        for token in part:
            token.legal = phrase.legal or ""
            token.word = len(found) if phrase.words else -1
        raw = " ".join(token.raw for token in part)
        found += [_word(text, raw, aside=part[0].aside) for text in phrase.words]
        at += size
    return _tens_and_units(found)


def _phrase(tokens: Sequence[_Token], at: int) -> tuple[int, words.Phrase]:
    """How many tokens from there on stand for something together, and for what."""
    most = words.longest().get(tokens[at].base, 0)
    telling = [n for n in range(at, min(len(tokens), at + 2 * most)) if tokens[n].base != words.NOTHING][:most]
    for size in range(len(telling), 1, -1):
        phrase = words.phrases().get(tuple(tokens[n].base for n in telling[:size]))
        if phrase is not None:
            return telling[size - 1] + 1 - at, phrase
    raw = tokens[at].raw
    meant = words.meaning(raw)
    if meant is not None:
        return 1, meant
    ordinal = _ORDINAL.fullmatch(raw)
    return 1, words.Phrase((ordinal.group(1) if ordinal else _ROMAN.get(raw, raw),))


def _word(text: str, raw: str, *, aside: bool) -> Word:
    if text.isdigit():
        return Word(text, raw, words.weight(text), "number", aside)
    better = words.corrected(text) if text == raw else None
    guess = words.base(better) if better else ""
    return Word(text, raw, words.weight(text), "place" if text in words.places() else "word", aside, guess)


def _tens_and_units(found: list[Word]) -> list[Word]:
    """Number words such as `forty four` as one number; the place of the second is kept, weightless, for joining."""
    for at in range(len(found) - 1):
        tens, units = found[at], found[at + 1]
        if tens.text in _TENS and not tens.raw.isdigit() and len(units.text) == 1 and units.text.isdigit():
            text = tens.text[0] + units.text
            found[at] = Word(text, f"{tens.raw} {units.raw}", words.weight(text), "number", tens.aside)
            found[at + 1] = Word("", units.raw, 0.0, "number", units.aside)
    return found


def _joined(tokens: Sequence[_Token]) -> Iterator[Joined]:
    """Neighbors as one word: any two, and up to four short ones."""
    for at in range(len(tokens) - 1):
        for end in range(at + 2, min(at + SYLLABLES, len(tokens)) + 1):
            part = tokens[at:end]
            if end > at + 2 and max(len(token.raw) for token in part) > _SYLLABLE:
                break
            covers = tuple(dict.fromkeys(token.word for token in part if token.word >= 0))
            text = "".join(token.raw for token in part)
            if covers and len(text) <= _JOINED:
                yield Joined(words.spelled_base(text), covers)


def _initials(tokens: Sequence[_Token], found: Sequence[Word]) -> Iterator[Initials]:
    """The first letters of the words: without legal forms and with them, with `group` and without."""
    telling = [token for token in tokens if (token.word >= 0 or token.legal) and token.raw.isalpha()]
    plain = [token for token in telling if not token.legal]
    alone = [token for token in telling if token.word < 0 or found[token.word].text not in _SKIPPED]
    seen = set()
    for chosen in (plain, telling, alone, [token for token in alone if not token.legal]):
        letters = "".join(token.raw[0] for token in chosen)
        if len(letters) >= ACRONYM.start and letters not in seen:
            seen.add(letters)
            yield Initials(letters, tuple(token.word for token in chosen))
