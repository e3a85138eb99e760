"""What is known of official lists: their names in files, the phrases that read their words, the names of countries."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, TypeVar

import msgspec
import yaml
from msgspec import Struct

from licet.lists.normalize import Phrases, PhrasesFile
from licet.resources import policies_dir, yaml_data
from licet.text import quoted

_T = TypeVar("_T")
_PUNCTUATION: Final = {code: " " for code in range(128) if not chr(code).isalnum()}


class CatalogError(ValueError):
    """A file of the catalog that cannot be used."""


class Feeds(Struct, frozen=True, forbid_unknown_fields=True):
    """The list of a pack that an official list brings up to date."""

    pack: str
    list: str  # the folder of its list.yaml


class OfficialList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An official list."""

    title: str
    names: tuple[str, ...]  # what it is called in a file that holds several
    cite: str
    start_date: Literal["published", "effective"]  # what the source means by that column
    headings: tuple[str, ...] = ()  # what it stands under in the regulations as XML
    phrases: str | None = None  # the file that reads its requirements and policies
    feeds: Feeds | None = None


class Countries:
    """Countries by code and by the names that official lists use."""

    def __init__(self, names: Mapping[str, tuple[str, ...]]) -> None:
        self.codes = frozenset(names)
        self._by_name = {_key(name): code for code, known in names.items() for name in known}
        self._longest = max((len(key.split()) for key in self._by_name), default=0)

    def code(self, text: str) -> str | None:
        """The country's code, of a code or a name in full; None where it is neither."""
        bare = text.strip()
        return bare if bare in self.codes else self._by_name.get(_key(bare))

    def at_end(self, text: str) -> str | None:
        """The country whose name ends the text, postal codes aside."""
        words = _key(text).split()
        while words and words[-1].isdigit():
            words.pop()
        for count in range(min(self._longest, len(words)), 0, -1):
            found = self._by_name.get(" ".join(words[-count:]))
            if found is not None:
                return found
        return None


class Catalog(Struct, frozen=True, kw_only=True, dict=True):
    """The official lists by id, with all that reading them takes."""

    lists: Mapping[str, OfficialList]
    countries: Countries
    phrases: Mapping[str, Phrases]

    @cached_property
    def by_name(self) -> Mapping[str, str]:
        """The ids of the lists by the names they have in files, spelling aside."""
        return {_key(name): list_id for list_id, known in self.lists.items() for name in known.names}

    def list_named(self, name: str) -> str | None:
        """The id of the list of that name."""
        return self.by_name.get(_key(name))

    def list_under(self, heading: str) -> str | None:
        """The id of the list that stands under the heading."""
        folded = _key(heading)
        for list_id, known in self.lists.items():
            if any(folded == _key(text) or folded.startswith(_key(text) + " ") for text in known.headings):
                return list_id
        return None

    def phrases_of(self, id: str) -> Phrases | None:
        """The phrases that read the words of a list; None where it has no such words."""
        name = self.lists[id].phrases
        return None if name is None else self.phrases[name]


class _Lists(Struct, frozen=True):
    """The part of sources.yaml that is about lists."""

    lists: dict[str, OfficialList]


class _CountryNames(Struct, frozen=True, forbid_unknown_fields=True):
    countries: dict[str, tuple[str, ...]]


def load_catalog(folder: Path | None = None) -> Catalog:
    """The catalog of a folder, by default of the policies that come with licet.

    Raises `CatalogError` where a file is missing, is no YAML, or says something else than its schema allows.
    """
    base = policies_dir() / "lists" if folder is None else folder
    lists = _loaded(base / "sources.yaml", _Lists).lists
    names = sorted({known.phrases for known in lists.values() if known.phrases is not None})
    phrases = {}
    for name in names:
        path = base / "phrases" / f"{name}.yaml"
        try:
            phrases[name] = Phrases(_loaded(path, PhrasesFile))
        except ValueError as problem:
            raise CatalogError(f"{path.name}: {problem}") from problem
    countries = Countries(_loaded(base / "countries.yaml", _CountryNames).countries)
    return Catalog(lists=lists, countries=countries, phrases=phrases)


def _loaded(path: Path, type: type[_T]) -> _T:
    try:
        data = yaml_data(path.read_bytes())
        return msgspec.convert(data, type)
    except OSError as problem:
        raise CatalogError(f"cannot read {quoted(path.name)}: {problem.strerror}") from problem
    except (yaml.YAMLError, msgspec.ValidationError) as problem:
        raise CatalogError(f"{path.name}: {problem}") from problem


def _key(text: str) -> str:
    """The name without what spelling may vary: letter case, accents, punctuation."""
    text = text.replace(".", "")
    if text.isascii():
        return " ".join(text.lower().translate(_PUNCTUATION).split())
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c)).split())
