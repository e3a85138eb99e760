"""Street addresses: the same house number with the same street words; a city alone is no address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from msgspec import Struct

from licet.names import words
from licet.names.scripts import latin

LENGTH: Final = 400
_TOKEN: Final = re.compile(r"[a-z]+|\d+[a-z]?(?![a-z0-9])|\d+")
_PART: Final = re.compile(r"[,;]")
_DIGITS: Final = 4  # longer numbers are postal codes and telephone numbers
_LEAST: Final = 3  # letters of a street's name
# What stands in every address.
_PLAIN: Final = frozenset(
    "no num number street st str road rd avenue ave boulevard blvd lane ln way drive dr square sq place highway hwy "
    "building bldg bld block blk floor fl flr level room rm unit suite ste office apt apartment flat house home tower "
    "plaza center centre district dist county city province prov state town village zone park industrial industry area "
    "north south east west northern southern eastern western upper lower old new middle central the of and at in near "
    "po box p o postal code zip tel fax ulitsa ul pereulok prospekt pr prospect shosse sh naberezhnaya nab dom korpus "
    "korp litera lit pom pomeshch ofis kv stroenie strasse lu jie dadao dajie qu shi xian first second third zhong "
    "science technology development high tech hi economic free trade export processing technological main".split()
)
# What a number after one of them counts: not houses of a street.
_INSIDE: Final = frozenset(
    "room rm unit suite ste office ofis of apartment apt flat floor fl level building bldg bld block blk tower pom "
    "pomeshch korpus korp stroenie litera lit box tel fax kv zone phase".split()
)
# What stands behind a name that is no street.
_AREA: Final = frozenset("district dist county city province prov town township village state region oblast".split())


class Address(Struct, frozen=True, array_like=True):
    """An address as it is compared: numbers with a street word beside them, and all telling words."""

    pairs: frozenset[str]
    words: frozenset[str]


@lru_cache(maxsize=4096)
def address(text: str) -> Address:
    """The address taken apart; a long one no further than its first `LENGTH` characters."""
    parts = [_TOKEN.findall(part) for part in _PART.split(latin(text[:LENGTH]))]
    streets = [_streets(part) for part in parts]
    pairs = {
        f"{number} {street}"
        for at, part in enumerate(parts)
        for number in _houses(part)
        for street in streets[at]
        or (*(streets[at - 1] if at else ()), *(streets[at + 1] if at + 1 < len(parts) else ()))
    }
    return Address(frozenset(pairs), frozenset(street for part in streets for street in part))


def _streets(part: Sequence[str]) -> tuple[str, ...]:
    """The telling words between two commas, less those of which it says that they are a district or a town."""
    following = (*part[1:], "")
    return tuple(token for token, after in zip(part, following, strict=False) if _tells(token) and after not in _AREA)


def _houses(part: Sequence[str]) -> Iterator[str]:
    """The house numbers between two commas."""
    for before, token in zip(("", *part), part, strict=False):
        if token[0].isdigit() and len(token) <= _DIGITS and before not in _INSIDE:
            yield token.lstrip("0") or token


def _tells(token: str) -> bool:
    return len(token) >= _LEAST and token.isalpha() and token not in _PLAIN and token not in words.places()


def alike(a: Address, b: Address) -> tuple[float, tuple[str, ...]]:
    """How much of the listed address `b` is that of `a`, 0 to 1, and the numbers and streets they share."""
    shared = a.pairs & b.pairs
    if not shared or not b.words:
        return 0.0, ()
    common = a.words & b.words
    return len(common) / max(min(len(a.words), len(b.words)), 1), tuple(sorted(shared))
