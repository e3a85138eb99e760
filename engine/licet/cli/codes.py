"""Exit codes: what a script may act on."""

from __future__ import annotations

from collections.abc import Iterable

GO, FAILED, STOP, BAD, HOLD = 0, 1, 2, 3, 4
OF_RELEASE = {"go": GO, "stop": STOP, "hold": HOLD}
_WORST_FIRST = (FAILED, BAD, STOP, HOLD, GO)


def worst(codes: Iterable[int]) -> int:
    """The exit code for several orders; of none, bad input.

    >>> worst([GO, HOLD, STOP]), worst([])
    (2, 3)
    """
    return min(codes, key=_WORST_FIRST.index, default=BAD)
