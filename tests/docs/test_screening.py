"""docs/screening.md: the commands with their options as they declare them, and examples as they run."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from licet.cli.main import run
from licet.cli.screen import confirm, dismiss, rulings, screen
from licet.lists.catalog import load_catalog
from licet.lists.read import read_list
from licet.lists.store import Store
from tests.cli.test_docs_cli import options_of
from tests.cli.test_lists import as_csv, row
from tests.docs.pages import DOCS, blocks, keep_part
from tests.lists.made import kept

PAGE = DOCS / "screening.md"
NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
LISTED = [
    row(
        name="Hangzhou Hikvision Digital Technology Co., Ltd.",
        alt_names="Hikvision",
        federal_register_notice="84 FR 54002",
        start_date="2019-10-09",
    ),
    row(name="Huawei Technologies Co., Ltd.", addresses="Shenzhen, Guangdong, CN"),
    row(name="DJI", addresses="Shenzhen, CN", federal_register_notice="85 FR 83416", start_date="2020-12-22"),
]
LATER = row(
    name="Yangtze Memory Technologies Co., Ltd.",
    addresses="No. 88 Weilai 3rd Road, East Lake High-tech Development Zone, Wuhan, Hubei, CN",
    federal_register_notice="87 FR 77505",
    start_date="2022-12-19",
)
KNOWN = """\
id,name,country,aliases
1001,Hikvison Digital Tech,CN,
1002,Cedar Ridge Interconnect Inc,US,
1003,Yangtze Memory,CN,YMTC; Changjiang Storage
1004,DJI Inc,US,
"""
DAY = "--as-of 2026-08-01"
EXAMPLES = {
    "screen_name": f'screen "Hikvison Digital Tech" --country CN {DAY} --explain --list bis_entity_list',
    "screen_file": f"screen --file known.csv {DAY}",
    "dismiss": 'screen dismiss "DJI Inc" bis_entity_list/6602d1a19e1d75a6 --country US --reason "a joiner in Ohio" '
    '--author "A. Clerk" --expires 2027-08-01',
    "rulings": f"screen rulings {DAY}",
    "since": f"screen --file known.csv --since 1 {DAY}",
}
OPTIONS: dict[str, Callable[..., int]] = {
    "screen_options": screen,
    "dismiss_options": dismiss,
    "rulings_options": rulings,
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[str, int]]]:
    """What each example prints and its exit code, in a store that they share."""
    folder = tmp_path_factory.mktemp("screening")
    (folder / "known.csv").write_text(KNOWN, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LICET_LISTS", str(folder / "store"))
        patch.setenv("COLUMNS", "100")
        patch.chdir(folder)
        patch.setattr("licet.cli.screen_rulings.now", lambda: NOW)
        yield dict(_run(Store(folder / "store")))


def _keep(store: Store, rows: Sequence[dict[str, str]]) -> None:
    """A version of a few entries, which no canary would let pass."""
    kept(store, read_list(as_csv(rows), "csv", load_catalog(), path="consolidated.csv").entries, fetched_at=NOW)


def _run(store: Store) -> Iterator[tuple[str, tuple[str, int]]]:

    def done(words: str) -> tuple[str, int]:
        out = StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            code = run(shlex.split(words))
        return out.getvalue().rstrip(), code

    _keep(store, LISTED)
    for name, words in EXAMPLES.items():
        if name == "since":
            _keep(store, [*LISTED, LATER])
        yield name, done(words)


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name: str, shown: dict[str, tuple[str, int]]) -> None:
    text, code = shown[name]
    lines = ["```", f"$ licet {EXAMPLES[name]}", text, "```", "", f"Exit code {code}."]
    keep_part(PAGE, name, "\n".join(lines))


@pytest.mark.parametrize("name", OPTIONS)
def test_options(name: str) -> None:
    keep_part(PAGE, name, "\n".join(options_of(OPTIONS[name])))


def test_confirming_takes_what_dismissing_takes() -> None:
    assert options_of(confirm) == options_of(dismiss)


def test_the_file_of_the_examples_is_on_the_page() -> None:
    assert f"```\n{KNOWN}```" in PAGE.read_text(encoding="utf-8")


def test_its_python_runs(tmp_path: Path) -> None:
    _keep(Store(tmp_path), [*LISTED, LATER])
    code = blocks(PAGE, "python")
    assert code
    for block in code:
        exec(compile(block.text, block.where, "exec"), {"store": tmp_path})  # noqa: S102  # our own page
