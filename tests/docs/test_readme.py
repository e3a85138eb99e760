"""What the README says of the party lists and of the everyday orders is what the pack has."""

from __future__ import annotations

from collections import Counter
from functools import cache

from licet.authoring.cases import LawCase
from licet.authoring.run import read_cases
from licet.policy.cache import default_cache, load_pack
from licet.resources import policies_dir
from tests.docs.pages import ROOT, keep_part

README = ROOT / "README.md"
PACK = policies_dir() / "us_ear"


@cache
def everyday() -> tuple[LawCase, ...]:
    return tuple(read_cases(PACK, ROOT / "examples", home="everyday"))


def test_the_party_lists() -> None:
    pack = load_pack(PACK, default_cache())
    rows = (
        f"| {found.title} | {len(found.listings)} | {found.coverage or ''} | {found.current_through or ''} |\n"
        for found in sorted(pack.lists, key=lambda found: found.title)
    )
    head = "| list | listings | coverage | kept current through |\n|---|---|---|---|\n"
    keep_part(README, "lists", head + "".join(rows))


def test_the_everyday_orders() -> None:
    release = Counter(case.expect["release"] for case in everyday())
    most = max(len(case.expect["questions"]) for case in everyday() if case.expect["release"] == "hold")
    answered = release["go"] + release["stop"]
    keep_part(
        README,
        "everyday",
        f"{answered} of {len(everyday())} are answered ({release['go']} go, {release['stop']} stop), and "
        f"{release['hold']} are held, with at most {most} question{'s' if most > 1 else ''} each.",
    )
