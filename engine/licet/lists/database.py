"""The file that the list store is: SQLite, so that nothing is ever half written."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from licet.text import quoted

FILE: Final = "lists.sqlite"
_APPLICATION: Final = 0x6C696374  # `lict`, by which a file of ours is known from another program's
_LAYOUT: Final = 1
_WAIT: Final = 60.0  # seconds for another process to finish writing
# A version refers to its lists, and these to their entries; what stayed the same is kept once.
_TABLES: Final = """
create table entry (id integer primary key, digest blob not null unique, body blob not null);
create table list (digest blob primary key, list text not null, entries integer not null, ids blob not null);
create table version (number integer primary key, digest text not null unique, source text not null,
  body text not null);
create table version_list (version integer not null references version, list text not null,
  digest blob not null references list, primary key (version, list));
create table fetched (id integer primary key, source text not null, at text not null, outcome text not null,
  version integer references version, body text not null);
create table adjudication (id integer primary key, party text not null, list text not null, listing text not null,
  body text not null);
create table audit (id integer primary key, at text not null, who text not null, what text not null,
  about text not null);
create index version_source on version (source, number);
create index fetched_source on fetched (source, id);
create index adjudication_of on adjudication (party, list, listing);
"""
_KEPT: Final = ("entry", "list", "version", "version_list", "fetched", "adjudication", "audit")
_NEVER: Final = """
create trigger {table}_{event} before {event} on {table}
begin select raise(abort, 'what is kept is never changed'); end;
"""


class StoreError(Exception):
    """The store cannot be used; the text says why, and what to do."""


def no_lists() -> bool:
    """Whether the user wants no list store of their own: `LICET_LISTS` is there, and empty."""
    return os.environ.get("LICET_LISTS") == ""


def default_folder() -> Path:
    """The user's data folder for lists: `LICET_LISTS`, else as XDG says."""
    chosen = os.environ.get("LICET_LISTS")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "licet"


class Database:
    """The file, opened anew for each piece of work: any number of threads and processes may share it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def exists(self) -> bool:
        """Whether anything has been kept yet."""
        return self.path.is_file()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the store, whatever is written meanwhile.

        Raises `StoreError` where the file is not a store of ours, or is damaged.
        """
        with self._open(create=False) as connection:
            connection.execute("begin")
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection that alone may write; all of it is kept when it ends well, else none of it.

        Raises `StoreError` as `reading` does, and where nothing can be written.
        """
        with self._open(create=True) as connection:
            connection.execute("begin immediate")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def _open(self, *, create: bool) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._connect(create=create)
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from error
        try:
            yield connection
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        finally:
            with suppress(sqlite3.Error):
                connection.close()

    def _connect(self, *, create: bool) -> sqlite3.Connection:
        if create:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A reader too must be able to undo what a killed writer left, so it is not opened for reading alone.
        mode = "rwc" if create else "rw"
        connection = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_WAIT)
        try:
            connection.isolation_level = None  # transactions begin and end where they are written down
            connection.execute("pragma trusted_schema = off")
            connection.execute("pragma foreign_keys = on")
            connection.execute("pragma synchronous = full")
            connection.execute("pragma cache_spill = off")  # nothing reaches the file before the end, so readers go on
            self._check(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _check(self, connection: sqlite3.Connection) -> None:
        """Nothing where the file has our tables; an empty one gets them, whoever comes first."""
        if _marks(connection) == (_APPLICATION, _LAYOUT):
            return
        if _is_empty(connection):
            connection.execute("begin immediate")
            if _is_empty(connection):
                _make(connection)
            connection.commit()
        application, layout = _marks(connection)
        if application != _APPLICATION:
            message = f"{quoted(self.path, 200)} is not a list store"
            raise StoreError(message)
        if layout != _LAYOUT:
            message = f"the list store has layout {layout}, and this licet reads {_LAYOUT}: use the licet that wrote it"
            raise StoreError(message)

    def _unusable(self, error: Exception) -> StoreError:
        return StoreError(f"the list store {quoted(self.path, 200)} cannot be used: {error}")


def _marks(connection: sqlite3.Connection) -> tuple[int, int]:
    (application,) = connection.execute("pragma application_id").fetchone()
    (layout,) = connection.execute("pragma user_version").fetchone()
    return application, layout


def _is_empty(connection: sqlite3.Connection) -> bool:
    """Whether nobody has made anything of the file yet: it is there a moment before its tables are."""
    return _marks(connection) == (0, 0) and not connection.execute("select 1 from sqlite_schema").fetchone()


def _make(connection: sqlite3.Connection) -> None:
    guards = (_NEVER.format(table=table, event=event) for table in _KEPT for event in ("update", "delete"))
    for statement in (*_TABLES.strip().split(";\n"), *guards):
        connection.execute(statement)
    connection.execute(f"pragma application_id = {_APPLICATION}")
    connection.execute(f"pragma user_version = {_LAYOUT}")
