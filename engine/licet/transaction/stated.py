"""What an order states, as typed values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, TypeVar

from msgspec import UNSET

from licet.policy.model import Fact
from licet.transaction.model import Money, Transaction
from licet.values import Interval, Unknown, Value

T = TypeVar("T")
NOT_STATED = "not stated"
_LENGTH = len("2019-05-16")
LARGEST_EXPONENT = 30  # no amount or quantity comes near; beyond it, arithmetic itself is an attack


class IllTypedError(ValueError):
    """A stated value does not fit its fact; the text says what was expected."""


def typed(fact: Fact, raw: Any, rates: Mapping[str, Decimal]) -> Value:
    """The stated value as the fact's type.

    Raises `IllTypedError` with what was expected.
    """
    if raw is None:
        return None
    match fact.type:
        case "boolean":
            return _expect(raw, bool, "true or false")
        case "enum":
            if raw not in fact.values:
                raise IllTypedError("one of " + ", ".join(f"`{v}`" for v in fact.values))
            return str(raw)
        case "text" | "country" | "eccn":
            return _expect(raw, str, "text")
        case "date":
            return _date(raw)
        case "number":
            return _number(raw, fact.name)
        case "money":
            return money(raw, rates)
        case _:
            return _set(fact, raw)


def _expect(raw: Any, kind: type[T], what: str) -> T:
    if not isinstance(raw, kind):
        raise IllTypedError(what)
    return raw


def _date(raw: Any) -> date:
    if isinstance(raw, date):
        return raw
    day = day_of(raw)
    if day is None:
        raise IllTypedError("a date, such as `2019-05-16`")
    return day


def day_of(raw: Any) -> date | None:
    """The date in text of the form `2019-05-16`; nothing for any other form, or what is no day of the calendar."""
    return _parsed(raw) if type(raw) is str and len(raw) == _LENGTH else None


@lru_cache(maxsize=100_000)
def _parsed(text: str) -> date | None:
    digits = text[:4] + text[5:7] + text[8:]
    if text[4] != "-" or text[7] != "-" or not (digits.isascii() and digits.isdigit()):
        return None  # ISO 8601 has other forms, such as `2019-W20-4`, that `fromisoformat` takes
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(raw: Any, name: str) -> Value:
    if isinstance(raw, Mapping) and set(raw) <= {"at_least", "at_most"} and raw:
        low, high = raw.get("at_least"), raw.get("at_most")
        return Interval(
            None if low is None else decimal(low),
            None if high is None else decimal(high),
            (name,),
        )
    return decimal(raw)


def decimal(raw: Any) -> Decimal:
    """The number as an exact decimal.

    Raises `IllTypedError` for what is no finite number.
    """
    if isinstance(raw, bool) or not isinstance(raw, (int, float, Decimal, str)):
        raise IllTypedError("a number")
    try:
        number = Decimal(str(raw))
    except (InvalidOperation, ValueError):
        raise IllTypedError("a number") from None
    if not number.is_finite() or abs(number.adjusted()) > LARGEST_EXPONENT:
        raise IllTypedError("a number of ordinary size")
    return number


def money(raw: Any, rates: Mapping[str, Decimal]) -> Value:
    """The amount in US dollars; unknown for another currency without a stated rate."""
    if isinstance(raw, Mapping) and set(raw) <= {"amount", "currency"} and "amount" in raw:
        raw = Money(amount=decimal(raw["amount"]), currency=str(raw.get("currency", "USD")))
    if not isinstance(raw, Money):
        return decimal(raw)
    if raw.currency == "USD":
        return raw.amount
    rate = rates.get(raw.currency)
    if rate is None:
        return Unknown(f"no exchange rate stated for `{raw.currency}`")
    return raw.amount * rate


def _set(fact: Fact, raw: Any) -> frozenset[str]:
    if not isinstance(raw, (list, tuple, frozenset)) or not all(isinstance(member, str) for member in raw):
        raise IllTypedError("a list")
    if fact.of == "enum" and not set(raw) <= set(fact.values):
        raise IllTypedError("a list of " + ", ".join(f"`{v}`" for v in fact.values))
    return frozenset(raw)


def field_value(raw: Any, rates: Mapping[str, Decimal]) -> Value:
    """A field of the order itself (not of its `facts`) as a value; not stated is unknown."""
    if raw is UNSET:
        return Unknown(NOT_STATED)
    if isinstance(raw, Money):
        return money(raw, rates)
    if isinstance(raw, tuple):
        return frozenset(str(member) for member in raw)
    if isinstance(raw, int) and not isinstance(raw, bool):
        return Decimal(raw)
    value: Value = raw
    return value


def numbers(transaction: Transaction) -> Iterator[tuple[tuple[str | int, ...], Any, int | None]]:
    """Every number of the order's own fields: where it stands, the number, and the most that it may be."""
    yield from ((("rates", code), rate, None) for code, rate in transaction.rates.items())
    for n, party in enumerate(transaction.parties):
        for m, owner in enumerate(() if party.owners is UNSET else party.owners):
            for field in ("share", "at_least", "at_most"):
                yield ("parties", n, "owners", m, field), getattr(owner, field), 100
    for n, item in enumerate(transaction.items):
        yield from _measures(("items", n), item)
        for m, component in enumerate(() if item.components is UNSET else item.components):
            yield from _measures(("items", n, "components", m), component)
    for n, granted in enumerate(transaction.licenses):
        yield from _measures(("licenses", n), granted)


def _measures(pointer: tuple[str | int, ...], thing: Any) -> Iterator[tuple[tuple[str | int, ...], Any, None]]:
    for field in ("quantity", "value", "shipped_quantity", "shipped_value"):
        value = getattr(thing, field, UNSET)
        if isinstance(value, Money):
            yield (*pointer, field, "amount"), value.amount, None
        else:
            yield (*pointer, field), value, None
