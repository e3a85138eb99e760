"""The options that several commands share."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from licet.text import quoted


class BackendName(StrEnum):
    """The backends by name."""

    AUTO = "auto"
    DURABLE = "durable"
    REFERENCE = "reference"


class DataFormat(StrEnum):
    """For people, or for programs."""

    TEXT = "text"
    JSON = "json"


ForPeople = Annotated[DataFormat, typer.Option("--format", help="For people, or for programs.")]


def day(text: str) -> date:
    """The date that an option gives."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"expected a date such as 2019-05-16, got {quoted(text)}"
        raise typer.BadParameter(message) from None


AsOf = Annotated[
    date | None,
    typer.Option("--as-of", parser=day, metavar="DATE", help="The date whose law applies; without it the order's own."),
]
KnownOn = Annotated[
    date | None,
    typer.Option(
        "--known-on", parser=day, metavar="DATE", help="Only law that was filed or published by this date counts."
    ),
]
Policies = Annotated[
    list[Path] | None,
    typer.Option("--policies", metavar="DIR", help="A pack or a folder of packs, once or more. [default: licet's own]"),
]
Lists = Annotated[
    str | None,
    typer.Option(
        "--lists",
        metavar="DIR",
        help="A folder with a list store, whose official lists count too; `none` for none. [default: the user's own]",
    ),
]
ListsVersion = Annotated[
    list[str] | None,
    typer.Option("--lists-version", metavar="N", help="A version of official lists to use, by number or digest."),
]
Regime = Annotated[
    str, typer.Option("--regime", metavar="NAME", help="Judge by one regime, and by those that it asks; all is every.")
]
Backend = Annotated[BackendName, typer.Option("--backend", help="What infers; all backends give the same answer.")]
NoAssumptions = Annotated[
    bool, typer.Option("--no-assumptions", help="Take nothing for a fact that nobody stated: it is unknown.")
]
Dirs = Annotated[
    list[Path] | None,
    typer.Argument(metavar="DIRS", help="Packs, or folders of packs. [default: licet's own]", show_default=False),
]
