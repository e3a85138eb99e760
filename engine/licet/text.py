"""Text from outside, made safe to print."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
_ELLIPSIS: Final = "…"

# Escape sequences go as a whole, or their letters would stay behind: those that run up to a terminator (OSC and its
# like), CSI, then any of two characters.
_ANSI: Final = re.compile(
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?"
)
#: What the general way of folding makes of plain characters, since most names have no others.
_PUNCTUATION: Final = bytes(c if chr(c).isalnum() and c < 128 else 32 for c in range(256))  # noqa: PLR2004  ASCII
_SPACE: Final = re.compile(r"\s+")
# Cc controls, Cf bidi and zero-width marks, Cs lone surrogates, Zl and Zp line separators: nothing a reader can see.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def is_invisible(character: str) -> bool:
    """Whether a terminal or an editor would act on the character, or hide it, rather than show it.

    >>> is_invisible("a"), is_invisible(chr(0x202E))
    (False, True)
    """
    return unicodedata.category(character) in _INVISIBLE


def clean(text: str, limit: int = 120) -> str:
    r"""The text on one line, without control characters, escape sequences, bidi controls; at most `limit` long.

    >>> clean("a\x1b[31mb\nc")
    'ab c'
    >>> clean("abcdef", limit=4)
    'abc…'
    """
    # A cut before the work keeps a hostile megabyte cheap; eight characters in for one out is plenty.
    head = _ANSI.sub("", text[: limit * 8 + 64])
    head = _SPACE.sub(" ", head).strip()
    shown = "".join(c for c in head if not is_invisible(c))
    cut = len(shown) > limit or (len(text) > limit * 8 + 64 and len(shown) == limit)
    return shown[: max(limit - 1, 0)] + _ELLIPSIS if cut else shown


def folded(name: str) -> str:
    """The name without what spelling may vary: width, letter case, accents kept, punctuation and spaces folded.

    >>> folded("Acme  Co., Ltd.")
    'acme co ltd'
    """
    if name.isascii():
        return b" ".join(name.lower().encode().translate(_PUNCTUATION).split()).decode()
    plain = unicodedata.normalize("NFKC", name).casefold()
    kept = (c if unicodedata.category(c)[0] in "LNM" else " " for c in plain if unicodedata.category(c) != "Cf")
    return " ".join("".join(kept).split())


def quoted(text: object, limit: int = 60) -> str:
    """The text as a message shows what a user wrote: cleaned, and between backticks.

    >>> quoted("it`s")
    "`it's`"
    """
    return f"`{clean(str(text), limit).replace('`', chr(39))}`"


def visible(line: str) -> str:
    r"""The line with each invisible character replaced, one for one, so that columns count.

    >>> visible("a\tb") == "a b"
    True
    """
    return "".join(" " if c == "\t" else REPLACEMENT if is_invisible(c) else c for c in line)


def width(text: str) -> int:
    """How many terminal columns the text takes.

    >>> width("abc"), width("华为")
    (3, 4)
    """
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
