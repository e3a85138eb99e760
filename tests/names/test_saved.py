"""An index in a file: the same answers, or none at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from licet.names import Named, NameIndex, Settings, words

ENTRIES = [
    Named("1", ("Hydra Kontor Ltd.", "HK Plant"), ("CN",), ("12 Baltika Street, Kerch",), "entity"),
    Named("2", ("Завод Вектор",), ("RU",)),
    Named("3", ()),
]
ASKED = ["Hydra Kontor", "Hydra Kantor", "Vektor", "Hydrakontor", "Nobody"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "deep" / "names"
    NameIndex(ENTRIES).save(path, "v1")
    return path


def test_what_is_loaded_answers_as_what_was_built(file: Path) -> None:
    built, loaded = NameIndex(ENTRIES), NameIndex.load(file, "v1")
    assert loaded is not None
    assert list(loaded.entries) == ENTRIES
    for name in ASKED:
        assert loaded.search(name, country="CN") == built.search(name, country="CN")
    assert loaded.search("Nobody", address="12 Baltika St.").matches[0].basis == "address"


def test_a_loaded_index_is_saved_as_it_was(file: Path, tmp_path: Path) -> None:
    loaded = NameIndex.load(file, "v1")
    assert loaded is not None
    loaded.save(tmp_path / "again", "v1")
    assert (tmp_path / "again").read_bytes() == file.read_bytes()


def test_settings_are_those_of_whoever_loads(file: Path) -> None:
    loaded = NameIndex.load(file, "v1", Settings(possible_agrees=1.0, possible_unknown=1.0, possible_differs=1.0))
    assert loaded is not None
    assert not loaded.search("Hydra Kantor", country="DE").matches


def test_another_version_of_the_lists_is_not_loaded(file: Path) -> None:
    assert NameIndex.load(file, "v2") is None


def test_other_tables_of_words_are_not_served(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "version", lambda: "other")
    assert NameIndex.load(file, "v1") is None


@pytest.mark.parametrize("at", [0, 5, 20, 60, 200, -1])
def test_one_damaged_byte_is_seen(file: Path, at: int) -> None:
    raw = bytearray(file.read_bytes())
    raw[at] ^= 1
    file.write_bytes(raw)
    assert NameIndex.load(file, "v1") is None


@pytest.mark.parametrize("body", [b"", b"licet-names-1\n", b"x" * 100])
def test_something_else_is_not_loaded(file: Path, body: bytes) -> None:
    file.write_bytes(body)
    assert NameIndex.load(file, "v1") is None


def test_a_short_file_is_not_loaded(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])
    assert NameIndex.load(file, "v1") is None


def test_no_file_is_nothing(tmp_path: Path) -> None:
    assert NameIndex.load(tmp_path / "none", "v1") is None


def test_a_failed_save_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "names").mkdir()
    with pytest.raises(OSError):
        NameIndex(ENTRIES).save(tmp_path / "names", "v1")
    assert [path.name for path in tmp_path.iterdir()] == ["names"]
