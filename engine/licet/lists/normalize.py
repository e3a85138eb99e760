"""The words of official lists to data: what a license requirement covers, and under which policy it is reviewed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from licet.lists.eccns import expand
from licet.lists.entry import UNREADABLE
from licet.text import quoted

_LONGEST: Final = 5_000  # characters of a requirement or a policy; the longest known has 1,500
_REMEMBERED: Final = 10_000  # pairs of texts; the official file has some two hundred
_POLICIES: Final = ("approval", "presumption_of_approval", "case_by_case", "presumption_of_denial", "policy_of_denial")
_SAME: Final = str.maketrans({"‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "’": "'", "‘": "'"})
_WORD: Final = r"\.?[^\W_](?:[\w.'/-]*[\w])?"
_CITES: Final = r"§\S+ (?:(?:(?:of the \S+ )?and )?§\S+ )*"
_ECCNS: Final = r"(?P<eccns>(?:(?:eccns?|and|or|to|\d[a-z]\d{3}\S*|\.?[a-z](?:\.[a-z0-9]+)*) )+)"
_PARTS: Final = re.compile(r"\[([^\]]*)\]|\{([^}]*)\}|<(eccns|cites|any)>")
_PLACES: Final = {"eccns": _ECCNS, "cites": _CITES, "any": r"(?:\S+ )*"}


class Terms(Struct, frozen=True, kw_only=True):
    """What was read in an entry's requirement and policy; `unreadable` where a text was not."""

    scope: Any
    review: Any
    footnotes: tuple[str, ...] = ()
    doubt: str = ""


class Slip(Struct, frozen=True, rename={"wrong": "from", "right": "to"}, forbid_unknown_fields=True):
    """A misspelling, and what was meant."""

    wrong: str
    right: str


class Requirement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Phrases of a license requirement, and which items they cover."""

    phrases: tuple[str, ...]
    scope: Any
    because: Any = None
    doubt: str = ""


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Phrases of a license review policy, and the policy they state."""

    phrases: tuple[str, ...]
    review: Any
    because: Any = None
    doubt: str = ""


