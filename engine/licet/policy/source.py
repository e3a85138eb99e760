"""Policy text to data, with the position of every value: the strict YAML of docs/language.md, and JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from licet.findings import Finding
from licet.policy.json_text import json_steps
from licet.policy.scalars import Problem, Scalar, read_key, read_number, read_plain
from licet.policy.steps import Step, TextError
from licet.policy.yaml_text import yaml_steps
from licet.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Pointer: TypeAlias = tuple[str | int, ...]

_MOST_FINDINGS: Final = 200  # of one file; beyond this somebody feeds us something else than policy
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_CONTROL: Final = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff"
_HIDDEN: Final = (
    r"\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
)
# Policy is reviewed by eye, so what the eye cannot see is refused there; a name in an order may come with such marks.
_UNSEEN: Final = re.compile(f"[{_CONTROL}{_HIDDEN}]|\r(?!\n)")
_UNPRINTABLE: Final = re.compile(f"[{_CONTROL}]")
_UNPRINTABLE_YAML: Final = re.compile(f"[{_CONTROL}\u2028\u2029\ufeff\ufffe\uffff]")
_TAB: Final = re.compile(r"\t[^\r\n]*")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value stands, and where its key or its `-` does."""

    value: tuple[int, int]
    key: tuple[int, int]
    children: dict[str | int, Spot] = field(default_factory=dict)
    flawed: bool = False  # what is wrong with the value has been said already


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The data of a file, and where each piece of it stands. Positions are (line, column), counted from 1."""

    path: str
    data: Any
    text: str
    json: bool
    root: Spot

    def mark(self, pointer: Pointer) -> tuple[int, int]:
        """Where the value stands; of a value that is not there, where the nearest one around it stands."""
        return self._nearest(pointer).value

    def key_mark(self, pointer: Pointer) -> tuple[int, int]:
        """Where the key of the value stands; of an entry of a list, where the entry stands."""
        return self._nearest(pointer).key

    def flawed(self, pointer: Pointer) -> bool:
        """Whether a finding has already been given for the value, or for one around it."""
        spot: Spot | None = self.root
        for name in pointer:
            if spot is None or spot.flawed:
                break
            spot = spot.children.get(name)
        return spot is not None and spot.flawed

    def _nearest(self, pointer: Pointer) -> Spot:
        spot = self.root
        for name in pointer:
            child = spot.children.get(name)
            if child is None:
                return spot
            spot = child
        return spot


def load_document(
    raw: bytes,
    path: str,
    *,
    max_bytes: int = 2_000_000,
    max_depth: int = 50,
    max_nodes: int = 200_000,
    strict_scalars: bool = True,
) -> tuple[Document | None, list[Finding]]:
    """The document in the bytes, or None where there is none to speak of, and what is wrong with it.

    A document that comes with errors serves to find more of them; nothing may be decided from it.
    `strict_scalars=False` is for orders: 1e5 is then a number, and hidden characters are let through.

    >>> document, findings = load_document(b"from: 2019-05-16", "rule.yaml")
    >>> document.data, document.mark(("from",)), findings
    ({'from': datetime.date(2019, 5, 16)}, (1, 7), [])
    """
    sink = _Sink(path)
    try:
        text = _decoded(raw, max_bytes)
        sink.end = _position(text, len(text))
        is_json = _is_json(path, text)
        steps, read = _steps_of(text, sink, is_json=is_json, strict=strict_scalars)
        unseen = _UNSEEN if strict_scalars else _UNPRINTABLE
        builder = _Builder(sink, read, unseen, max_depth=max_depth, max_nodes=max_nodes)
        data, root = builder.build(steps)
    except TextError as error:
        # Where a tab or a control character has been reported, what the parser says next is only its echo.
        if not (error.problem.code.endswith("-syntax") and sink.has("tab", "control-character")):
            sink.add(error.problem, error.line, error.column)
        return None, sink.findings
    return Document(path=path, data=data, text=text, json=is_json, root=root), sink.findings


class _Sink:
    """The findings of one file."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.findings: list[Finding] = []
        self.end: tuple[int, int] | None = None

    def add(self, problem: Problem, line: int, column: int) -> None:
        if self.end is not None and line > self.end[0]:
            line, column = self.end  # libyaml puts the end of a text without a last line break on a line of its own
        found = Finding(
            code=problem.code, message=problem.message, path=self._path, line=line, column=column, help=problem.help
        )
        self.findings.append(found)

    def report(self, problem: Problem, line: int, column: int) -> None:
        if len(self.findings) >= _MOST_FINDINGS:
            raise TextError(
                Problem(
                    code="too-many-findings", message=f"more than {_MOST_FINDINGS} problems: the rest is not shown"
                ),
                line,
                column,
            )
        self.add(problem, line, column)

    def has(self, *codes: str) -> bool:
        return any(finding.code in codes for finding in self.findings)


