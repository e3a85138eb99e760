"""What an unquoted scalar means, whatever YAML version an editor assumes (docs/language.md, "Scalars")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias

from licet.text import quoted

Scalar: TypeAlias = str | int | Decimal | bool | date | None

LONGEST_NUMBER: Final = (
    40  # characters; no quantity of an order or a rule needs more, and Python's own limits start later
)
_LARGEST_EXPONENT: Final = 30

_WORDS: Final[dict[str, Scalar]] = {"true": True, "false": False, "null": None}
# YAML 1.1 reads these as true or false; as keys (`reviewed: {on: …}`) they can only be meant as text, and two
# capital letters can only be meant as a code, such as a country's.
_YES_NO: Final = frozenset(
    spelling
    for word in ("yes", "no", "on", "off", "y", "n")
    for spelling in (word, word.title(), word.upper())
    if len(spelling) != len("XX") or not spelling.isupper()
)
_OTHER_SPELLINGS: Final = frozenset({"True", "TRUE", "False", "FALSE", "Null", "NULL", "~", "="})

_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
_JSON_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
# A digit, a letter from A to E, three digits: YAML 1.2 takes 3E001 for thirty, we for a classification.
_CLASSIFICATION: Final = re.compile(r"[0-9][A-E][0-9]{3}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LOOSE_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_TIMESTAMP: Final = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:.*", re.DOTALL)
_NUMBER_ELSEWHERE: Final = re.compile(
    r"""
      [-+]?[0-9][0-9_]*                               # 017, +1, 1_000
    | [-+]?0b[01_]+ | [-+]?0o[0-7_]+ | [-+]?0x[0-9a-fA-F_]+
    | [-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?   # 1., .5, 1.5e3
    | [-+]?[0-9][0-9_]*[eE][-+]?[0-9]+                # 1e5, 3E1
    | [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?   # 12:30, base sixty in YAML 1.1
    | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with a piece of text, before it has a place."""

    code: str
    message: str
    help: str | None = None


def read_plain(text: str, *, json_numbers: bool = False) -> Scalar | Problem:
    """What an unquoted scalar is, or the problem with it.

    >>> read_plain("25"), read_plain("NO"), read_plain("3E001"), read_plain("null")
    (25, 'NO', '3E001', None)
    >>> read_plain("yes").code
    'quote-needed'
    """
    if text in _WORDS:
        return _WORDS[text]
    if text == "":
        return _empty()
    if text in _YES_NO or text in _OTHER_SPELLINGS:
        return _word(text)
    if text[0] not in "0123456789-+.":
        return text
    if _INTEGER.fullmatch(text) or _DECIMAL.fullmatch(text):
        return read_number(text)
    if _CLASSIFICATION.fullmatch(text):
        return text
    if json_numbers and _JSON_NUMBER.fullmatch(text):
        return read_number(text)
    return _date_or_text(text)


def read_number(text: str) -> int | Decimal | Problem:
    """The exact number that a JSON number is, or the problem with one no computation should be fed.

    >>> read_number("-3"), read_number("0.50"), read_number("1e5")
    (-3, Decimal('0.50'), Decimal('1E+5'))
    """
    if len(text) > LONGEST_NUMBER:
        return _number_range(text)
    if _INTEGER.fullmatch(text):
        return int(text)
    mantissa, _, exponent = text.lower().partition("e")
    if exponent and abs(int(exponent)) > _LARGEST_EXPONENT:
        return _number_range(text)
    return Decimal(f"{mantissa}e{exponent}" if exponent else mantissa)


def read_key(text: str) -> str | Problem:
    """The key that an unquoted scalar is, or the problem with it: keys are text.

    >>> read_key("on"), read_key("1").code
    ('on', 'key-not-text')
    """
    if text in _YES_NO:
        return text
    value = read_plain(text)
    if isinstance(value, str):
        return value
    if text == "":
        return Problem(
            code="key-not-text", message="a key is missing before `:`", help="every value needs the name of its field"
        )
    return Problem(
        code="key-not-text",
        message=f"expected text as a key, got {quoted(text)}",
        help=f'write it in quotes: `"{text[:40]}"`',
    )


def read_date(text: str) -> date | None:
    """The day that text such as 2019-05-16 names, or None.

    >>> read_date("2019-02-28"), read_date("2019-02-29")
    (datetime.date(2019, 2, 28), None)
    """
    if not _DATE.fullmatch(text):
        return None
    try:
        return date(int(text[:4]), int(text[5:7]), int(text[8:]))
    except ValueError:
        return None


def is_like_date(text: str) -> bool:
    """Whether the text is written as a date that the calendar does not have.

    >>> is_like_date("2019-02-30"), is_like_date("2019-02-28")
    (True, False)
    """
    return _DATE.fullmatch(text) is not None and read_date(text) is None


def _date_or_text(text: str) -> Scalar | Problem:
    if _DATE.fullmatch(text):
        day = read_date(text)
        return day if day is not None else no_such_day(text)
    if _LOOSE_DATE.fullmatch(text):
        return _quote_needed(
            text, "is almost a date", "a date is written with two digits each for month and day: `2019-05-06`"
        )
    if _TIMESTAMP.fullmatch(text):
        return _quote_needed(
            text, "is a time stamp for some tools", "write the day alone, `2019-05-16`, or put the text in quotes"
        )
    if _NUMBER_ELSEWHERE.fullmatch(text):
        wanted = "write a number as `25` or `0.5`; put text in quotes"
        return _quote_needed(text, "is read as different numbers by different tools", wanted)
    return text


def _quote_needed(text: str, why: str, wanted: str) -> Problem:
    return Problem(code="quote-needed", message=f"{quoted(text)} {why}", help=wanted)


def _word(text: str) -> Problem:
    if text in _YES_NO:
        return _quote_needed(
            text,
            "is true or false for some tools, text for others",
            f'write `true` or `false`, or `"{text}"` for the text',
        )
    meant = {"t": "true", "f": "false"}.get(text[0].lower(), "null")
    if text == "=":
        return _quote_needed(text, "is special for some tools", 'write `"="` for the text')
    return _quote_needed(text, f"is not how {meant} is written", f'write `{meant}`, or `"{text}"` for the text')


def _empty() -> Problem:
    wanted = "write `null` for known to be none, or leave the field out"
    return Problem(code="quote-needed", message="no value is given", help=wanted)


def no_such_day(text: str) -> Problem:
    """The problem with a date that the calendar does not have."""
    wanted = "check month and day; put it in quotes if it is not meant as a date"
    return Problem(code="date-not-real", message=f"{quoted(text)} is not a day of the calendar", help=wanted)


def _number_range(text: str) -> Problem:
    wanted = f"a number has at most {LONGEST_NUMBER} characters, and a power of ten of at most {_LARGEST_EXPONENT}"
    return Problem(code="number-range", message=f"the number {quoted(text, 30)} is out of range", help=wanted)
