"""The shape of a document against its JSON Schema, as findings in the words of policy."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from licet.findings import Finding, sort_findings
from licet.policy.scalars import is_like_date, no_such_day, read_date
from licet.policy.source import Document, Pointer
from licet.resources import schemas_dir
from licet.suggest import choices, did_you_mean
from licet.text import clean, quoted

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

KINDS: Final = (
    "pack",
    "vocabulary",
    "rule",
    "cases",
    "table",
    "list",
    "listings",
    "general_license",
    "coverage",
    "transaction",
    "sources",
    "phrases",
    "country_names",
    "brands",
)

# What a schema calls a type, and what a policy author calls it.
_TYPES: Final = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "`true` or `false`",
    "null": "`null`",
    "object": "a mapping",
    "array": "a list",
}
_OPERATORS: Final = "a value or an operator"  # the title by which the schema calls a test's right side
_EQUALITY: Final = frozenset({"is", "is_not", "equals", "eq", "not_equals", "not", "=", "==", "!="})
_MOST: Final = 200  # findings of one document; reading the first few is what helps

_Place: TypeAlias = tuple[str, str, str | None, tuple[int, int]]  # code, message, help, position


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mismatch:
    """One place where the data and a keyword of the schema disagree."""

    keyword: str
    wanted: Any  # what stands at the keyword in the schema
    value: Any
    schema: dict[str, Any]
    pointer: Pointer
    message: str
    is_key: bool


def validate(document: Document, kind: str) -> list[Finding]:
    """What is wrong with the shape of the document, by position; nothing where the shape is right.

    In JSON, and in an order, a date stands in quotes; elsewhere text in quotes is never a date.

    >>> from licet.policy.source import load_document
    >>> document, _ = load_document(b"titel: x", "pack.yaml")
    >>> sorted({finding.code for finding in validate(document, "pack")})
    ['missing-field', 'unknown-field']
    """
    findings: dict[Finding, None] = {}
    for mismatch in _mismatches(document, kind, lenient=document.json or kind == "transaction"):
        explain = _bad_key if mismatch.is_key else _EXPLAIN.get(mismatch.keyword, _other)
        for code, message, wanted, (line, column) in explain(mismatch, document):
            found = Finding(code=code, message=message, path=document.path, line=line, column=column, help=wanted)
            findings[found] = None
        if len(findings) >= _MOST:
            break
    return sort_findings(findings)


def _mismatches(document: Document, kind: str, *, lenient: bool) -> Iterator[_Mismatch]:
    """What is worth saying: of a value that has been refused before, or has the wrong type, nothing more."""
    mistyped: set[Pointer] = set()
    for error in _validator(kind, lenient=lenient).iter_errors(document.data):
        mismatch = _Mismatch(
            keyword=str(error.validator),
            wanted=error.validator_value,
            value=error.instance,
            schema=dict(error.schema) if isinstance(error.schema, Mapping) else {},
            pointer=tuple(error.absolute_path),
            message=error.message,
            is_key="propertyNames" in error.absolute_schema_path,
        )
        if mismatch.keyword == "type":
            mistyped.add(mismatch.pointer)
        elif mismatch.pointer in mistyped:
            continue
        if not document.flawed(mismatch.pointer):
            yield mismatch


@lru_cache(maxsize=len(KINDS) * 2)
def _validator(kind: str, *, lenient: bool) -> Validator:
    # Imported here because only checking needs it: an evaluator that reads a compiled pack starts faster without.
    from jsonschema import Draft202012Validator, validators
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    if kind not in KINDS:
        message = f"no schema for {kind!r}, only for {', '.join(KINDS)}"
        raise ValueError(message)
    contents = {
        path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(schemas_dir().glob("*.schema.json"))
    }
    for body in contents.values():
        # A part that names its dialect would be judged by that dialect's own validator, not by the one extended below.
        body.pop("$schema")
    resources = ((name, DRAFT202012.create_resource(body)) for name, body in contents.items())
    registry: Registry[Any] = Registry().with_resources(resources)
    extended = validators.extend(  # type: ignore[no-untyped-call] # not typed by its stubs
        Draft202012Validator, {"type": _type_keyword(lenient=lenient)}
    )
    checker: Validator = extended(contents[f"{kind}.schema.json"], registry=registry)
    return checker


def _type_keyword(*, lenient: bool) -> Callable[..., Iterator[ValidationError]]:
    from jsonschema import ValidationError

    def check(
        _validator: Validator, types: str | list[str], instance: object, schema: dict[str, Any]
    ) -> Iterator[ValidationError]:
        names = [types] if isinstance(types, str) else types
        # Text and numbers alike: any single value, so a date too.
        dated = schema.get("format") == "date"
        if isinstance(instance, date) and {"string", "number"} <= set(names):
            return
        if not any(_is_a(name, instance, dated=dated, lenient=lenient) for name in names):
            yield ValidationError("wrong type")

    return check


def _is_a(name: str, value: object, *, dated: bool, lenient: bool) -> bool:
    """Whether a value of the loader is what a schema calls by the name; dates are text of the format date there."""
    if name == "string" and dated:
        return isinstance(value, date) or (lenient and isinstance(value, str) and read_date(value) is not None)
    if name in {"number", "integer"}:
        return isinstance(value, int if name == "integer" else int | Decimal) and not isinstance(value, bool)
    known: dict[str, type] = {"string": str, "boolean": bool, "null": type(None), "object": dict, "array": list}
    return isinstance(value, known[name])


def _bad_key(found: _Mismatch, document: Document) -> Iterator[_Place]:
    message = f"expected {_phrase(found.schema, 'another key')} as a key, got {_got(found.value)}"
    yield "pattern", message, None, document.key_mark((*found.pointer, found.value))


def _unknown_fields(found: _Mismatch, document: Document) -> Iterator[_Place]:
    if found.schema.get("title") == _OPERATORS:
        yield from _unknown_operators(found, document)
        return
    known = list(found.schema.get("properties", {}))
    open_fields = [name for name in known if name not in found.value]
    for name in found.value:
        if name not in known:
            near = did_you_mean(name, open_fields)
            wanted = f"the fields here are {choices(known)}"
            wanted = wanted if near is None else f"did you mean {quoted(near)}? {wanted}"
            yield "unknown-field", f"unknown field {quoted(name)}", wanted, document.key_mark((*found.pointer, name))


def _unknown_operators(found: _Mismatch, document: Document) -> Iterator[_Place]:
    known = [name for name in found.schema["properties"] if name != "fact"]
    for name in found.value:
        if name in known or name in found.schema["properties"]:
            continue
        near = did_you_mean(name, known)
        wanted = f"the operators are {choices(known, 12)}"
        wanted = wanted if near is None else f"did you mean {quoted(near)}? {wanted}"
        if name in _EQUALITY:
            field = found.pointer[-1] if found.pointer else "fact"
            wanted = f"equality is the bare value, `{field}: …`, and its opposite that under `not`"
        yield "unknown-field", f"unknown field {quoted(name)}", wanted, document.key_mark((*found.pointer, name))


def _missing_fields(found: _Mismatch, document: Document) -> Iterator[_Place]:
    # jsonschema gives one error for each missing field, and names it only in its message.
    for name in found.wanted:
        if name not in found.value and found.message.startswith(f"{name!r} "):
            # A field that only some types need is described where it is asked for.
            fields = found.schema.get("properties")
            said = _said(found) if fields is None else fields.get(name, {}).get("description")
            inside = f" in {quoted(found.pointer[-1])}" if found.pointer and isinstance(found.pointer[-1], str) else ""
            yield "missing-field", f"missing field {quoted(name)}{inside}", said, document.mark(found.pointer)


def _wrong_type(found: _Mismatch, document: Document) -> Iterator[_Place]:
    wanted = [found.wanted] if isinstance(found.wanted, str) else list(found.wanted)
    # A title says what is expected better than the types do, unless it names what stands inside.
    phrase = _phrase(found.schema, " or ".join(_TYPES[name] for name in wanted))
    message = f"expected {phrase}{_for(found.pointer)}, got {_got(found.value)}"
    yield "wrong-type", message, _type_help(found, wanted), document.mark(found.pointer)


def _type_help(found: _Mismatch, wanted: list[str]) -> str | None:
    value, dated = found.value, found.schema.get("format") == "date"
    if not found.pointer and "properties" in found.schema:
        return f"begin with a field: {choices(list(found.schema['properties']))}"
    if dated and isinstance(value, str) and is_like_date(value):
        return f"{no_such_day(value).message}: check month and day"
    if dated and isinstance(value, str):
        return "write the date without quotes" if read_date(value) is not None else "a date is written `2019-05-16`"
    if "string" in wanted and not dated and isinstance(value, bool | int | Decimal | date) and "object" not in wanted:
        return f'put it in quotes: `"{_written(value)}"`'
    if "array" in wanted and isinstance(value, str | bool | int | Decimal | date):
        return f"write a list: `[{clean(_written(value), 40)}]`"
    if wanted[:1] == ["number"] and isinstance(value, str):
        return "write the number without quotes, and its unit in a field of its own"
    return str(found.schema["description"]) if "description" in found.schema else None


def _not_one_of(found: _Mismatch, document: Document) -> Iterator[_Place]:
    allowed = found.wanted if found.keyword == "enum" else [found.wanted]
    names = [_written(value) for value in allowed]
    near = did_you_mean(found.value, names) if isinstance(found.value, str) else None
    some = f"one of {choices(names)}" if len(names) > 1 else quoted(names[0])
    message = f"expected {some}{_for(found.pointer)}, got {_got(found.value)}"
    yield "not-one-of", message, None if near is None else f"did you mean {quoted(near)}?", document.mark(found.pointer)


def _too_few(found: _Mismatch, document: Document) -> Iterator[_Place]:
    if found.keyword == "minLength":
        yield (
            "too-few",
            f"expected {_phrase(found.schema, 'text')}{_for(found.pointer)}, got empty text",
            _said(found),
            document.mark(found.pointer),
        )
        return
    least, noun = found.wanted, "entry" if found.keyword == "minItems" else "field"
    nouns = noun if least == 1 else {"entry": "entries", "field": "fields"}[noun]
    message = f"expected at least {least} {nouns}{_for(found.pointer)}, got {len(found.value) or 'none'}"
    yield "too-few", message, _said(found), document.mark(found.pointer)


def _too_many(found: _Mismatch, document: Document) -> Iterator[_Place]:
    most, names = found.wanted, list(found.value)
    if isinstance(found.value, dict) and found.schema.get("title") == _OPERATORS:
        message = f"expected one operator{_for(found.pointer)}, got {choices(names)}"
        yield "too-many", message, "write a test for each under `all`", document.key_mark((*found.pointer, names[most]))
        return
    listed = choices(names) if isinstance(found.value, dict) else str(len(names))
    message = f"expected at most {most} field{'' if most == 1 else 's'}{_for(found.pointer)}, got {listed}"
    # Two tests in one mapping are the commonest slip: it is not said whether both must hold.
    is_condition = "all" in found.schema.get("properties", {})
    wanted = "say how they combine: `all: [{…}, {…}]` or `any: [{…}, {…}]`" if is_condition else _said(found)
    at = (
        document.key_mark((*found.pointer, names[most]))
        if isinstance(found.value, dict)
        else document.mark((*found.pointer, most))
    )
    yield "too-many", message, wanted, at


def _pattern(found: _Mismatch, document: Document) -> Iterator[_Place]:
    message = f"expected {_phrase(found.schema, 'other text')}{_for(found.pointer)}, got {_got(found.value)}"
    capitals = str(found.value).upper()
    # Codes that know no small letters: whoever writes them small means them.
    meant = "a-z" not in found.wanted and re.search(found.wanted, capitals) is not None
    wanted = f"did you mean {quoted(capitals)}?" if meant else _said(found)
    yield "pattern", message, wanted, document.mark(found.pointer)


def _out_of_range(found: _Mismatch, document: Document) -> Iterator[_Place]:
    words = {
        "minimum": "at least",
        "maximum": "at most",
        "exclusiveMinimum": "more than",
        "exclusiveMaximum": "less than",
    }
    limit = f"{words[found.keyword]} {found.wanted}"
    yield (
        "out-of-range",
        f"expected {limit}{_for(found.pointer)}, got {_got(found.value)}",
        _said(found),
        document.mark(found.pointer),
    )


def _other(found: _Mismatch, document: Document) -> Iterator[_Place]:
    yield (
        "schema",
        f"the value does not fit{_for(found.pointer)}, got {_got(found.value)}",
        _said(found),
        document.mark(found.pointer),
    )


_EXPLAIN: Final[dict[str, Callable[[_Mismatch, Document], Iterator[_Place]]]] = {
    "additionalProperties": _unknown_fields,
    "required": _missing_fields,
    "type": _wrong_type,
    "enum": _not_one_of,
    "const": _not_one_of,
    "minItems": _too_few,
    "minProperties": _too_few,
    "minLength": _too_few,
    "maxItems": _too_many,
    "maxProperties": _too_many,
    "pattern": _pattern,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "exclusiveMinimum": _out_of_range,
    "exclusiveMaximum": _out_of_range,
}


def _phrase(schema: dict[str, Any], otherwise: str) -> str:
    """What a schema says is expected; a whole file's title is its name, which is no help."""
    title = schema.get("title") if "$id" not in schema else None
    return otherwise if title is None else str(title)


def _said(found: _Mismatch) -> str | None:
    said = found.schema.get("description")
    return None if said is None else str(said)


def _for(pointer: Pointer) -> str:
    """Which field, as the message names it: the nearest one that has a name."""
    if not pointer:
        return ""
    if isinstance(pointer[-1], str):
        return f" for {quoted(pointer[-1])}"
    names = [name for name in pointer if isinstance(name, str)]
    return f" in {quoted(names[-1])}" if names else ""


def _got(value: object) -> str:
    """The value as a message shows it, with its type where it has one to show."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    name = (
        ""
        if value is None or isinstance(value, bool)
        else "text "
        if isinstance(value, str)
        else "date "
        if isinstance(value, date)
        else "number "
    )
    return f"{name}{quoted(_written(value))}"


def _written(value: object) -> str:
    """The value as it is written in YAML."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