def _decoded(raw: bytes, max_bytes: int) -> str:
    if len(raw) > max_bytes:
        raise TextError(
            Problem(code="too-large", message=f"the file has {len(raw)} bytes, expected at most {max_bytes}"), 1, 1
        )
    try:
        return raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8").removeprefix("\ufeff")
        problem = Problem(
            code="not-utf8",
            message="expected text in UTF-8, got other bytes",
            help="save the file with the encoding UTF-8",
        )
        raise TextError(problem, *_position(before, len(before))) from None


def _position(text: str, at: int) -> tuple[int, int]:
    line, start = 1, 0
    for match in _BREAK.finditer(text, 0, at):
        line, start = line + 1, match.end()
    return line, at - start + 1


def _is_json(path: str, text: str) -> bool:
    """By the file's name; without one that says it, by how the text begins."""
    name = path.lower()
    return name.endswith(".json") or (not name.endswith((".yaml", ".yml")) and text.lstrip()[:1] in ("{", "["))


def _steps_of(
    text: str, sink: _Sink, *, is_json: bool, strict: bool
) -> tuple[Iterator[Step], Callable[[str], Scalar | Problem]]:
    if is_json:
        return json_steps(text), _read_json
    readable = _without(text, sink, _UNSEEN if strict else _UNPRINTABLE_YAML)
    return yaml_steps(readable, sink.report), partial(read_plain, json_numbers=not strict)


def _read_json(text: str) -> Scalar | Problem:
    return read_plain(text) if text in {"true", "false", "null"} else read_number(text)


def _without(text: str, sink: _Sink, unseen: re.Pattern[str]) -> str:
    """The text with what YAML must not hold reported, and replaced one for one so that the rest can be read."""
    for match in unseen.finditer(text):
        sink.report(_control_character(match.group()), *_position(text, match.start()))
    for match in _TAB.finditer(text):
        sink.report(
            Problem(code="tab", message="a tab is refused", help="indent and separate with spaces"),
            *_position(text, match.start()),
        )
    return unseen.sub(" ", text).replace("\t", " ")


def _control_character(character: str) -> Problem:
    message = f"character U+{ord(character):04X} cannot be seen and is refused"
    return Problem(
        code="control-character", message=message, help="delete it; some editors insert it when text is pasted"
    )


@dataclass(slots=True)
class _Frame:
    """A mapping or a list that is still open."""

    container: dict[str, Any] | list[Any]
    spot: Spot
    key: str | None = None  # the key whose value comes next
    key_mark: tuple[int, int] = (1, 1)
    awaits_key: bool = True
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    is_key: bool = False  # a collection where a key belongs: read over
    dropped: bool = False  # the value of a key that was refused: read over


