"""What is looked up, what is found, and why."""

from __future__ import annotations

from msgspec import Struct


class Named(Struct, frozen=True, array_like=True):
    """Something listed: its own key, its names (the primary one first), ISO countries, addresses as written.

    `kind` is `entity`, `individual`, `vessel`, `aircraft` or `unknown`.
    """

    key: str
    names: tuple[str, ...]
    countries: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    kind: str = "unknown"


class Aligned(Struct, frozen=True):
    """Words of the one name that stand for words of the other.

    `weight` is how much they say, 0 to 1 for a word; `similarity` how alike they are, above 0 to 1. `how` is `exact`,
    `typo`, `spelling`, `joined`, `abbreviation`, `acronym`, `initial` or `address`.
    """

    query: str
    listed: str
    weight: float
    similarity: float
    how: str


class Score(Struct, frozen=True, kw_only=True):
    """How alike two names are, 0 to 1, and why; 1 only for names that are equal as `licet.text.folded` has them.

    `numbers`: `agree`, `conflict` or `none` (not on both sides). `country`: `agrees`, `differs`, `unknown` (of the
    party) or `unlisted` (of the listing). `cut`: a name was too long, or nothing of it could be read.
    """

    score: float
    aligned: tuple[Aligned, ...] = ()
    left_query: tuple[str, ...] = ()
    left_listed: tuple[str, ...] = ()
    numbers: str = "none"
    country: str = "unknown"
    address: tuple[str, ...] = ()
    cut: bool = False


class Match(Struct, frozen=True, kw_only=True):
    """An entry that a party may be.

    `name` is the published name (or address) that was met, `query` the name that met it. `basis` is `name`, `alias`,
    `brand` or `address`; `band` is `confirmed` or `possible`.
    """

    key: str
    name: str
    query: str
    basis: str
    score: float
    band: str
    explanation: Score


class Found(Struct, frozen=True):
    """The matches, the best one first. Where the answer is `cut`, there may be more: whoever asks must hold."""

    matches: tuple[Match, ...]
    cut: bool