class Both(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A requirement and a policy of which one completes the other."""

    requirement: str
    policy: str
    scope: Any
    review: Any
    because: Any = None
    doubt: str = ""


class Reference(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a paragraph says to which a policy refers; `none` where it adds nothing."""

    section: str
    review: str
    because: Any = None
    doubt: str = ""


class Implied(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The footnote that an entry must have which cites the section, whether it is marked or not."""

    section: str
    footnote: str


class PhrasesFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of phrases, in the words of schemas/phrases.schema.json."""

    title: str
    because: Any
    reviewed: Any
    section: str
    footnote: str
    slips: tuple[Slip, ...] = ()
    asides: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    policies: tuple[Policy, ...] = ()
    both: tuple[Both, ...] = ()
    references: tuple[Reference, ...] = ()
    implied: tuple[Implied, ...] = ()


class _Text(Struct, frozen=True):
    """A text folded: its words with the asides and without, the sections it cites, its footnotes."""

    words: str
    bare: str
    cited: tuple[str, ...]
    footnotes: tuple[str, ...]


class Phrases:
    """A file of phrases, ready to read with. It remembers what it has read: lists repeat themselves.

    Raises `ValueError` where the file has a pattern that is none, or a reference that is no policy.
    """

    def __init__(self, file: PhrasesFile) -> None:
        try:
            self._section = re.compile(rf"§*\s*({file.section})")
            self._footnote = re.compile(file.footnote)
        except re.error as problem:
            raise ValueError(f"no pattern: {problem}") from problem
        self._slips = [(_flat(slip.wrong), _flat(slip.right)) for slip in file.slips]
        self._asides = [re.compile(rf"(?<!\S){self._pattern(text)}") for text in file.asides]
        self._requirements = [(self._full(text), rule) for rule in file.requirements for text in rule.phrases]
        self._policies = [(self._full(text), rule) for rule in file.policies for text in rule.phrases]
        self._both = [(self._full(rule.requirement), self._full(rule.policy), rule) for rule in file.both]
        self._references = {_cite(rule.section): rule for rule in file.references}
        self._implied = {_cite(rule.section): rule for rule in file.implied}
        wrong = [rule.review for rule in file.references if rule.review not in {*_POLICIES, "none"}]
        if wrong:
            raise ValueError(f"no review policy: {quoted(wrong[0])}")
        self._known: dict[tuple[str, str], Terms] = {}

    def read(self, requirement: str, policy: str) -> Terms:
        """What the two texts say."""
        key = (requirement, policy)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[key] = self._read(requirement, policy)
        return known

    def _read(self, requirement: str, policy: str) -> Terms:
        if max(len(requirement), len(policy)) > _LONGEST:
            return Terms(scope=UNREADABLE, review=UNREADABLE)
        required, reviewed = self._fold(requirement), self._fold(policy)
        footnotes, unmarked = self._footnotes(required)
        for first, second, both in self._both:
            if first.fullmatch(required.bare) and second.fullmatch(reviewed.bare):
                return Terms(scope=both.scope, review=both.review, footnotes=footnotes, doubt=both.doubt)
        scope, left_out = self._scope(required)
        review, softened = self._review(reviewed)
        doubt = "; ".join(dict.fromkeys(text for text in (left_out, softened, unmarked) if text))
        return Terms(scope=scope, review=review, footnotes=footnotes, doubt=doubt)

    def _scope(self, text: _Text) -> tuple[Any, str]:
        for words in (text.bare, text.words):
            for pattern, rule in self._requirements:
                match = pattern.fullmatch(words)
                if match is not None:
                    return _filled(rule.scope, match), rule.doubt
        return UNREADABLE, ""

    def _review(self, text: _Text) -> tuple[Any, str]:
        for words in (text.bare, text.words):
            for pattern, rule in self._policies:
                match = pattern.fullmatch(words)
                if match is not None:
                    return _filled(rule.review, match), rule.doubt
        return (UNREADABLE, "") if text.bare else self._referred(text.cited)

    def _referred(self, cited: tuple[str, ...]) -> tuple[Any, str]:
        """The strictest of the policies that the paragraphs state; unreadable if one of them is not known."""
        found = [self._references.get(cite) for cite in cited]
        stated = [rule for rule in found if rule is not None and rule.review != "none"]
        if not stated or None in found:
            return UNREADABLE, ""
        review = max((rule.review for rule in stated), key=_POLICIES.index)
        return review, "; ".join(dict.fromkeys(rule.doubt for rule in stated if rule.doubt))

    def _footnotes(self, text: _Text) -> tuple[tuple[str, ...], str]:
        """The footnotes marked, and those that a cited section tells of; to leave these out would loosen."""
        rules = [self._implied[cite] for cite in text.cited if cite in self._implied]
        missing = [rule for rule in rules if rule.footnote not in text.footnotes]
        doubts = [f"footnote {rule.footnote} is not marked, but {rule.section} is cited" for rule in missing]
        return tuple(sorted({*text.footnotes, *(rule.footnote for rule in missing)})), "; ".join(doubts)

    def _fold(self, text: str) -> _Text:
        flat = _flat(text)
        for wrong, right in self._slips:
            flat = flat.replace(wrong, right)
        footnotes = tuple(dict.fromkeys(match[1] for match in self._footnote.finditer(flat)))
        flat = self._footnote.sub(lambda match: match[0][: match.start(1) - match.start()] + " ", flat)
        words = self._words(flat)
        bare = words
        for aside in self._asides:
            bare = aside.sub("", bare)
        cited = tuple(word for word in words.split() if word.startswith("§"))
        return _Text(words=words, bare=bare, cited=cited, footnotes=footnotes)

    def _words(self, flat: str) -> str:
        """The words of a folded text, each with a space after it; a section is one word, `§` before its number."""
        out: list[str] = []
        at = 0
        for match in self._section.finditer(flat):
            out.extend(re.findall(_WORD, flat[at : match.start()]))
            out.append(_cite(match[1]))
            at = match.end()
        out.extend(re.findall(_WORD, flat[at:]))
        return "".join(f"{word} " for word in out)

    def _full(self, phrase: str) -> re.Pattern[str]:
        return re.compile(self._pattern(phrase))

    def _pattern(self, phrase: str) -> str:
        """The phrase as a pattern over words: the folding of the texts, between the signs that phrases know."""
        out: list[str] = []
        at = 0
        for match in _PARTS.finditer(phrase):
            out.append(re.escape(self._words(_flat(phrase[at : match.start()]))))
            at = match.end()
            if match[3]:
                out.append(_PLACES[match[3]])
                continue
            texts = (match[1] if match[1] is not None else match[2]).split("|")
            either = "|".join(re.escape(self._words(_flat(text))) for text in texts)
            out.append(f"(?:{either})" + ("?" if match[1] is not None else ""))
        out.append(re.escape(self._words(_flat(phrase[at:]))))
        return "".join(out)


def _cite(section: str) -> str:
    """A section as one word."""
    return "§" + section.replace(" ", "")


def _flat(text: str) -> str:
    """The text in small letters, in one width, with one kind of dash and of space."""
    folded = unicodedata.normalize("NFKC", text).translate(_SAME).casefold()
    return " ".join(folded.split())


def _filled(rows: Any, match: re.Match[str]) -> Any:
    """The rows with the ECCNs of the text in place of `<eccns>`; unreadable where these are no list of ECCNs."""
    if "eccns" not in match.re.groupindex:
        return rows
    eccns = expand(match["eccns"].split())
    return UNREADABLE if not eccns else _replaced(rows, list(eccns))


def _replaced(value: Any, eccns: list[str]) -> Any:
    if value == "<eccns>":
        return eccns
    if isinstance(value, Mapping):
        return {key: _replaced(inner, eccns) for key, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, eccns) for inner in value]
    return value


def conditions(rows: Any) -> Iterator[Mapping[str, Any]]:
    """The conditions of scope or review rows."""
    if isinstance(rows, Iterable) and not isinstance(rows, str | bytes):
        yield from (row["when"] for row in rows if "when" in row)
