"""What an index is made of, and how it is kept in a file.

The file is MessagePack and plain arrays behind a SHA-256 of its own; one that fails it is not read. Nothing is
unpickled.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import Any, Final

import msgspec

from licet._version import __version__
from licet.names import words
from licet.names.addresses import address
from licet.names.candidates import Postings
from licet.names.model import Named
from licet.names.prepare import Prepared, prepare

_MAGIC: Final = b"licet-names-1\n"
_DIGEST: Final = 32
_TYPES: Final = {
    "start": "int64",
    "row": "int32",
    "weight": "float32",
    "left": "float32",
    "total": "float64",
    "key": "uint32",
    "met": "int32",
}
_KEPT: Final = 20_000  # rows whose taken apart form is kept in memory


class Saved(msgspec.Struct):
    """An index as it is kept: every name of every entry is a row; `blobs` holds them taken apart, end to end."""

    stamp: str
    entries: tuple[Named, ...]
    keys: list[str]
    blobs: bytes
    ends: list[int]
    vocabulary: list[str]
    arrays: dict[str, bytes]


class Rows:
    """Every name of every entry as one row, taken apart when it is asked for; may be shared by threads."""

    def __init__(self, saved: Saved, postings: Postings) -> None:
        self.saved, self.postings = saved, postings
        self._owners = [(at, which) for at, entry in enumerate(saved.entries) for which in range(len(entry.names))]
        self._decoder = msgspec.msgpack.Decoder(Prepared)
        self._prepared: dict[int, Prepared] = {}
        self._streets: dict[str, list[tuple[int, int]]] | None = None
        self._lock = Lock()
        self._equal: dict[str, list[int]] = {}
        for row, key in enumerate(saved.keys):
            if key:
                self._equal.setdefault(key, []).append(row)

    @property
    def entries(self) -> tuple[Named, ...]:
        """The entries, in the order given."""
        return self.saved.entries

    def prepared(self, row: int) -> Prepared:
        """The name of a row, taken apart."""
        found = self._prepared.get(row)
        if found is None:
            found = self._decoder.decode(self.saved.blobs[self.saved.ends[row] : self.saved.ends[row + 1]])
            if len(self._prepared) >= _KEPT:
                self._prepared = {}
            self._prepared[row] = found
        return found

    def owner(self, row: int) -> tuple[Named, int]:
        """The entry of a row, and which of its names it is."""
        at, which = self._owners[row]
        return self.saved.entries[at], which

    def equal(self, key: str) -> Sequence[int]:
        """The rows of names that are equal to the one of that key."""
        return self._equal.get(key, ()) if key else ()

    def streets(self) -> Mapping[str, Sequence[tuple[int, int]]]:
        """Entries and addresses by house number and street; made when first asked for."""
        with self._lock:
            if self._streets is None:
                self._streets = {}
                for at, entry in enumerate(self.entries):
                    for which, text in enumerate(entry.addresses):
                        for pair in address(text).pairs:
                            self._streets.setdefault(pair, []).append((at, which))
            return self._streets


def built(entries: tuple[Named, ...]) -> Rows:
    """The rows of entries."""
    names = [prepare(name) for entry in entries for name in entry.names]
    blobs = list(map(msgspec.msgpack.encode, names))
    postings = Postings.build(names)
    saved = Saved(
        stamp="",
        entries=entries,
        keys=[name.key for name in names],
        blobs=b"".join(blobs),
        ends=[0, *accumulate(map(len, blobs))],
        vocabulary=list(postings.vocabulary),
        arrays={},
    )
    return Rows(saved, postings)


def save(rows: Rows, path: Path, digest: str) -> None:
    """Write the rows to a file, whole or not at all. Raises `OSError` where that cannot be done."""
    arrays = {name: rows.postings.arrays[name].astype(kind).tobytes() for name, kind in _TYPES.items()}
    body = msgspec.msgpack.encode(msgspec.structs.replace(rows.saved, stamp=_stamp(digest), arrays=arrays))
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        written = Path(file.name)
        try:
            file.write(_MAGIC + hashlib.sha256(body).digest() + body)
            file.close()
            written.replace(path)
        except OSError:
            with suppress(OSError):
                written.unlink()
            raise


def load(path: Path, digest: str) -> Rows | None:
    """The rows of a file, or None where it does not serve."""
    import numpy as np

    try:
        raw = path.read_bytes()
        start = len(_MAGIC) + _DIGEST
        body = memoryview(raw)[start:]
        if not raw.startswith(_MAGIC) or hashlib.sha256(body).digest() != raw[len(_MAGIC) : start]:
            return None
        saved = msgspec.msgpack.decode(body, type=Saved)
        if saved.stamp != _stamp(digest):
            return None
        arrays: dict[str, Any] = {name: np.frombuffer(saved.arrays[name], dtype=kind) for name, kind in _TYPES.items()}
    except (OSError, ValueError, KeyError, msgspec.DecodeError):
        return None
    saved.arrays = {}
    return Rows(saved, Postings(arrays, saved.vocabulary))


def _stamp(digest: str) -> str:
    """What an index hangs on: the lists, this version of licet, the tables of words."""
    return f"{__version__} {words.version()} {digest}"
