"""JSON with positions: text to steps, without recursion and without rounding a number."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from licet.policy.scalars import Problem
from licet.policy.steps import Step, TextError
from licet.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_LITERAL: Final = re.compile(
    r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![\w.+-])|(?:true|false|null)(?!\w)"
)
_WORD: Final = re.compile(r"[\w.+-]+|.", re.DOTALL)
_STRINGS: Final = json.JSONDecoder()
_EXPECTED: Final = {
    "value": "a value",
    "first value": "a value or `]`",
    "key": "a key in double quotes",
    "first key": "a key in double quotes or `}`",
    ":": "`:`",
    ",": "`,` or the closing bracket",
    "end": "the end of the text",
}
_SLIPS: Final = (
    ("'", "text stands in double quotes"),
    ("//", "JSON has no comments"),
    ("/*", "JSON has no comments"),
    ("#", "JSON has no comments"),
    ("True", "write `true`"),
    ("False", "write `false`"),
    ("None", "write `null`, or leave the field out"),
    ("NaN", "leave the field out where the number is not known"),
    ("Infinity", "leave the field out where the number is not known"),
    ("-Infinity", "leave the field out where the number is not known"),
    ("0", "a number has no zero in front; text stands in double quotes"),
)


def json_steps(text: str) -> Iterator[Step]:
    """The steps of the one value in the text."""
    return _Reader(text).steps()


class _Reader:
    """Where in the text reading is, and what may come next."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._lines = [0, *(match.end() for match in _BREAK.finditer(text))]
        self._open: list[str] = []
        self._expect = "value"

    def steps(self) -> Iterator[Step]:
        while True:
            self._skip_space()
            if self._at >= len(self._text):
                break
            character = self._text[self._at]
            if (character == ":" and self._expect == ":") or (character == "," and self._expect == ","):
                self._at += 1
                self._expect = "value" if character == ":" or self._open[-1] == "]" else "key"
            else:
                yield self._token(character)
        if self._expect != "end":
            raise self._error("the end of the text")

    def _token(self, character: str) -> Step:
        line, column = self._position()
        if character in "{[" and self._expect in {"value", "first value"}:
            self._at += 1
            self._open.append("}" if character == "{" else "]")
            self._expect = "first key" if character == "{" else "first value"
            return Step("map" if character == "{" else "list", line, column)
        if self._open and character == self._open[-1] and self._expect in {",", "first key", "first value"}:
            self._at += 1
            self._open.pop()
            self._expect = "," if self._open else "end"
            return Step("end", line, column)
        if character == '"' and self._expect in {"value", "first value", "key", "first key"}:
            value = self._string()
            self._expect = ":" if self._expect in {"key", "first key"} else "," if self._open else "end"
            return Step("scalar", line, column, text=value)
        match = _LITERAL.match(self._text, self._at) if self._expect in {"value", "first value"} else None
        if match is None:
            raise self._error(None)
        self._at = match.end()
        self._expect = "," if self._open else "end"
        return Step("scalar", line, column, text=match.group(), plain=True)

    def _string(self) -> str:
        try:
            value, self._at = _STRINGS.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            self._at = min(error.pos, len(self._text))
            unclosed = "Unterminated" in error.msg
            message = "the quotes are not closed" if unclosed else "this cannot stand in quotes"
            wanted = None if unclosed else "write a backslash as `\\\\`, a line break as `\\n`"
            raise TextError(Problem(code="json-syntax", message=message, help=wanted), *self._position()) from None
        return str(value)

    def _skip_space(self) -> None:
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _position(self) -> tuple[int, int]:
        line = bisect_right(self._lines, self._at)
        return line, self._at - self._lines[line - 1] + 1

    def _error(self, got: str | None) -> TextError:
        if got is None:
            match = _WORD.match(self._text, self._at)
            got = quoted(match.group() if match else "", 40)
        if not self._text.strip():
            wanted = "write an order, or the fields that belong here"
            return TextError(Problem(code="empty-file", message="the file is empty", help=wanted), 1, 1)
        message = f"expected {_EXPECTED[self._expect]}, got {got}"
        return TextError(Problem(code="json-syntax", message=message, help=self._slip()), *self._position())

    def _slip(self) -> str | None:
        """What to do about the slips that people who write JSON by hand make."""
        rest, before = self._text[self._at :], self._text[: self._at].rstrip()
        if before.endswith(",") and rest[:1] in ("]", "}"):
            return "delete the comma before it"
        for begins, wanted in _SLIPS:
            if rest.startswith(begins):
                return wanted
        return None