class _Builder:
    """Steps to data; what it refuses is reported and read over."""

    def __init__(
        self,
        sink: _Sink,
        read: Callable[[str], Scalar | Problem],
        unseen: re.Pattern[str],
        *,
        max_depth: int,
        max_nodes: int,
    ) -> None:
        self._sink = sink
        self._read = read
        self._unseen = unseen
        self._max_depth = max_depth
        self._max_nodes = max_nodes
        self._frames: list[_Frame] = []
        self._root: tuple[Any, Spot] | None = None

    def build(self, steps: Iterator[Step]) -> tuple[Any, Spot]:
        """The value that the steps describe, and where its pieces stand."""
        last = (1, 1)
        for number, step in enumerate(steps):
            last = (step.line, step.column)
            if number >= self._max_nodes:
                raise TextError(Problem(code="too-large", message=f"more than {self._max_nodes} values"), *last)
            self._take(step)
        if self._root is None:
            raise TextError(
                Problem(code="empty-file", message="the file is empty", help="delete it, or write its fields"), 1, 1
            )
        return self._root

    def _take(self, step: Step) -> None:
        frame = self._frames[-1] if self._frames else None
        if step.kind == "end":
            self._close()
        elif frame is not None and isinstance(frame.container, dict) and frame.awaits_key:
            self._key(frame, step)
        elif step.kind == "scalar":
            self._scalar(step)
        else:
            self._open(step, is_key=False)

    def _open(self, step: Step, *, is_key: bool) -> None:
        if len(self._frames) >= self._max_depth:
            raise TextError(
                Problem(code="too-deep", message=f"nested more than {self._max_depth} deep"), step.line, step.column
            )
        container: dict[str, Any] | list[Any] = {} if step.kind == "map" else []
        spot = Spot((step.line, step.column), self._key_mark(step))
        if not is_key:
            self._attach(container, spot)
        self._frames.append(_Frame(container=container, spot=spot, is_key=is_key))

    def _close(self) -> None:
        frame = self._frames.pop()
        if self._frames:
            self._frames[-1].awaits_key = not frame.is_key

    def _key(self, frame: _Frame, step: Step) -> None:
        frame.awaits_key, frame.dropped, frame.key_mark = False, True, (step.line, step.column)
        if step.kind != "scalar":
            message = f"expected text as a key, got a {'mapping' if step.kind == 'map' else 'list'}"
            self._sink.report(
                Problem(code="key-not-text", message=message, help="write text that begins with `{` or `[` in quotes"),
                *frame.key_mark,
            )
            self._open(step, is_key=True)
        elif not step.flawed:
            key = self._key_text(step)
            if isinstance(key, Problem):
                self._sink.report(key, *frame.key_mark)
            elif key in frame.keys:
                self._sink.report(_duplicate(key, frame.keys[key][0]), *frame.key_mark)
            else:
                frame.key, frame.dropped, frame.keys[key] = key, False, frame.key_mark

    def _key_text(self, step: Step) -> str | Problem:
        if not step.plain:
            hidden = self._unseen.search(step.text)
            return step.text if hidden is None else _control_character(hidden.group())
        if step.text == "<<":
            return Problem(
                code="merge-key", message="merge key `<<` is refused", help="write the fields out where they are needed"
            )
        return read_key(step.text)

    def _scalar(self, step: Step) -> None:
        if not self._frames and step.plain and step.text == "":
            return  # `---` and nothing after it
        value: Scalar | Problem = step.text if step.flawed or not step.plain else self._read(step.text)
        hidden = None if step.plain else self._unseen.search(step.text)
        if hidden is not None:
            value = _control_character(hidden.group())
        key_at = self._key_mark(step)
        # Where no value stands, the key is pointed at (libyaml and PyYAML would not agree on a place).
        at = (step.line, step.column) if step.text or not step.plain else key_at
        if isinstance(value, Problem):
            self._sink.report(value, *at)
            self._attach(step.text, Spot(at, key_at, flawed=True))
        else:
            self._attach(value, Spot(at, key_at, flawed=step.flawed))

    def _key_mark(self, step: Step) -> tuple[int, int]:
        in_mapping = self._frames and isinstance(self._frames[-1].container, dict)
        return self._frames[-1].key_mark if in_mapping else (step.line, step.column)

    def _attach(self, value: Any, spot: Spot) -> None:
        if not self._frames:
            self._root = (value, spot)
            return
        frame = self._frames[-1]
        if isinstance(frame.container, list):
            frame.spot.children[len(frame.container)] = spot
            frame.container.append(value)
            return
        frame.awaits_key = True
        if not frame.dropped and frame.key is not None:
            frame.container[frame.key] = value
            frame.spot.children[frame.key] = spot


def _duplicate(key: str, line: int) -> Problem:
    return Problem(
        code="duplicate-key", message=f"{quoted(key)} is given twice", help=f"the first is on line {line}; keep one"
    )
