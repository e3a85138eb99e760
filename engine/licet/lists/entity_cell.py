"""What one cell says of a listed party: its name, its other names, its addresses."""

from __future__ import annotations

import re
from typing import Final

# `a.k.a., the following two aliases:`; what was, or is, known under another name counts as an alias as well.
_ALSO: Final = re.compile(
    r"[,;]? *\(?\b(?:[afn]\.k\.a\b\.?|d\.b\.a\b\.?|(?:also|formerly|now) known as|doing business as)[,:]?"
    r"(?: *(?:the )?following(?: [\w-]+){0,3} alias(?:es)?)?\s*:?\s*",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"\b(?:alt(?:ernate)?\.? )?address(?:es)?: *", re.IGNORECASE)
# A dash begins an alias at the beginning of a line or behind `;`; elsewhere it belongs to a name.
_ITEM: Final = re.compile(r"(?:^|[;,]?(?: and| or)? ?\n|[;,](?: and| or)? )[—–―]+ *|[;,]?(?: and| or)? ?\n- *")
_STOP: Final = re.compile(r"\.(?= +(?:[A-Z0-9#'\"“]|(?:ul|d|g|pl|bld|per|pr)\b))")
_WINDOW: Final = 40  # characters around a stop that tell what it ends
_LAST_WORD: Final = re.compile(r"[\w.]*$")
# Forms of companies, which belong to the name although a comma or a stop comes before them.
_FORMS: Final = frozenset(
    "ltd limited inc incorporated llc co company corp corporation gmbh jsc ojsc cjsc pjsc oao ooo zao pao ao fgup sa "
    "sas sarl srl spa ag kg plc bv nv lp llp lda pte pvt pty sdn bhd fze fzc fzco fz-llc est as sti sirketi oy ab kft "
    "sro doo eood ead too".split()
)
# What is part of another party, and so stands behind its name and a comma.
_UNITS: Final = re.compile(
    r"\b(?:institute|academy|department|faculty|school|branch|bureau|cent(?:er|re)|laboratory|university|division|plant)\b",
    re.IGNORECASE,
)
# Words with a stop that ends no sentence; a single letter is another.
_SHORT: Final = frozenset("st no mr mrs dr prof gen col maj sgt jr sr mt ft bldg rm im p.o".split())


def read_entity(text: str) -> tuple[str, tuple[str, ...], str]:
    """The name, the aliases and the addresses of a cell, whose lines are separated by line breaks.

    >>> read_entity("Acme Co., Ltd., a.k.a., the following two aliases: —ATC; and —Acme. 1 Main Road, Springfield.")
    ('Acme Co., Ltd.', ('ATC', 'Acme'), '1 Main Road, Springfield.')
    """
    lines = [" ".join(line.split()) for line in text.split("\n")]
    flat = "\n".join(line for line in lines if line)
    groups = list(_ALSO.finditer(flat))
    if not groups:
        name, addresses = _name_first(flat)
        return name, (), addresses
    name, before = _name_before(flat[: groups[0].start()])
    ends = [*(group.start() for group in groups[1:]), len(flat)]
    aliases: list[str] = []
    after: list[str] = []
    for group, end in zip(groups, ends, strict=True):
        text = flat[group.end() : end]
        found, rest = _bracketed(text) if "(" in group[0] else _aliases(text)
        aliases.extend(found)
        after.append(rest)
    addresses = "; ".join(text for text in (before, *after) if text)
    return name, tuple(dict.fromkeys(alias for alias in aliases if alias and alias != name)), addresses


def _name_before(text: str) -> tuple[str, str]:
    """The name before the aliases. What stands behind a comma is part of it, unless it looks like an address."""
    name, rest = _name_first(text)
    if not any(c.isdigit() for c in rest) or _form(rest.split()[0]):
        return _tidy(text), ""
    return name, rest


def _bracketed(text: str) -> tuple[list[str], str]:
    """The alias that a bracket holds, and the text after it: `(a.k.a., JSC Acme), 3 Main Road`."""
    depth = 1
    for at, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return [_tidy(alias) for alias in text[:at].split(";")], _joined(text[at + 1 :])
    return _aliases(text)


def _aliases(text: str) -> tuple[list[str], str]:
    """The aliases, and the text after them."""
    if not text.lstrip("\n").startswith(("—", "–", "―", "-")):
        alias, rest = _cut(text)
        return [alias], rest
    items = [item for item in _ITEM.split("\n" + text.lstrip("\n")) if item]
    last, rest = _cut(items[-1])
    return [alias for alias in (_tidy(item) for item in [*items[:-1], last]) if alias], rest


def _cut(text: str) -> tuple[str, str]:
    """An alias, and what comes behind it: the next line, else what follows its stop."""
    label = _ADDRESS.search(text)
    if label is not None:
        return _tidy(text[: label.start()]), _joined(text[label.end() :])
    first, line_break, rest = text.partition("\n")
    if line_break:
        return _tidy(first), _joined(rest)
    for stop in _STOP.finditer(text):
        word = _LAST_WORD.search(text[max(0, stop.start() - _WINDOW) : stop.start()])
        following = text[stop.end() : stop.end() + _WINDOW].split(maxsplit=1)[0]
        if _form(following) or (word is not None and (len(word[0]) == 1 or word[0].lower() in _SHORT)):
            continue
        return _tidy(text[: stop.end()]), _joined(text[stop.end() :])
    return _tidy(text), ""


def _name_first(text: str) -> tuple[str, str]:
    """The name and the rest: up to a label, else to the first comma behind which the name does not go on."""
    label = _ADDRESS.search(text)
    if label is not None:
        return _tidy(text[: label.start()]), _joined(text[label.end() :])
    line, _, more = text.partition("\n")
    parts = line.split(", ")
    count = 1
    while count < len(parts) and _belongs(parts[count]):
        count += 1
    rest = ", ".join(parts[count:])
    return _tidy(", ".join(parts[:count])), _joined("\n".join(part for part in (rest, more) if part))


def _belongs(text: str) -> bool:
    """Whether words behind a comma still belong to the name: the form of a company, or a part of an institution."""
    return _form(text) or (_UNITS.search(text) is not None and not any(c.isdigit() for c in text))


def _form(text: str) -> bool:
    """Whether the words are nothing but forms of companies."""
    words = text.replace(".", "").replace("/", "").rstrip(",;").lower().split()
    return bool(words) and all(word in _FORMS for word in words)


def _tidy(text: str) -> str:
    """The name without the punctuation around it; `Ltd.` keeps its stop."""
    bare = " ".join(text.split()).strip(" ,;:")
    if bare.endswith(")") and bare.count(")") > bare.count("("):
        bare = bare[:-1].rstrip(" ,;")
    if bare.endswith("; and"):
        bare = bare[:-5].rstrip(" ;,")
    if bare.endswith("."):
        word = bare[:-1].rsplit(" ", 1)[-1].rsplit(",", 1)[-1]
        bare = bare if (_form(word) and len(word) <= _ABBREVIATED) or "." in word else bare[:-1]
    return bare


_ABBREVIATED: Final = 4  # `Ltd.`, `Corp.` are written with a stop, `Limited` is not


def _joined(text: str) -> str:
    """The lines as one text, its addresses separated by `;`."""
    return " ".join(_ADDRESS.sub("; ", text).split()).strip(" ,;")
