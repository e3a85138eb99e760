"""What `licet lists` needs to know before it begins: the sources, and where the store is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from licet.cli.common import finding

if TYPE_CHECKING:
    from licet.lists.catalog import Catalog
    from licet.lists.sources import Sources

FORMAT = "licet-lists-1"

ListsDir = Annotated[
    Path | None,
    typer.Option("--lists", metavar="DIR", help="The folder of the list store. [default: LICET_LISTS, or the user's]"),
]
CatalogDir = Annotated[
    Path | None,
    typer.Option("--catalog", metavar="DIR", help="The folder of sources.yaml and phrases. [default: licet's own]"),
]


def now() -> datetime:
    """The time by this machine's clock, which only fetching and keeping may ask for."""
    return datetime.now(UTC).replace(microsecond=0)


def who() -> str:
    """Who is at work, as the machine knows them."""
    import getpass

    from licet.text import clean

    try:
        return clean(getpass.getuser(), 100)
    except (OSError, KeyError, ImportError):
        return "unknown"


def catalog_dir(folder: Path | None) -> Path:
    """The folder of sources.yaml."""
    from licet.resources import policies_dir

    return policies_dir() / "lists" if folder is None else folder


def load_sources(folder: Path | None) -> Sources:
    """The sources that a folder states; without one, those that come with licet.

    Raises `PolicyError` with every finding.
    """
    from licet.findings import has_errors
    from licet.lists.sources import sources_of
    from licet.policy.load import PolicyError
    from licet.policy.schema import validate
    from licet.policy.source import load_document

    path = catalog_dir(folder) / "sources.yaml"
    try:
        document, findings = load_document(path.read_bytes(), str(path))
    except OSError as error:
        why = f"the sources cannot be read: {error.strerror}"
        raise PolicyError([finding(str(path), "cannot-read", why)]) from error
    if document is not None:
        findings = [*findings, *validate(document, "sources")]
    if document is None or has_errors(findings):
        raise PolicyError(findings)
    try:
        return sources_of(document.data)
    except ValueError as error:
        raise PolicyError([finding(str(path), "bad-sources", str(error))]) from error


def load_readers(folder: Path | None) -> Catalog:
    """What reading official lists takes. Raises `PolicyError`."""
    from licet.lists.catalog import CatalogError, load_catalog
    from licet.policy.load import PolicyError

    try:
        return load_catalog(catalog_dir(folder))
    except CatalogError as error:
        raise PolicyError([finding(str(catalog_dir(folder)), "bad-catalog", str(error))]) from error
