"""What a terminal can show: colors, width, and text that it cannot."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TextIO

_STYLES = {"go": "1;32", "hold": "1;33", "stop": "1;31", "bold": "1", "dim": "2"}
_WIDEST = 100


class Paint:
    """Colors text, `paint(text, style)`, where the stream is a terminal that wants colors."""

    def __init__(self, stream: TextIO) -> None:
        self.on = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def __call__(self, text: str, style: str) -> str:
        """The text in a style, or as it is."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.on else text


def columns() -> int:
    """How wide text may be: the terminal's width, a page's at most."""
    return max(40, min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns))


def blocks(stream: TextIO) -> bool:
    """Whether the stream can show block characters."""
    try:
        "█▒░".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def put(text: str, stream: TextIO | None = None) -> None:
    """Write text; what the stream's encoding does not have becomes `?`."""
    out = sys.stdout if stream is None else stream
    encoding = out.encoding or "utf-8"
    out.write(text.encode(encoding, "replace").decode(encoding))


def put_bytes(raw: bytes) -> None:
    """Write UTF-8 to the standard output, whatever encoding the terminal is set to."""
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(raw.decode("utf-8", "replace"))
        return
    sys.stdout.flush()
    buffer.write(raw)
    buffer.flush()
