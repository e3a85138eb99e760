"""`licet evaluate` as scripts write it, read without the command-line library: that takes longer than the evaluation.

What is not understood at once (help, abbreviations, a mistake) is left to the library, which then says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    return read


_VALUES: Final[Mapping[str, Callable[[str], Any]]] = {
    "--as-of": date.fromisoformat,
    "--known-on": date.fromisoformat,
    "--format": _one_of("text", "json", "markdown"),
    "--explain": _one_of("short", "full"),
    "--backend": _one_of("auto", "durable", "reference"),
    "--policies": Path,
    "--regime": str,
    "--lists": str,
    "--lists-version": str,
}
_FLAGS: Final = ("--verify", "--no-assumptions")


def evaluate(arguments: Sequence[str]) -> int | None:
    """The exit code of `licet evaluate` with these arguments, or None where they are left to the library."""
    read = parse(arguments)
    if read is None:
        return None
    from licet.cli.common import wanted
    from licet.cli.judging import How, judge_files

    files, options, policies = read
    version = options.get("--lists-version")
    how = How(
        as_of=options.get("--as-of"),
        known_on=options.get("--known-on"),
        assumptions="--no-assumptions" not in options,
        verify="--verify" in options,
        backend=options.get("--backend", "auto"),
        format=options.get("--format", "text"),
        full=options.get("--explain") == "full",
        regime=options.get("--regime", "all"),
        lists=wanted(options.get("--lists"), [version] if version else None),
    )
    return judge_files(files, how, policies or None)


def parse(arguments: Sequence[str]) -> tuple[list[str], dict[str, Any], list[Path]] | None:
    """Files, options and packs; None where something is not understood."""
    files: list[str] = []
    policies: list[Path] = []
    options: dict[str, Any] = {}
    rest = iter(arguments)
    for word in rest:
        if word in _FLAGS:
            options[word] = True
        elif word in _VALUES:
            try:
                value = _VALUES[word](next(rest))
            except (ValueError, StopIteration):
                return None
            if word == "--lists-version" and word in options:
                return None  # several: the library reads them
            options[word] = value
            policies += [value] if word == "--policies" else []
        elif word.startswith("-") and word != "-":
            return None
        else:
            files.append(word)
    return (files, options, policies) if files else None
