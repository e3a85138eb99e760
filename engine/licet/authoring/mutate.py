"""How good the cases are: the share of small changes to the law that some case notices.

    python -m licet.authoring.mutate [--only TEXT] [--jobs N] [--at-least PERCENT] [--list] [PACK]

A change that cannot alter any answer is no test of the cases. Such are listed, each with its reason, in a file of
lines `rule: change  # reason`, and left out of the score.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from licet.authoring.cases import LawCase, run_case
from licet.authoring.mutations import Mutant, mutants
from licet.authoring.run import read_cases
from licet.evaluator import Evaluator
from licet.policy.load import PolicyError, PolicyFile, assemble_trusted, pack_files, read_files
from licet.resources import examples_dir, policies_dir


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether some case noticed a mutant."""

    file: str
    what: str
    noticed: bool
    by: str


class Workbench:
    """A pack's checked data and its cases, ready to be changed one file at a time."""

    def __init__(self, folder: Path, examples: Path | None) -> None:
        files = pack_files(folder)
        self._pack_id = folder.resolve().name
        loaded = read_files(files, self._pack_id)
        if loaded.pack is None:
            raise PolicyError(loaded.findings)
        self._entries: list[tuple[PolicyFile, Any]] = [
            (f, loaded.data[f"{f.kind}:{f.id}:{f.shown.rpartition('/')[2]}"]) for f in files if f.kind != "cases"
        ]
        self._cases = read_cases(folder, examples)
        self._heard = self._baseline()

    def _baseline(self) -> dict[str, frozenset[str]]:
        """The rules that speak in each case, as the law stands; every case must pass."""
        evaluator = Evaluator([self._pack(self._entries)], backend="reference")
        outcomes = [run_case(evaluator, case) for case in self._cases]
        failed = [o.case.id for o in outcomes if o.failures]
        if failed:
            message = f"{len(failed)} cases fail before anything is changed, such as {failed[0]}"
            raise SystemExit(message)
        return {o.case.id: o.silent for o in outcomes}

    def _pack(self, entries: Sequence[tuple[PolicyFile, Any]]) -> Any:
        return assemble_trusted(entries, self._pack_id, "0" * 64)

    def targets(self, only: str) -> list[tuple[int, Mutant]]:
        """Every mutant of the rules and general licenses whose id has the text."""
        return [
            (n, mutant)
            for n, (file, data) in enumerate(self._entries)
            if file.kind in {"rule", "general_license"} and only in file.id
            for mutant in mutants(data, file.kind)
        ]

    def judge(self, target: tuple[int, Mutant]) -> Verdict:
        """Whether a case notices the mutant; a pack that the reader refuses is noticed."""
        number, mutant = target
        file = self._entries[number][0]
        entries = [*self._entries]
        entries[number] = (file, mutant.data)
        try:
            evaluator = Evaluator([self._pack(entries)], backend="reference")
        except (PolicyError, ValueError) as error:
            return Verdict(file.id, mutant.what, noticed=True, by=f"the reader: {type(error).__name__}")
        for case in self._nearest_first(file.id):
            if run_case(evaluator, case).failures:
                return Verdict(file.id, mutant.what, noticed=True, by=case.id)
        return Verdict(file.id, mutant.what, noticed=False, by="")

    def _nearest_first(self, home: str) -> Iterator[LawCase]:
        """The law's own cases, then those in which it spoke, then the rest."""

        def distance(case: LawCase) -> int:
            if case.home == home or case.home.startswith(home + "/"):
                return 0
            return 1 if home in self._heard[case.id] else 2

        yield from sorted(self._cases, key=distance)


_bench: Workbench | None = None


def _start(folder: Path, examples: Path | None) -> None:
    global _bench  # noqa: PLW0603  # one workbench a worker process, since a pack is costly to make
    _bench = Workbench(folder, examples)


def _judge(target: tuple[int, Mutant]) -> Verdict:
    assert _bench is not None  # noqa: S101  # the pool's initializer made it
    return _bench.judge(target)


def score(folder: Path, examples: Path | None, *, only: str = "", jobs: int = 2) -> list[Verdict]:
    """The verdict on every mutant of a pack."""
    targets = Workbench(folder, examples).targets(only)
    context = multiprocessing.get_context("spawn")
    with context.Pool(jobs, initializer=_start, initargs=(folder, examples)) as pool:
        return list(pool.imap(_judge, targets, chunksize=4))


def equivalents(path: Path) -> frozenset[str]:
    """The changes known to alter no answer; none where there is no such file.

    Raises `SystemExit` for a line without a reason.
    """
    if not path.is_file():
        return frozenset()
    found: set[str] = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        change, mark, reason = line.partition("  # ")
        if line.strip() and not line.startswith("#"):
            if not mark or not reason.strip():
                message = f"{path}: no reason given for `{line}`"
                raise SystemExit(message)
            found.add(change.strip())
    return frozenset(found)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the score; 1 where it is below what is asked."""
    parser = argparse.ArgumentParser(prog="mutate", description="the share of changes to the law that a case notices")
    parser.add_argument("pack", nargs="?", type=Path, default=policies_dir() / "us_ear")
    parser.add_argument("--examples", type=Path, default=examples_dir())
    parser.add_argument("--only", default="", help="only rules whose id has this text")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--at-least", type=float, default=0.0, help="the least score in percent")
    parser.add_argument("--equivalents", type=Path, default=Path("tests/equivalent_mutants.txt"))
    parser.add_argument("--list", action="store_true", help="name every mutant that no case noticed")
    given = parser.parse_args(argv)
    spared = equivalents(given.equivalents)
    verdicts = [
        v
        for v in score(given.pack, given.examples, only=given.only, jobs=given.jobs)
        if v.noticed or f"{v.file}: {v.what}" not in spared
    ]
    noticed = sum(v.noticed for v in verdicts)
    share = 100 * noticed / len(verdicts) if verdicts else 0.0
    if given.list:
        for verdict in verdicts:
            if not verdict.noticed:
                sys.stdout.write(f"unnoticed: {verdict.file}: {verdict.what}\n")
    sys.stdout.write(
        f"{noticed} of {len(verdicts)} mutants noticed: {share:.1f} % (known to change nothing: {len(spared)})\n"
    )
    return 0 if share >= given.at_least else 1


if __name__ == "__main__":
    sys.exit(main())
