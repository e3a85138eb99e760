"""`licet screen`: parties screened by name, and what people find about hits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from licet.cli.commands import add
from licet.cli.lists_config import ListsDir, now
from licet.cli.lists_work import NothingError, refused, with_store
from licet.cli.options import DataFormat, ForPeople, ListsVersion, Policies, day

if TYPE_CHECKING:
    from licet.lists.adjudications import FindingOf
    from licet.lists.store import Store

Output = Annotated[
    DataFormat,
    typer.Option("--format", help="For people, or for programs: one JSON object a line for several parties."),
]
Country = Annotated[
    str | None, typer.Option("--country", metavar="COUNTRY", help="The party's country, by code or name.")
]
Address = Annotated[str | None, typer.Option("--address", metavar="TEXT", help="The party's address.")]
Day = Annotated[
    date | None,
    typer.Option("--as-of", parser=day, metavar="DATE", help="The day on which it is asked. [default: today]"),
]


def screen(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAMES", help="Names of parties, each in quotes.", show_default=False)
    ] = None,
    *,
    country: Country = None,
    address: Address = None,
    file: Annotated[
        str | None,
        typer.Option("--file", metavar="FILE", help="Parties in JSON Lines, or in CSV with a header; - is stdin."),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--list", metavar="LIST", help="Only this list, once or more. [default: all]")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="N", help="Only what is other than in this version, by number or digest."),
    ] = None,
    as_of: Day = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show every party and every hit, dismissed ones too.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show how each score came about.")] = False,
    output: Output = DataFormat.TEXT,
    lists: ListsDir = None,
    lists_version: ListsVersion = None,
    policies: Policies = None,
) -> int:
    """Screen parties by name against all official lists, and against what the packs have listed.

    Names are met however they are spelt, by their published aliases too, and by street address. The exit code is the
    worst over all parties: 1 licet failed, 3 bad input, 2 a confirmed hit, 4 a possible hit, a name that could not be
    looked up in full or a list that is too old, 0 nothing met. What people find about a hit is kept by `licet screen
    dismiss` and `licet screen confirm`, and shown by `licet screen rulings`.

    Examples: licet screen "Huawei Technologies" --country CN
    """
    if bool(names) == (file is not None):
        raise typer.BadParameter("expected names of parties, or a file of them by `--file`")
    if file is not None and (country or address):
        raise typer.BadParameter("a file says for each party what its country and address are")
    from licet.cli.screen_work import How, Loader, asked_by_file, asked_by_names, screen_all

    how = How(
        as_of=as_of or now().date(),
        output=output,
        only=frozenset(only) if only else None,
        versions=tuple(lists_version or ()),
        since=since,
        everything=everything,
        explain=explain,
        policies=tuple(policies or ()),
    )

    def work(store: Store) -> int:
        asked = asked_by_names(names or (), country, address) if file is None else asked_by_file(file)
        return screen_all(Loader(store, how), asked, alone=len(names or ()) == 1)

    return _at(lists, output, work)


Party = Annotated[str, typer.Argument(metavar="NAME", help="The party's name, as orders and files have it.")]
OneListing = Annotated[str, typer.Argument(metavar="LIST/LISTING", help="The listing, as `licet screen` shows it.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is kept.")]
Author = Annotated[
    str | None, typer.Option("--author", metavar="NAME", help="Who found it. [default: who is logged in]")
]
Expires = Annotated[
    date | None,
    typer.Option(
        "--expires",
        parser=day,
        metavar="DATE",
        help="The last day on which it holds. [default: until the listing changes]",
    ),
]


def dismiss(
    party: Party,
    listing: OneListing,
    *,
    reason: Reason,
    country: Country = None,
    address: Address = None,
    author: Author = None,
    expires: Expires = None,
    output: ForPeople = DataFormat.TEXT,
    lists: ListsDir = None,
) -> int:
    """Keep that a party is not what is listed.

    It holds for a party of that name and country and for the listing as it now is: once the list says something else
    of it, or after the day on which it expires, the hit is open again. Evaluations heed it too. Nothing is ever taken
    away: a later finding about the same party and listing supersedes this one.

    Examples: licet screen dismiss "Acme Works" bis_entity_list/1234 --country US --reason "another address"
    """
    return _rule("dismissed", (party, listing, country, address), (reason, author, expires), output, lists)


def confirm(
    party: Party,
    listing: OneListing,
    *,
    reason: Reason,
    country: Country = None,
    address: Address = None,
    author: Author = None,
    expires: Expires = None,
    output: ForPeople = DataFormat.TEXT,
    lists: ListsDir = None,
) -> int:
    """Keep that a party is what is listed, as `licet screen dismiss` keeps that it is not.

    Examples: licet screen confirm "Acme Wrks" bis_entity_list/1234 --country CN --reason "same registration number"
    """
    return _rule("confirmed", (party, listing, country, address), (reason, author, expires), output, lists)


def rulings(
    *,
    as_of: Day = None,
    everything: Annotated[bool, typer.Option("--all", help="Also those that no longer hold, and why not.")] = False,
    output: ForPeople = DataFormat.TEXT,
    lists: ListsDir = None,
) -> int:
    """Show what people found about hits.

    Examples: licet screen rulings
    """
    from licet.cli.screen_rulings import rulings as shown

    return _at(lists, output, lambda store: shown(store, as_of or now().date(), output, everything=everything))


def _rule(
    finding: FindingOf,
    about: tuple[str, str, str | None, str | None],
    words: tuple[str, str | None, date | None],
    output: DataFormat,
    lists: Path | None,
) -> int:
    from licet.cli.lists_config import who
    from licet.cli.screen_rulings import About, rule
    from licet.lists.adjudications import Ruling

    party, listing, country, address = about
    reason, author, expires = words
    ruling = Ruling(finding=finding, reason=reason, author=who() if author is None else author, expires_on=expires)
    hit = About(party=party, listing=listing, country=country, address=address)
    return _at(lists, output, lambda store: rule(store, hit, ruling, output))


def _at(lists: Path | None, output: DataFormat, work: Callable[[Store], int]) -> int:
    """The exit code of some work on the list store."""
    from licet.cli.screen_work import store_at

    try:
        return with_store(store_at(lists), output, work)
    except NothingError as error:
        return refused([error.finding], output)


class _Screen(TyperGroup):
    """Screens the names that follow, unless the first of them is a command; `--` before it makes it a name."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of this group where a command of it follows, else that of screening."""
        if args and args[0] in self.commands:
            return super().make_context(info_name, args, parent, **extra)
        return _screening().make_context(info_name, args, parent, **extra)


def _screening() -> Any:
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    add(alone, screen)
    return typer.main.get_command(alone)


COMMANDS: dict[str, Callable[..., int]] = {"dismiss": dismiss, "confirm": confirm, "rulings": rulings}
screen_app = typer.Typer(
    cls=_Screen, help="Screen parties by name against official lists; dismiss or confirm hits.", rich_markup_mode=None
)


@screen_app.callback()
def _screen() -> None:
    """Screen parties by name against official lists; dismiss or confirm hits."""


for _name, _command in COMMANDS.items():
    add(screen_app, _command, _name)
