"""Checked packs kept as data: the same pack comes back, and a damaged entry is rebuilt."""

from __future__ import annotations

from pathlib import Path

import pytest

from licet.policy import cache
from licet.policy.load import PolicyError

PACK = Path(__file__).parent.parent / "bad" / "base"


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    cache.load_pack(PACK, folder)
    return folder


def refuse(*_: object) -> None:
    pytest.fail("the files were parsed again")


def test_the_pack_from_the_cache_is_the_pack_from_the_files(warm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = cache.load_pack(PACK, None)
    monkeypatch.setattr(cache, "read_files", refuse)
    kept = cache.load_pack(PACK, warm)
    assert (kept.manifest, kept.rules, kept.tables, kept.lists) == (
        parsed.manifest,
        parsed.rules,
        parsed.tables,
        parsed.lists,
    )
    assert kept.digest == parsed.digest


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "foreign"])
def test_a_damaged_entry_is_rebuilt(tmp_path: Path, damage: str) -> None:
    pack = cache.load_pack(PACK, tmp_path)
    (entry,) = tmp_path.iterdir()
    raw = entry.read_bytes()
    half = len(raw) // 2
    spoiled = {
        "flip": raw[:half] + bytes([raw[half] ^ 1]) + raw[half + 1 :],
        "cut": raw[:half],
        "empty": b"",
        "foreign": b"not an entry at all" * 10,
    }[damage]
    entry.write_bytes(spoiled)
    assert cache.load_pack(PACK, tmp_path).rules == pack.rules
    assert entry.read_bytes() == raw


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert cache.load_pack(PACK, blocked / "cache").rules


def test_no_cache_where_the_environment_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LICET_CACHE", "")
    assert cache.default_cache() is None
    monkeypatch.setenv("LICET_CACHE", str(tmp_path))
    assert cache.default_cache() == tmp_path


def test_a_folder_that_is_no_pack_says_so(tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as refused:
        cache.load_pack(tmp_path, None)
    assert "no-manifest" in {f.code for f in refused.value.findings}
