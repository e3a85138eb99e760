"""A match told to people."""

from __future__ import annotations

from licet.names.model import Match
from licet.text import quoted

_HOW = {
    "exact": "the same",
    "typo": "nearly the same",
    "spelling": "spelt in another way",
    "joined": "written as one word",
    "abbreviation": "shortened",
    "acronym": "first letters",
    "initial": "an initial",
    "address": "the same house number and street",
}
_COUNTRY = {
    "agrees": "the country agrees",
    "differs": "the country differs",
    "unknown": "the party's country is not known",
    "unlisted": "the listing has no country",
}
_BASIS = {"name": "the name", "alias": "a published alias", "brand": "a brand name of", "address": "the address"}


def explained(match: Match) -> list[str]:
    """Lines that say why a party may be what is listed: score and band first, then words, what is left, the country."""
    why = match.explanation
    lines = [
        f"{match.band}: {quoted(match.query)} met {_BASIS[match.basis]} {quoted(match.name)}, score {match.score:.3f}"
    ]
    lines += [
        f"{quoted(pair.query)} is {quoted(pair.listed)}: {_HOW[pair.how]}, weight {pair.weight:.2f}"
        + (f", alike {pair.similarity:.2f}" if pair.similarity < 1 else "")
        for pair in why.aligned
    ]
    for whose, left in (("party", why.left_query), ("listing", why.left_listed)):
        if left:
            lines.append(f"left over of the {whose}: {', '.join(map(quoted, left))}")
    if why.numbers != "none":
        lines.append("the numbers agree" if why.numbers == "agree" else "the numbers differ")
    lines.append(_COUNTRY[why.country])
    return lines
