"""What somebody probably meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from licet.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST: Final = 80  # the distance takes time in the product of the lengths; nobody misspells more than this
_FAR: Final = 3


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The known word nearest to a misspelt one, or None where none is near.

    >>> did_you_mean("destnation", ["origin", "destination"])
    'destination'
    >>> did_you_mean("color", ["origin", "destination"]) is None
    True
    """
    asked = _folded(word)
    if not asked or len(word) > _LONGEST:
        return None
    allowed = min(_FAR, max(1, len(asked) // 3))
    near = (
        (_distance(asked, _folded(name), allowed), _folded(name)[:1] != asked[:1], name)
        for name in set(known)
        if name != word
    )
    best = min((entry for entry in near if entry[0] <= allowed), default=None)
    return None if best is None else best[2]


def choices(known: Iterable[str], limit: int = 5) -> str:
    """The known words for a message: the first few in backticks, then how many more there are.

    >>> choices(["a", "b", "c"], limit=2)
    '`a`, `b`, … (1 more)'
    """
    names = sorted(known) if isinstance(known, set | frozenset) else list(dict.fromkeys(known))
    if not names:
        return "none"
    shown = ", ".join(quoted(name) for name in names[:limit])
    return shown if len(names) <= limit else f"{shown}, … ({len(names) - limit} more)"


def _folded(word: str) -> str:
    """The word without what people mix up without noticing: letter case, `-` and `_` and a space."""
    return word.casefold().strip().replace("-", "_").replace(" ", "_")


def _distance(left: str, right: str, allowed: int) -> int:
    """How many letters are added, left out, changed or swapped with a neighbor; beyond `allowed` it is only "more"."""
    if len(right) > _LONGEST or abs(len(left) - len(right)) > allowed:
        return allowed + 1
    before: list[int] = []
    above = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > allowed:
            return allowed + 1
        before, above = above, row
    return above[-1]
