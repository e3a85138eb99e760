"""Lists of classification numbers as people write them: `3B001.a.4, .c, .k to .p; 3B002.c`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_NUMBER: Final = re.compile(r"(\d[a-z]\d{3})((?:\.[a-z0-9]+)*)", re.IGNORECASE)
_PARAGRAPH: Final = re.compile(r"\.?([a-z](?:\.[a-z0-9]+)*)", re.IGNORECASE)
_BETWEEN: Final = frozenset({"and", "or", "eccn", "eccns"})


def expand(words: Sequence[str]) -> tuple[str, ...] | None:
    """The numbers in full, each once; None where the words are no such list.

    >>> expand("3b001.a.4 .c and .k to .m 3b993".split())
    ('3B001.a.4', '3B001.c', '3B001.k', '3B001.l', '3B001.m', '3B993')
    """
    found: list[str] = []
    head, through = "", False
    for word in words:
        if word in _BETWEEN:
            continue
        if word == "to":
            through = True
            continue
        number, paragraph = _NUMBER.fullmatch(word), _PARAGRAPH.fullmatch(word)
        if number is not None:
            head, tail = number[1].upper(), number[2].lower()
        elif paragraph is not None and head:
            tail = "." + paragraph[1].lower()
        else:
            return None
        if through:
            between = _range(found, head, tail)
            if between is None:
                return None
            found.extend(between)
        else:
            found.append(head + tail)
        through = False
    return None if through else tuple(dict.fromkeys(found))


def _range(found: Sequence[str], head: str, tail: str) -> list[str] | None:
    """What comes after the last one found, through the given one: single letters of one number, in order."""
    before, _, first = (found[-1] if found else "").partition(".")
    last = tail[1:]
    if before != head or len(first) != 1 or len(last) != 1 or not first < last:
        return None
    return [f"{head}.{chr(code)}" for code in range(ord(first) + 1, ord(last) + 1)]
