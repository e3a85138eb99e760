"""Orders from files: each one's text, or why there is none; nothing too large is ever read whole."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from licet.cli.common import finding
from licet.findings import Finding
from licet.text import quoted
from licet.transaction.read import MOST_BYTES

STDIN = "<stdin>"


@dataclass(frozen=True, slots=True)
class OrderText:
    """One order as it was given. `number` is its line where the file has one order a line."""

    path: str
    raw: bytes = b""
    number: int | None = None
    findings: tuple[Finding, ...] = field(default=())

    @property
    def shown(self) -> str:
        """The order's place, as messages show it."""
        return self.path if self.number is None else f"{self.path}:{self.number}"

    @property
    def name(self) -> str:
        """The name by which the reader tells JSON from YAML."""
        return self.path if self.number is None else f"{self.path}.json"

    def placed(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """Findings about the order's text as findings about the file."""
        down = 0 if self.number is None else self.number - 1
        return tuple(replace(f, path=self.path, line=f.line + down) for f in findings)

    def source(self, path: str) -> str | None:
        """The text for excerpts."""
        if path != self.path or not self.raw:
            return None
        return "\n" * (0 if self.number is None else self.number - 1) + self.raw.decode("utf-8", "replace")


def orders_in(files: Sequence[str]) -> Iterator[OrderText]:
    """Every order of the files, in order; `-` is the standard input, and `.jsonl` has one order a line."""
    stdin_read = False
    for name in files:
        if name == "-" and stdin_read:
            yield _bad(STDIN, "stdin-twice", "the standard input can be read once", "give `-` once")
        elif name == "-":
            stdin_read = True
            yield _whole(STDIN, sys.stdin.buffer)
        else:
            yield from _of_file(name)


def many(files: Sequence[str]) -> bool:
    """Whether the answer is a list: several files, or one that may have several orders."""
    return len(files) != 1 or _has_lines(files[0])


def _has_lines(name: str) -> bool:
    return name.lower().endswith((".jsonl", ".ndjson"))


def _of_file(name: str) -> Iterator[OrderText]:
    try:
        refused = refusal(Path(name), MOST_BYTES if not _has_lines(name) else None)
        if refused is not None:
            yield OrderText(name, findings=(refused,))
            return
        with Path(name).open("rb") as file:
            if _has_lines(name):
                yield from _lines(name, file)
            else:
                yield _whole(name, file)
    except (OSError, ValueError) as error:
        yield _bad(name, "unreadable", f"{quoted(name)} cannot be read: {_why(error)}")


def refusal(path: Path, most: int | None) -> Finding | None:
    """Why a file is not even opened, or None."""
    name = str(path)
    try:
        about = path.stat()
    except FileNotFoundError:
        return finding(name, "no-such-file", f"there is no file {quoted(name)}")
    except (OSError, ValueError) as error:
        return finding(name, "unreadable", f"{quoted(name)} cannot be read: {_why(error)}")
    if stat.S_ISDIR(about.st_mode):
        hint = f"name the files in it: {quoted(name + '/*.json')}"
        return finding(name, "is-a-folder", f"{quoted(name)} is a folder", hint)
    if most is not None and about.st_size > most:
        return finding(name, "too-large", f"{about.st_size} bytes: expected {most} at most")
    return None


def _why(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


def _whole(name: str, file: BinaryIO) -> OrderText:
    raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        return _bad(name, "too-large", f"more than {MOST_BYTES} bytes: an order has that many at most")
    return OrderText(name, raw)


def _lines(name: str, file: BinaryIO) -> Iterator[OrderText]:
    """The orders of a file with one a line; empty lines are read over."""
    found = False
    for number, raw in enumerate(iter(lambda: file.readline(MOST_BYTES + 1), b""), 1):
        if len(raw) > MOST_BYTES:
            message = f"more than {MOST_BYTES} bytes: an order has that many at most; the rest of the file is not read"
            yield OrderText(name, number=number, findings=(replace(finding(name, "too-large", message), line=number),))
            return
        if raw.strip():
            found = True
            yield OrderText(name, raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw, number)
    if not found:
        yield _bad(name, "no-orders", f"{quoted(name)} has no order in it", "write one order a line")


def _bad(name: str, code: str, message: str, hint: str | None = None) -> OrderText:
    return OrderText(name, findings=(finding(name, code, message, hint),))
