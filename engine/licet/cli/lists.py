"""`licet lists`: official lists of parties, kept in versions, shown and compared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from licet.cli.codes import GO
from licet.cli.commands import add
from licet.cli.common import put_data
from licet.cli.lists_config import FORMAT, CatalogDir, ListsDir
from licet.cli.lists_work import chosen_of, put_out, refused, told, versions_of, with_store
from licet.cli.options import DataFormat, ForPeople, Policies, day
from licet.cli.terminal import put
from licet.text import clean

if TYPE_CHECKING:
    from licet.lists.store import Store


class ListFormat(StrEnum):
    """The forms in which official lists are published."""

    CSV = "csv"
    JSON = "json"
    XML = "xml"


class ExportFormat(StrEnum):
    """The forms in which a version is written out."""

    CSV = "csv"
    JSON = "json"


SourceDate = Annotated[
    date | None,
    typer.Option("--source-date", parser=day, metavar="DATE", help="The day to which the source is current."),
]
Accept = Annotated[
    str | None,
    typer.Option("--accept", metavar="REASON", help="Keep it although a canary refuses it; the reason is kept too."),
]
OneList = Annotated[str | None, typer.Option("--list", metavar="LIST", help="Only this list.")]
OneVersion = Annotated[
    str | None, typer.Option("--version", metavar="N", help="A version by number or digest. [default: those in use]")
]
Seconds = Annotated[float, typer.Option("--timeout", min=1, metavar="SECONDS", help="How long one file may take.")]


def import_list(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file, an address, or - for the standard input.")],
    *,
    source: Annotated[
        str | None, typer.Option("--source", metavar="SOURCE", help="The source it is of. [default: by its form]")
    ] = None,
    source_date: SourceDate = None,
    accept: Accept = None,
    form: Annotated[ListFormat | None, typer.Option("--from", help="Its form. [default: by how it begins]")] = None,
    timeout: Seconds = 600.0,
    lists: ListsDir = None,
    catalog: CatalogDir = None,
    output: ForPeople = DataFormat.TEXT,
) -> int:
    """Import an official list from a file or an address.

    It becomes a new version, unless a canary refuses it: too few entries, fewer than before, entries missing that are
    always there, or too old. The version in use is then kept. An empty list is refused whatever the reason. The exit
    code is 0 where it is in use now, 3 where it is refused, 1 where it could not be fetched.

    Examples: licet lists import consolidated.csv --source-date 2026-07-31
    """
    from licet.cli.lists_get import Getter, Wanted

    wanted = Wanted(
        source=source,
        source_date=source_date,
        accept=accept,
        format=None if form is None else form.value,
        seconds=timeout,
    )

    def work(store: Store) -> int:
        return told([Getter(store, catalog, wanted).file(file)], output)

    return with_store(lists, output, work)


def update(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCES", help="Sources by id. [default: all]", show_default=False)
    ] = None,
    *,
    accept: Accept = None,
    timeout: Seconds = 600.0,
    lists: ListsDir = None,
    catalog: CatalogDir = None,
    output: ForPeople = DataFormat.TEXT,
) -> int:
    """Fetch official lists from where they are published.

    What has not changed is not fetched again. Each source is judged as `licet lists import` does; one that fails does
    not keep another from being updated. A reason to accept a breach is for one source, which has to be named. The exit
    code is the worst: 1 where one could not be fetched, 3 where one is refused.

    Examples: licet lists update csl
    """
    from licet.cli.lists_get import Getter, Wanted, unknown_source

    if accept is not None and len(sources or ()) != 1:
        message = "a reason is for one source: name it"  # or a scheduled update would excuse whatever comes
        raise typer.BadParameter(message, param_hint="--accept")

    def work(store: Store) -> int:
        getter = Getter(store, catalog, Wanted(accept=accept, seconds=timeout))
        unknown = [unknown_source(name, getter.sources) for name in sources or () if name not in getter.sources.sources]
        if unknown:
            return refused(unknown, output)
        return told([getter.update(name) for name in dict.fromkeys(sources or getter.sources.sources)], output)

    return with_store(lists, output, work)


def status(
    *,
    as_of: Annotated[
        date | None,
        typer.Option(
            "--as-of", parser=day, metavar="DATE", help="The day on which lists are to be used. [default: today]"
        ),
    ] = None,
    lists: ListsDir = None,
    catalog: CatalogDir = None,
    output: ForPeople = DataFormat.TEXT,
) -> int:
    """Show which versions are in use, how old they are, and what was tried last.

    Examples: licet lists status
    """
    from licet.cli.lists_config import load_sources, now
    from licet.cli.lists_status import status_data, status_of, status_text

    def work(store: Store) -> int:
        found = status_of(store, load_sources(catalog), as_of or now().date())
        return put_out(output, {"sources": [status_data(one) for one in found]}, lambda: status_text(found))

    return with_store(lists, output, work)


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A version by number or digest.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Another one.")],
    *,
    only: OneList = None,
    lists: ListsDir = None,
    output: ForPeople = DataFormat.TEXT,
) -> int:
    """Show what changed between two versions: entries added, removed and changed, and their fields.

    Examples: licet lists diff 1 2 --list bis_entity_list
    """
    from licet.cli.lists_shown import changes_data, changes_text
    from licet.lists.changes import compare

    def work(store: Store) -> int:
        before, after = versions_of(store, [old, new])
        wanted = None if only is None else [only]
        changes = compare(store.entries(before, wanted), store.entries(after, wanted))
        data = {"old": before.digest, "new": after.digest, **changes_data(changes)}
        return put_out(output, data, lambda: changes_text(changes) if changes.counts() else ["no differences"])

    return with_store(lists, output, work)


def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="An entry's name, alias or id.")],
    *,
    only: OneList = None,
    version: OneVersion = None,
    lists: ListsDir = None,
    output: ForPeople = DataFormat.TEXT,
) -> int:
    """Show the entries of a name in full; letter case and punctuation do not count.

    Examples: licet lists show "Huawei Technologies Co., Ltd."
    """
    from licet.cli.lists_find import found_as_data, named, searched, suggested
    from licet.cli.lists_shown import entry_text

    def work(store: Store) -> int:
        chosen = chosen_of(store, version)
        found = named(store, chosen, name, only)
        if not found:
            return refused([suggested(name, searched(store, chosen, [name], only))], output)
        return put_out(
            output,
            {"entries": found_as_data(found)},
            lambda: (
                line for one in found for line in (*entry_text(one.entry), f"  version: {one.version.number}", "")
            ),
        )

    return with_store(lists, output, work)


def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="Words of a name, in any order.")],
    *,
    only: OneList = None,
    version: OneVersion = None,
    most: Annotated[int, typer.Option("--most", min=1, metavar="N", help="How many entries are shown.")] = 20,
    lists: ListsDir = None,
    output: ForPeople = DataFormat.TEXT,
) -> int:
    """Find entries by words of their names and aliases, the nearest first.

    Where nothing has the words, what is near them in spelling is shown. This looks things up, and does not screen.

    Examples: licet lists search huawei cloud
    """
    from licet.cli.lists_find import found_as_data, near, searched
    from licet.cli.lists_get import shown_at_work
    from licet.cli.lists_shown import entry_line

    def work(store: Store) -> int:
        chosen = chosen_of(store, version)
        found, alike = searched(store, chosen, words, only), False
        if not found:
            with shown_at_work("looking for names that are spelt like it"):
                found, alike = near(store, chosen, words, only), True
        head = [f"nothing has these words in its names{', these are near:' if found else ''}"] if alike else []
        more = [f"({len(found) - most} more)"] if len(found) > most else []
        data = {"found": len(found), "near": alike, "entries": found_as_data(found[:most])}
        return put_out(output, data, lambda: [*head, *(entry_line(one.entry) for one in found[:most]), *more])

    return with_store(lists, output, work)


def export(
    *,
    only: OneList = None,
    version: OneVersion = None,
    lists: ListsDir = None,
    output: Annotated[
        ExportFormat, typer.Option("--format", help="For a spreadsheet, or for programs.")
    ] = ExportFormat.CSV,
) -> int:
    """Write the entries of the versions in use, or of one, to the standard output.

    In CSV no cell is one that a spreadsheet would take for a formula.

    Examples: licet lists export --list bis_entity_list
    """
    from licet.cli.lists_shown import as_csv, entry_data

    def work(store: Store) -> int:
        chosen = chosen_of(store, version)
        entries = (e for v in chosen for e in store.entries(v, None if only is None else [only]))
        if output is ExportFormat.JSON:
            put_data({"format": FORMAT, "entries": [entry_data(entry) for entry in entries]})
        else:
            for line in as_csv(entries):
                put(line)
        return GO

    return with_store(lists, DataFormat.TEXT, work)


def compare(
    *,
    lists: ListsDir = None,
    policies: Policies = None,
    output: ForPeople = DataFormat.TEXT,
) -> int:
    """Show where official lists say something else than the listings of the packs.

    A listing that a pack has keeps its own rows, whatever the official list says: somebody compared them with the law.
    Each difference is one for people to look at.

    Examples: licet lists compare --policies policies/us_ear
    """
    from licet.cli.common import ListsWanted, load_evaluator

    def work(store: Store) -> int:
        joined = load_evaluator(policies, "reference", ListsWanted(str(store.database.path.parent)))
        found = joined.differences
        lines = [f"{d.list}/{d.listing}  {clean(d.name)}: {d.what}" for d in found] or ["no differences"]
        data = [{"list": d.list, "listing": d.listing, "name": d.name, "what": d.what} for d in found]
        return put_out(output, {"differences": data}, lambda: lines)

    return with_store(lists, output, work)


def index(
    *,
    lists: ListsDir = None,
    policies: Policies = None,
) -> int:
    """Make the index of names now, which the first evaluation or screening after an import makes otherwise.

    For the whole of the official lists that takes some seconds; the cache keeps it until a list changes.

    Examples: licet lists index
    """
    from licet.cli.common import ListsWanted, load_evaluator

    def work(store: Store) -> int:
        load_evaluator(policies, "reference", ListsWanted(str(store.database.path.parent))).warm()
        return GO

    return with_store(lists, DataFormat.TEXT, work)


COMMANDS: dict[str, Callable[..., int]] = {
    "import": import_list,
    "update": update,
    "status": status,
    "diff": diff,
    "compare": compare,
    "index": index,
    "show": show,
    "search": search,
    "export": export,
}
lists_app = typer.Typer(help="Official lists of parties: import, update, look up.", no_args_is_help=True)


@lists_app.callback()
def _lists() -> None:
    """Official lists of parties: import, update, look up."""


for _name, _command in COMMANDS.items():
    add(lists_app, _command, _name)
