"""How good the cases are: the share of small changes to the law that some case notices.

    python -m licet.authoring.mutate [--only TEXT [--beside]] [--sample N [--seed S]] [--at-least PERCENT] [--list]

A change that cannot alter any answer is no test of the cases. Such are listed, each with its reason, in a file of
lines `rule: change  # reason`, and left out of the score. With `--sample` that many changes are drawn at random: a
score with an error bar, in a fraction of the time.

All cases are judged once, as the law stands. Of a change only the orders are judged that can see it (see `orders`), the
cases beside the changed rule first, until one fails.
"""

from __future__ import annotations

import argparse
import gc
import math
import multiprocessing
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from licet.authoring.cases import LawCase, cases_in
from licet.authoring.changed import Standing
from licet.authoring.mutations import Mutant, mutants
from licet.authoring.orders import Orders
from licet.findings import Finding, has_errors
from licet.policy.load import PolicyError, PolicyFile, pack_files, read_files, superseded
from licet.policy.model import GeneralLicense, Rule
from licet.policy.node import Node
from licet.policy.read_conditions import Words
from licet.policy.read_manifest import country_codes
from licet.policy.read_rules import Inventory, rule
from licet.policy.read_time import general_license_timeline
from licet.resources import examples_dir, policies_dir

#: How long one change may take, in seconds.
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether some case noticed a mutant, and how many could have."""

    file: str
    what: str
    noticed: bool
    by: str
    seen: int = 0
    sort: str = ""


class Workbench:
    """A pack's checked data and its cases, judged as the law stands, ready to be changed one file at a time."""

    def __init__(self, folder: Path, examples: Path | None, *, cases_of: str = "") -> None:
        files = pack_files(folder)
        loaded = read_files(files, folder.resolve().name)
        if loaded.pack is None:
            raise PolicyError(loaded.findings)
        data = {file: loaded.data[f"{file.kind}:{file.id}:{file.shown.rpartition('/')[2]}"] for file in files}
        self._entries = [(file, entry) for file, entry in data.items() if file.kind in {"rule", "general_license"}]
        self._data = {(file.kind, file.id): entry for file, entry in self._entries}
        pack = loaded.pack
        manifest = next(Node(entry, file.shown, None, []) for file, entry in data.items() if file.kind == "pack")
        words = Words(facts=pack.vocabulary.facts, tables=pack.tables, countries=country_codes(manifest, pack.tables))
        self._inventory = Inventory(
            vocabulary=pack.vocabulary,
            words=words,
            rules={rule.id for rule in pack.rules},
            general_licenses=pack.general_licenses,
        )
        self._standing = Standing(pack)
        self._orders = Orders(self._standing, (case for case in _cases(data, examples) if cases_of in case.home))

    @property
    def failing(self) -> list[LawCase]:
        """The cases that fail before anything is changed: they notice nothing."""
        return self._orders.failing

    def targets(self, only: str = "", *, known: bool = False) -> list[tuple[PolicyFile, Mutant]]:
        """Every mutant of the rules and general licenses whose id has the text."""
        return [
            (file, mutant)
            for file, data in self._entries
            if only in file.id
            for mutant in mutants(data, file.kind, known=known)
        ]

    def judge(self, target: tuple[PolicyFile, Mutant], patience: float = PATIENCE) -> Verdict:
        """Whether a case notices the mutant; a pack that the reader refuses is noticed."""
        file, mutant = target
        noticed, by, seen = False, "", 0
        try:
            changed = self._standing.exchanged(self._otherwise(file, mutant.data))
        except (PolicyError, ValueError) as error:
            return Verdict(
                file.id, mutant.what, noticed=True, by=f"the reader: {type(error).__name__}", sort=mutant.sort
            )
        try:
            with _at_most(patience):
                orders = self._orders.that_see(changed)
                seen = len(orders)
                found = next((n for n in orders if self._orders.notices(n, changed)), None)
            if found is not None:
                noticed, by = True, self._orders.asked[found].case.id
        except _TooLongError:
            by = "out of time"
        return Verdict(file.id, mutant.what, noticed=noticed, by=by, seen=seen, sort=mutant.sort)

    def _otherwise(self, file: PolicyFile, data: Any) -> list[Rule]:
        """The rules that the changed file makes others, and none besides.

        Raises `PolicyError` where the reader refuses it.
        """
        findings: list[Finding] = []
        node = Node(data, file.shown, None, findings)
        if file.kind == "rule":
            read = [rule(node, file.id, self._inventory)]
        else:
            read = self._of_license(self._inventory.general_licenses[file.id], node, findings)
        if has_errors(findings):
            raise PolicyError(findings)
        stood = self._standing.rules
        texts = {found.text for found in read if found.text is not None}
        if texts:
            rules = {**stood, **{found.id: found for found in read}}
            read = superseded([found for found in rules.values() if found.text in texts or found in read])
        return [found for found in read if found != stood[found.id]]

    def _of_license(self, license_: GeneralLicense, node: Node, findings: list[Finding]) -> list[Rule]:
        """The rules whose periods are those of a general license, as its changed text has them."""
        changed = replace(license_, timeline=general_license_timeline(node))
        licenses = {**self._inventory.general_licenses, license_.id: changed}
        inventory = Inventory(
            vocabulary=self._inventory.vocabulary,
            words=self._inventory.words,
            rules=self._inventory.rules,
            general_licenses=licenses,
        )
        of_it = [found.id for found in self._standing.rules.values() if found.general_license == license_.id]
        return [rule(Node(self._data["rule", name], name, None, findings), name, inventory) for name in of_it]


