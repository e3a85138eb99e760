"""Strict YAML: text to steps, without anchors, aliases, tags or a second document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from licet.policy.scalars import Problem
from licet.policy.steps import Step, TextError
from licet.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from licet.policy.steps import Report

# libyaml where PyYAML was built with it: some thirty times faster, and the same positions.
loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INDENT: Final = "expected another key or list item at this indentation"
# libyaml and PyYAML word the same problem differently, and neither for a policy author: their words, ours, and help.
_SYNTAX: Final = (
    (
        "mapping values are not allowed",
        "a `:` followed by a space cannot stand here",
        "put text that holds `: ` in quotes, or check the indentation",
    ),
    ("cannot start any token", "text cannot begin with this character", "put the text in quotes"),
    (
        "could not find expected ':'",
        "expected `:` after the key",
        "write `key: value`; text over several lines needs quotes or `|`",
    ),
    ("quoted scalar", "the quotes are not closed", "close the text with the quote it opened with"),
    ("escape", "unknown escape in quotes", "write `\\\\` for a backslash between `\"`, or use `'`"),
    ("expected ',' or ']'", "expected `,` or `]`", "a list that opens with `[` ends with `]`"),
    ("expected ',' or '}'", "expected `,` or `}`", "a mapping that opens with `{` ends with `}`"),
    ("did not find expected key", _INDENT, "align it with the key above"),
    ("did not find expected '-'", _INDENT, "align it with the `-` above"),
    ("expected <block end>", _INDENT, "align it with the key or the `-` above"),
    ("sequence entries are not allowed", "a list item cannot stand here", "begin it on a line of its own"),
)


def yaml_steps(text: str, report: Report) -> Iterator[Step]:
    """The steps of the one document in the text; what is refused but can be read over is reported."""
    at = (1, 1)
    documents = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            at = _position(event.start_mark, at)
            documents += isinstance(event, yaml.DocumentStartEvent)
            _check_document(event, documents, report, at)
            step = _step(event, report, at)
            if step is not None:
                yield step
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, at) from None
    except (yaml.YAMLError, ValueError, OverflowError):
        # An escape or a directive with a number that Python cannot take: PyYAML lets the bare exception through.
        raise TextError(
            Problem(code="yaml-syntax", message="the text after this cannot be read as YAML"), *at
        ) from None


def _position(mark: Any, otherwise: tuple[int, int]) -> tuple[int, int]:
    return otherwise if mark is None else (mark.line + 1, mark.column + 1)


def _check_document(event: yaml.Event, documents: int, report: Report, at: tuple[int, int]) -> None:
    if not isinstance(event, yaml.DocumentStartEvent):
        return
    if documents > 1:
        problem = Problem(
            code="multiple-documents",
            message="a second document begins here",
            help="keep one document in a file, without `---`",
        )
        raise TextError(problem, *at)
    if event.version or event.tags:
        report(
            Problem(code="tag", message="a `%` directive is refused", help="begin the file with its first field"), *at
        )


def _step(event: yaml.Event, report: Report, at: tuple[int, int]) -> Step | None:
    if isinstance(event, yaml.AliasEvent):
        report(_alias(f"alias `*{clean(str(event.anchor), 40)}` is refused"), *at)
        return Step("scalar", *at, flawed=True)
    if isinstance(event, yaml.CollectionEndEvent):
        return Step("end", *at)
    if not isinstance(event, yaml.NodeEvent):
        return None
    if event.anchor is not None:
        report(_alias(f"anchor `&{clean(str(event.anchor), 40)}` is refused"), *at)
    tag = getattr(event, "tag", None)
    if tag is not None:
        shown = clean(tag.replace("tag:yaml.org,2002:", "!!"), 40)
        problem = Problem(
            code="tag",
            message=f"tag `{shown}` is refused",
            help="leave it out: quotes make text, no quotes make dates and numbers",
        )
        report(problem, *at)
    if isinstance(event, yaml.ScalarEvent):
        return Step("scalar", *at, text=event.value, plain=event.style in {None, ""}, flawed=tag is not None)
    return Step("map" if isinstance(event, yaml.MappingStartEvent) else "list", *at)


def _alias(message: str) -> Problem:
    return Problem(code="alias", message=message, help="write the value out where it is needed")


def _syntax_error(error: yaml.MarkedYAMLError, at: tuple[int, int]) -> TextError:
    said = " ".join(part for part in (error.context, error.problem) if part)
    # Text that never ends is best shown where it begins.
    unclosed = "quoted scalar" in said and "escape" not in said
    mark = (error.context_mark if unclosed else None) or error.problem_mark or error.context_mark
    place = _position(mark, at)
    for words, message, wanted in _SYNTAX:
        if words in said:
            return TextError(Problem(code="yaml-syntax", message=message, help=wanted), *place)
    problem = Problem(code="yaml-syntax", message=f"not valid YAML: {clean(error.problem or said, 100)}")
    return TextError(problem, *place)
