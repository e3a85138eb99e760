"""A decision as a Markdown document; nothing in it is read as markup."""

from __future__ import annotations

import re

from licet.cli import words
from licet.cli.law import Laws
from licet.cli.memo import memo
from licet.cli.points import Section
from licet.cli.render_text import short_points
from licet.decision.model import Decision

# `_` inside a word is no emphasis, and ids are full of them
_MARKUP = re.compile(r"[\\`*<>\[\]|~&#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
# an id in brackets, once escaped: shown as code, in which nothing is markup
_ID = re.compile(r"\\\[(\w+(?:/\w+)+)\\\]")
_LEADING = re.compile(r"^(\d+)([.)])|^([-+=])")


def document(decision: Decision, laws: Laws, *, full: bool) -> str:
    """The memo on a decision, or its few lines, as a document."""
    out = [f"# {decision.release.upper()}: {escaped(words.headline(decision, ', '))}", ""]
    if full:
        first, *rest = memo(decision, laws)
        out += _bullets(first)
        for section in rest:
            out += ["", f"{'#' * (section.depth + 1)} {escaped(section.title)}", "", *_bullets(section)]
    else:
        out += [f"{'  ' * depth}- {escaped(text)}" for depth, text in short_points(decision, laws)]
        cites = words.citations(decision.lines)
        out += [f"- {escaped('; '.join(cites))}"] if cites else []
    return "".join(f"{line}\n" for line in out)


def _bullets(section: Section) -> list[str]:
    return [f"{'  ' * point.depth}- {escaped(point.text)}" for point in section.points]


def escaped(text: str) -> str:
    r"""The text with every character that Markdown would act on made literal.

    >>> escaped("Acme [x](y) <b> entity_list")
    'Acme \\[x\\](y) \\<b\\> entity_list'
    >>> escaped("a requirement [part_1/chart]")
    'a requirement `part_1/chart`'
    """
    literal = _ID.sub(r"`\1`", _MARKUP.sub(lambda found: "\\" + found[0], text))
    return _LEADING.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", literal)