def _cases(data: dict[PolicyFile, Any], examples: Path | None) -> Iterator[LawCase]:
    for file, entry in data.items():
        if file.kind == "cases":
            yield from cases_in(entry, file.id, file.shown, examples)


# --- time ------------------------------------------------------------------------------------------------------------


class _TooLongError(BaseException):
    """A change takes too long. No plain exception: those are taken for the failing of a rule."""


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raises `_TooLongError` when the time is over, where the system has such an alarm."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def over(*_: object) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# --- many of them ----------------------------------------------------------------------------------------------------

#: What the processes share: they are forked from the one that has judged the cases.
_shared: list[tuple[Workbench, Sequence[tuple[PolicyFile, Mutant]], float]] = []


def _judge(number: int) -> Verdict:
    bench, targets, patience = _shared[-1]
    return bench.judge(targets[number], patience)


def judged(
    bench: Workbench, targets: Sequence[tuple[PolicyFile, Mutant]], jobs: int, patience: float = PATIENCE
) -> Iterator[Verdict]:
    """The verdicts on the targets, in their order; in this process where there can be no other."""
    done = 0
    if jobs > 1 and "fork" in multiprocessing.get_all_start_methods():
        _shared.append((bench, targets, patience))
        gc.collect()
        gc.freeze()
        try:
            with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("fork")) as pool:
                for verdict in pool.map(_judge, range(len(targets)), chunksize=8):
                    done += 1
                    yield verdict
        except (BrokenProcessPool, OSError) as error:
            sys.stderr.write(f"a process cannot go on ({error}); the rest is done by one\n")
        finally:
            _shared.pop()
            gc.unfreeze()
    for target in targets[done:]:
        yield bench.judge(target, patience)


def score(folder: Path, examples: Path | None, *, only: str = "", jobs: int = 2) -> list[Verdict]:
    """The verdict on every mutant of a pack."""
    bench = Workbench(folder, examples)
    return list(judged(bench, bench.targets(only), jobs))


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


# --- the summary -----------------------------------------------------------------------------------------------------


def summary(verdicts: Sequence[Verdict], of: int) -> str:
    """The score by folder, by what was changed, and of all; with its error where the verdicts are a sample of more."""
    noticed = sum(v.noticed for v in verdicts)
    bar = f" ± {100 * error_of(_share(verdicts), len(verdicts), of):.1f}" if len(verdicts) < of else ""
    lines = [
        *_by("folder", verdicts, lambda verdict: verdict.file.partition("/")[0]),
        *_by("changed", verdicts, lambda verdict: verdict.sort),
        f"{noticed} of {len(verdicts)} mutants noticed: {100 * _share(verdicts):.1f}{bar} %",
    ]
    return "\n".join(lines) + "\n"


