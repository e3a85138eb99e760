"""Checked packs kept as data, so that loading one does not parse its files again.

A cache entry is MessagePack behind its own SHA-256; one that fails its digest is rebuilt. Nothing is unpickled.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from licet._version import __version__
from licet.policy.load import (
    BESIDE,
    Loaded,
    PolicyError,
    PolicyFile,
    assemble_trusted,
    digest_of,
    pack_files,
    read_files,
)
from licet.policy.model import Pack

_DATE, _DECIMAL = 1, 2
_DIGEST = 32


def load_pack(folder: Path, cache: Path | None) -> Pack:
    """The pack of a folder, from the cache where it has been checked before.

    Raises `PolicyError` with the findings of a pack that cannot be used.
    """
    files = pack_files(folder)
    digest = digest_of(files)
    pack_id = folder.resolve().name
    entry = None if cache is None else cache / f"{pack_id}-{__version__}-{_layout()}-{digest}.pack"
    if entry is not None:
        cached = _cached(entry, files, pack_id, digest)
        if cached is not None:
            return cached
    loaded = read_files(files, pack_id, law_only=True)
    if loaded.pack is None:
        raise PolicyError(loaded.findings)
    if entry is not None:
        _keep(entry, loaded)
    return loaded.pack


def _layout() -> str:
    """What else an entry hangs on: the schemas it was checked against."""
    from licet.resources import schemas_dir

    total = hashlib.sha256()
    for path in sorted(schemas_dir().glob("*.json")):
        total.update(path.read_bytes())
    return total.hexdigest()[:12]


def default_cache() -> Path | None:
    """The user's cache folder, or None where `LICET_CACHE` is empty."""
    chosen = os.environ.get("LICET_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen else None
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "licet"


def _cached(entry: Path, files: Sequence[PolicyFile], pack_id: str, digest: str) -> Pack | None:
    try:
        raw = entry.read_bytes()
        kept, body = raw[:_DIGEST], raw[_DIGEST:]
        if hashlib.sha256(body).digest() != kept:
            return None
        data: dict[str, Any] = msgspec.msgpack.decode(body, ext_hook=_from_ext)
        entries = [(file, data[f"{file.kind}:{file.id}:{_name(file)}"]) for file in files if file.kind not in BESIDE]
        return assemble_trusted(entries, pack_id, digest)
    except (OSError, ValueError, KeyError, TypeError, msgspec.DecodeError, PolicyError):
        return None


def _name(file: PolicyFile) -> str:
    """The file's own name; a folder of listings has several of one id."""
    return file.shown.rpartition("/")[2]


def _keep(entry: Path, loaded: Loaded) -> None:
    """Write the entry whole or not at all; a cache that cannot be written is done without."""
    import tempfile

    data = {key: _to_ext(value) for key, value in loaded.data.items()}
    body = msgspec.msgpack.encode(data)
    with suppress(OSError):
        entry.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=entry.parent, delete=False) as file:
            file.write(hashlib.sha256(body).digest() + body)
        Path(file.name).replace(entry)


def _to_ext(value: Any) -> Any:
    """Data with dates and decimals marked, which MessagePack does not know."""
    if isinstance(value, dict):
        return {key: _to_ext(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_to_ext(child) for child in value]
    if isinstance(value, date):
        return msgspec.msgpack.Ext(_DATE, value.isoformat().encode())
    if isinstance(value, Decimal):
        return msgspec.msgpack.Ext(_DECIMAL, str(value).encode())
    return value


def _from_ext(code: int, data: memoryview) -> Any:
    text = bytes(data).decode()
    return date.fromisoformat(text) if code == _DATE else Decimal(text)
