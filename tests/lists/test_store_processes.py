"""Processes at one store: two that import, one that reads meanwhile, one that is killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from licet.lists.store import Store
from tests.docs.pages import ROOT
from tests.lists.made import kept, many

IMPORTER = """
import sys
from pathlib import Path
from msgspec.structs import replace
from licet.lists.store import Store
from tests.lists.made import NEW, many
folder, start, count, rounds = sys.argv[1], *map(int, sys.argv[2:5])
store = Store(Path(folder))
print("ready", flush=True)
sys.stdin.readline()
for n in range(rounds):
    assert store.keep(replace(NEW, raw_digest=f"{start}-{n}"), many(count + n, start=start)) is not None
print("done", flush=True)
"""
# The kill comes while rows are being written: the process stops itself there, and waits for it. With `spill` the file
# has been written to by then, as it is where memory is short, and the next to come has to undo that.
KILLED = """
import sys
from pathlib import Path
from licet.lists import store as module
from licet.lists.store import Store
from tests.lists.made import NEW, many
from licet.lists import database
connect = database.Database._connect
def spilling(self, **options):
    connection = connect(self, **options)
    connection.execute("pragma cache_size = 10")
    connection.execute("pragma cache_spill = 1")
    return connection
if sys.argv[2] == "spill":
    database.Database._connect = spilling
ids = module._ids
def stop(connection, digests):
    found = ids(connection, digests)
    print("in the middle", flush=True)
    sys.stdin.readline()
    return found
module._ids = stop
Store(Path(sys.argv[1])).keep(NEW, many(20_000))
print("not killed", flush=True)
"""


def process(program: str, *arguments: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "engine"), str(ROOT)])}
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


def says(running: subprocess.Popen[str], word: str) -> None:
    assert running.stdout is not None
    assert running.stdout.readline() == f"{word}\n"


def go(running: subprocess.Popen[str]) -> None:
    assert running.stdin is not None
    running.stdin.write("\n")
    running.stdin.flush()


def test_two_imports_at_once_and_a_reader(tmp_path: Path) -> None:
    both = [process(IMPORTER, tmp_path, start, 300, 5) for start in (0, 100_000)]
    store = Store(tmp_path)
    try:
        for one in both:
            says(one, "ready")
        for one in both:
            go(one)
        seen = 0
        while any(one.poll() is None for one in both):
            for version in store.versions():
                assert len(store.entries(version)) == version.entries
                seen += 1
        assert [one.wait() for one in both] == [0, 0]
        assert seen
    finally:
        for one in both:
            one.kill()
            one.communicate()
    assert [version.number for version in store.versions()] == list(range(1, 11))
    for version in store.versions():
        assert len(store.entries(version)) == version.entries


@pytest.mark.parametrize("before", [0, 50])
@pytest.mark.parametrize("memory", ["enough", "spill"])
def test_a_kill_in_the_middle_of_an_import(tmp_path: Path, before: int, memory: str) -> None:
    store = Store(tmp_path)
    if before:
        kept(store, many(before))
    running = process(KILLED, tmp_path, memory)
    try:
        says(running, "in the middle")
        if memory == "enough":
            assert len(store.versions()) == bool(before)  # a reader sees what was there before, and does not wait
        else:
            assert store.database.path.with_name("lists.sqlite-journal").exists()
            assert store.database.path.stat().st_size > 1_000_000
        running.send_signal(signal.SIGKILL)
        running.wait()
    finally:
        running.kill()
        running.communicate()
    assert len(store.versions()) == bool(before)
    for version in store.versions():
        assert len(store.entries(version)) == before
    after = kept(store, many(60))  # and one can go on
    assert len(store.entries(after)) == 60
    assert store.versions()[-1] == after


def test_an_import_waits_for_another(tmp_path: Path) -> None:
    store = Store(tmp_path)
    kept(store, many(10))
    with store.database.writing() as connection:
        waiting = process(IMPORTER, tmp_path, 0, 5, 1)
        says(waiting, "ready")
        go(waiting)
        time.sleep(0.5)
        assert waiting.poll() is None
        connection.execute("insert into audit (at, who, what, about) values ('', '', '', '{}')")
    assert waiting.communicate()[0] == "done\n"
    assert len(store.versions()) == 2