def _by(title: str, verdicts: Sequence[Verdict], group: Callable[[Verdict], str]) -> Iterator[str]:
    """A small table of the score by group."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault(group(verdict), []).append(verdict)
    wide = max(map(len, (title, *groups)))
    yield f"{title:<{wide}}  mutants  noticed"
    for name, found in sorted(groups.items()):
        yield f"{name:<{wide}}  {len(found):>7}  {100 * _share(found):>5.1f} %"
    yield ""


def _share(verdicts: Sequence[Verdict]) -> float:
    return sum(v.noticed for v in verdicts) / len(verdicts) if verdicts else 0.0


def error_of(share: float, sample: int, population: int) -> float:
    """Half the width of the interval that has the true share in 95 of 100 samples (Agresti and Coull; finite)."""
    if sample >= population:
        return 0.0
    counted = sample + 4
    middle = (share * sample + 2) / counted
    return 2 * math.sqrt(middle * (1 - middle) / counted * (population - sample) / (population - 1))


def _unnoticed(verdict: Verdict) -> str:
    late = ", not all in time" if verdict.by else ""
    return f"unnoticed: {verdict.file}: {verdict.what} (seen by {verdict.seen} cases{late})\n"


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mutate", description="the share of changes to the law that a case notices")
    parser.add_argument("pack", nargs="?", type=Path, default=policies_dir() / "us_ear")
    parser.add_argument("--examples", type=Path, default=examples_dir())
    parser.add_argument("--only", default="", help="only rules whose id has this text")
    parser.add_argument("--beside", action="store_true", help="judge only the cases beside these rules: a quick look")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="only so many changes, drawn at random")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="which sample: the same seed draws the same")
    parser.add_argument("--known", action="store_true", help="move the days of filing and publication, too")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--patience", type=float, default=PATIENCE, metavar="S", help="seconds for one change")
    parser.add_argument("--at-least", type=float, default=0.0, help="the least score in percent")
    parser.add_argument("--equivalents", type=Path, default=Path("tests/equivalent_mutants.txt"))
    parser.add_argument("--list", action="store_true", help="name every mutant that no case noticed")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the score; 1 where it is below what is asked, where a case fails, or where an equivalent is none."""
    given = _arguments(argv)
    put: Callable[[str], Any] = sys.stdout.write
    began = time.monotonic()
    spared = equivalents(given.equivalents)
    bench = Workbench(given.pack, given.examples, cases_of=given.only if given.beside else "")
    targets = bench.targets(given.only, known=given.known)
    counted = [target for target in targets if _name(target) not in spared]
    whole = not given.sample or given.sample >= len(counted)
    chosen = counted if whole else _drawn(counted, given.sample, given.seed)
    ready = time.monotonic()
    verdicts: list[Verdict] = []
    for verdict in judged(bench, chosen, given.jobs, given.patience):
        verdicts.append(verdict)
        if given.list and not verdict.noticed:
            put(_unnoticed(verdict))
    false = [v for v in judged(bench, [t for t in targets if _name(t) in spared], 1) if v.noticed] if whole else []
    for verdict in false:
        put(f"said to change nothing, and `{verdict.by}` notices it: {verdict.file}: {verdict.what}\n")
    if bench.failing:
        put(f"{len(bench.failing)} cases fail as the law stands and notice nothing, such as {bench.failing[0].id}\n")
    put(summary(verdicts, len(counted)))
    took = f"{ready - began:.0f} s to judge the cases, {time.monotonic() - ready:.0f} s for the changes"
    put(f"known to change nothing: {len(targets) - len(counted)}; {took}\n")
    short = 100 * _share(verdicts) < given.at_least
    return 1 if short or false or bench.failing else 0


def _name(target: tuple[PolicyFile, Mutant]) -> str:
    return f"{target[0].id}: {target[1].what}"


def _drawn(targets: Sequence[tuple[PolicyFile, Mutant]], size: int, seed: int) -> list[tuple[PolicyFile, Mutant]]:
    places = random.Random(seed).sample(range(len(targets)), size)  # noqa: S311  # no secret: a sample to come back
    return [targets[place] for place in sorted(places)]


if __name__ == "__main__":
    sys.exit(main())
