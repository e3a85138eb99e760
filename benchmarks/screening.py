"""How well names are met and how fast, beside other matchers in the same run.

Run `python benchmarks/screening.py [--quick] [--data FOLDER] [--only NAME] [--part pairs|list|speed|thresholds]`.

The labelled names and the list lie beside the checkout and are not shipped: without them there is nothing to measure.
`pip install rapidfuzz nomenklatura` for the peers; one that is missing is named. Figures of quality hang on no machine;
those of speed are ratios within one run.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import platform
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
for _folder in (ROOT, ROOT / "engine"):
    if str(_folder) not in sys.path:
        sys.path.insert(0, str(_folder))

if TYPE_CHECKING:
    from licet.names import Named, NameIndex

BESIDE = ROOT.parent / "shared" / "data"
TYPOS, GENERATED = "dnb_typos", "nk_synth_companies"
UNLIKE = "different-name"  # aliases that share nothing with the name: no comparison of names finds them
OURS = "licet"
FALSE = 0.02  # of aliases: the share of false pairs that may be taken
ALERTS = 0.01  # of innocents, at the level of a list
TOP = 50  # what a peer without an index of its own gets to score, of our candidates
THRESHOLDS = (0.62, 0.66, 0.70, 0.74, 0.76, 0.80, 0.84, 0.88, 0.92, 0.95)
COUNTRIES = ("CN", "RU", "AE", "US")

Scorer = Callable[[str, str], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """A way to compare two names, and the score from which on its authors call them the same."""

    name: str
    score: Scorer
    default: float
    scan: bool = False  # it can be held against every name of a list in bearable time


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What is measured: labelled pairs, aliases, variants of listed names, innocent names, the lists."""

    pairs: list[dict[str, str]]
    aliases: list[dict[str, str]]
    variants: list[dict[str, Any]]
    innocents: list[str]
    listed: list[Named]
    everything: list[Named]
    targets: dict[str, set[str]] = field(default_factory=dict)


def main() -> int:
    """Print the tables; 1 where there is no data."""
    options = _options()
    data = _data(options.data, 12 if options.quick else 1)
    if data is None:
        print(f"no labelled names in {options.data.name}: nothing to measure", file=sys.stderr)
        return 1
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    matchers = [matcher for matcher in _matchers() if options.only in matcher.name]
    index = _index(data.listed)
    if options.part in {"all", "pairs"}:
        _show(_pairs(data.pairs, matchers))
        _show(_aliases(data.aliases, matchers))
    if options.part in {"all", "list"}:
        _show(_list_level(data, matchers, index))
    if options.part in {"all", "thresholds"}:
        _show(_thresholds(data, index))
    if options.part in {"all", "speed"}:
        _show(_speed(data))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="names met by licet and by others")
    parser.add_argument("--quick", action="store_true", help="one name in twelve: to see that all of it works")
    parser.add_argument("--data", type=Path, default=BESIDE, help="the folder with `names` and `csl`")
    parser.add_argument("--only", default="", metavar="NAME", help="only matchers whose name has this in it")
    parser.add_argument(
        "--part", choices=["all", "pairs", "list", "thresholds", "speed"], default="all", help="one table of it"
    )
    return parser.parse_args()


def _data(folder: Path, every: int) -> Data | None:
    names, listed = folder / "names", folder / "csl" / "consolidated.csv"
    if not names.is_dir() or not listed.is_file():
        return None
    everything, entity_list = _entries(listed)
    variants = _lines(names / "variants_dev.jsonl")[::every]
    by_name: dict[str, set[str]] = {}
    for entry in entity_list:
        by_name.setdefault(entry.names[0], set()).add(entry.key)
    return Data(
        pairs=_lines(names / "pairs_dev.jsonl"),
        aliases=_lines(names / "entity_list_aliases_dev.jsonl")[::every],
        variants=variants,
        innocents=(names / "innocent_companies_dev.txt").read_text(encoding="utf-8").strip().split("\n")[::every],
        listed=entity_list,
        everything=everything,
        targets={row["query"]: set().union(*(by_name.get(n, set()) for n in row["target_names"])) for row in variants},
    )


def _lines(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]


def _entries(file: Path) -> tuple[list[Named], list[Named]]:
    """All entries of the list, and those of the Entity List; read as plainly as can be."""
    from licet.names import Named

    found, of_entity_list = [], []
    with file.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            others = [other.strip() for other in row["alt_names"].split(";")]
            addresses = [one.strip() for one in row["addresses"].split(";")]
            countries = {one[-2:] for one in addresses if re.fullmatch(r"(?:.*, )?[A-Z]{2}", one)}
            entry = Named(
                key=row["_id"],
                names=(row["name"], *filter(None, others)),
                countries=tuple(sorted(countries)),
                addresses=tuple(one for one in addresses if "," in one),
            )
            found.append(entry)
            if row["source"].startswith("Entity List"):
                of_entity_list.append(entry)
    return found, of_entity_list


def _index(entries: Sequence[Named], floor: float = 0.5) -> NameIndex:
    """An index that tells everything it meets, however little alike."""
    from licet.names import NameIndex, Settings

    return NameIndex(entries, Settings(possible_agrees=floor, possible_unknown=floor, possible_differs=floor))


# --- matchers --------------------------------------------------------------------------------------------


def _matchers() -> list[Matcher]:
    """Ours and the peers that are here; what is missing is told."""
    from licet.names import DEFAULT, compare

    found = [Matcher(name=OURS, score=lambda a, b: compare(a, b).score, default=DEFAULT.possible_unknown)]
    for make in (_rapidfuzz, _nomenklatura):
        try:
            found += make()
        except ImportError as error:
            print(f"  not installed: {error}")
    return found


def _rapidfuzz() -> list[Matcher]:
    from rapidfuzz import fuzz
    from rapidfuzz.utils import default_process

    return [
        Matcher(
            name=f"rapidfuzz {scorer.__name__}",
            score=lambda a, b, scorer=scorer: scorer(a, b, processor=default_process) / 100,  # type: ignore[misc]
            default=default,
            scan=True,
        )
        for scorer, default in ((fuzz.WRatio, 0.86), (fuzz.token_set_ratio, 0.90))
    ]


def _nomenklatura() -> list[Matcher]:
    model: Any = importlib.import_module("followthemoney").model
    algorithm: Any = importlib.import_module("nomenklatura.matching").get_algorithm("logic-v2")
    config = algorithm.default_config()
    made: dict[str, Any] = {}

    def entity(name: str) -> Any:
        if name not in made:
            made[name] = model.make_entity("Company")
            made[name].id = f"n{len(made)}"
            made[name].add("name", name)
        return made[name]

    def score(a: str, b: str) -> float:
        return float(algorithm.compare(entity(a), entity(b), config).score)

    return [Matcher(name="nomenklatura logic-v2", score=score, default=0.7)]


# --- pairs -----------------------------------------------------------------------------------------------


def _measures(scored: Iterable[tuple[float, bool]], at: float) -> tuple[float, float, float]:
    """Precision, recall and F1 from a score on."""
    rows = list(scored)
    taken = [same for score, same in rows if score >= at]
    true, all_true = sum(taken), sum(same for _, same in rows)
    precision, recall = true / max(len(taken), 1), true / max(all_true, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def _pairs(rows: Sequence[dict[str, str]], matchers: Sequence[Matcher]) -> list[Sequence[str]]:
    """Precision / recall / F1 of each matcher at its default, by kind of pair."""
    sets: dict[str, list[dict[str, str]]] = {
        "all": list(rows),
        "less typo and LLM groups": [row for row in rows if row["group"] not in {TYPOS, GENERATED}],
    }
    for row in rows:
        sets.setdefault(f"kind: {row['kind']}", []).append(row)
    head = ("pairs: P / R / F1 at its default", "pairs", *(f"{m.name} {m.default:.2f}" for m in matchers))
    table: list[Sequence[str]] = [head]
    scores = {m.name: {row["id"]: m.score(row["query"], row["candidate"]) for row in rows} for m in matchers}
    for name, part in sets.items():
        cells = []
        for matcher in matchers:
            scored = [(scores[matcher.name][row["id"]], row["expected"] == "match") for row in part]
            cells.append(" / ".join(f"{value:.3f}" for value in _measures(scored, matcher.default)))
        table.append((name, str(len(part)), *cells))
    return table


def _aliases(rows: Sequence[dict[str, str]], matchers: Sequence[Matcher]) -> list[Sequence[str]]:
    """The share of published aliases that each matcher meets where it takes two false pairs in a hundred."""
    true = [row for row in rows if row["expected"] == "match"]
    false = [row for row in rows if row["expected"] != "match"]
    kinds = sorted({row["kind"] for row in true})
    table: list[list[str]] = [[f"aliases: recall at {FALSE:.0%} false pairs", "pairs"]]
    parts = [("all", true), (f"less `{UNLIKE}`", [row for row in true if row["kind"] != UNLIKE])]
    parts += [(f"kind: {kind}", [row for row in true if row["kind"] == kind]) for kind in kinds]
    table += [[name, str(len(part))] for name, part in parts]
    for matcher in matchers:
        at = _at(sorted((matcher.score(row["query"], row["candidate"]) for row in false), reverse=True), FALSE)
        met = {id(row): matcher.score(row["query"], row["candidate"]) > at for row in true}
        table[0].append(f"{matcher.name} > {at:.2f}")
        for line, (_, part) in zip(table[1:], parts, strict=True):
            line.append(f"{sum(met[id(row)] for row in part) / max(len(part), 1):.3f}")
    return list(table)


def _at(falling: Sequence[float], share: float) -> float:
    """The score above which no more than that share lies."""
    return falling[int(share * len(falling))] if falling else 1.0


# --- a list ----------------------------------------------------------------------------------------------


def _list_level(data: Data, matchers: Sequence[Matcher], index: NameIndex) -> list[Sequence[str]]:
    """The share of variants that find their entry where one innocent in a hundred raises an alert."""
    operations = sorted({row["operation"] for row in data.variants})
    table: list[list[str]] = [[f"list: recall at {ALERTS:.0%} alerts"], ["all"], *([name] for name in operations)]
    for matcher in matchers:
        look = _looker(matcher, index)
        innocent = sorted((max(look(name).values(), default=0.0) for name in data.innocents), reverse=True)
        at = _at(innocent, ALERTS)
        met: dict[str, list[bool]] = {name: [] for name in operations}
        for row in data.variants:
            found = look(row["query"])
            best = max((found.get(key, 0.0) for key in data.targets[row["query"]]), default=0.0)
            met[row["operation"]].append(best > at)
        table[0].append(f"{matcher.name} > {at:.2f}")
        everything = [one for part in met.values() for one in part]
        for line, part in zip(table[1:], (everything, *met.values()), strict=True):
            line.append(f"{sum(part) / len(part):.3f}")
    return list(table)


def _looker(matcher: Matcher, index: NameIndex) -> Callable[[str], dict[str, float]]:
    """What finds entries by name: our index; a scan of all names; or the matcher on our nearest candidates."""
    if matcher.name == OURS:
        return lambda name: {match.key: match.score for match in index.search(name).matches}
    rows = [(entry.key, name) for entry in index.entries for name in entry.names]
    if matcher.scan:
        return _scan(matcher, rows)

    def nearest(name: str) -> dict[str, float]:
        from licet.names.prepare import prepared

        near, estimates = index.rows.postings.rows(prepared(name), 0.3)
        chosen = [near[n] for n in (-estimates).argsort(kind="stable")[:TOP]]
        return _best((rows[row][0], matcher.score(name, rows[row][1])) for row in chosen)

    return nearest


def _scan(matcher: Matcher, rows: Sequence[tuple[str, str]]) -> Callable[[str], dict[str, float]]:
    from rapidfuzz import fuzz, process
    from rapidfuzz.utils import default_process

    scorer = getattr(fuzz, matcher.name.partition(" ")[2])
    listed = [default_process(name) for _, name in rows]

    def scan(name: str) -> dict[str, float]:
        scores = process.cdist([default_process(name)], listed, scorer=scorer)[0].tolist()
        return _best((key, score / 100) for (key, _), score in zip(rows, scores, strict=True))

    return scan


def _best(scored: Iterable[tuple[str, float]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for key, score in scored:
        found[key] = max(score, found.get(key, 0.0))
    return found


def _thresholds(data: Data, index: NameIndex) -> list[Sequence[str]]:
    """What each threshold takes: of true variants, of innocents anywhere, and of innocents were all in one country."""
    countries = {entry.key: entry.countries for entry in index.entries}
    found = [(index.search(row["query"]).matches, data.targets[row["query"]]) for row in data.variants]
    true = [max((match.score for match in matches if match.key in keys), default=0.0) for matches, keys in found]
    alerts = [[(match.score, countries[match.key]) for match in index.search(name).matches] for name in data.innocents]
    head = ("from", "true variants", "innocents", *(f"all in {country}" for country in COUNTRIES))
    table: list[Sequence[str]] = [head]
    for at in THRESHOLDS:
        anywhere = sum(any(score >= at for score, _ in one) for one in alerts)
        agreeing = [
            sum(any(score >= at and country in listed for score, listed in one) for one in alerts)
            for country in COUNTRIES
        ]
        shares = (sum(score >= at for score in true) / len(true), *(n / len(alerts) for n in (anywhere, *agreeing)))
        table.append((f"{at:.2f}", *(f"{share:.2%}" for share in shares)))
    return table


# --- speed -----------------------------------------------------------------------------------------------


def _speed(data: Data) -> list[Sequence[str]]:
    """How long an index takes to build, save and load, and a name to look up; names never asked before."""
    names = [row["query"] for row in data.variants] + data.innocents
    random.Random(1).shuffle(names)  # neither kind first
    head = (
        "speed",
        "entries",
        "names",
        "build s",
        "load s",
        "MB",
        "names/s",
        "names/CPU s",
        "p50 ms",
        "p99 ms",
        "scan ms",
    )
    return [
        head,
        ("Entity List", *_one_speed(data.listed, names)),
        ("whole list", *_one_speed(data.everything, names)),
    ]


def _one_speed(entries: Sequence[Named], names: Sequence[str]) -> list[str]:
    from benchmarks.measure import once, pace
    from licet.names import NameIndex
    from licet.names.prepare import prepared

    index, build = once(lambda: NameIndex(entries))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "names"
        index.save(file, "benchmark")
        size = file.stat().st_size
        loaded, load = once(lambda: NameIndex.load(file, "benchmark"))
    if loaded is None:
        raise RuntimeError("what was saved cannot be loaded")
    prepared.cache_clear()
    loaded.search("海康威视 warm up")  # the tables of words are read once for all
    before = time.process_time()
    found = pace(loaded.search, names)
    busy = time.process_time() - before
    listed = [name for entry in entries for name in entry.names]
    return [
        f"{len(entries):,}",
        f"{len(listed):,}",
        f"{build / 1000:.1f}",
        f"{load / 1000:.2f}",
        f"{size / 1e6:.0f}",
        f"{found.rate:,.0f}",
        f"{found.calls / busy:,.0f}",
        f"{found.p50 / 1000:.2f}",
        f"{found.p99 / 1000:.2f}",
        _scan_time(listed),
    ]


def _scan_time(listed: Sequence[str]) -> str:
    """The milliseconds of one scan with rapidfuzz `token_set_ratio`, to compare with."""
    from benchmarks.measure import once

    try:
        from rapidfuzz import fuzz, process
    except ImportError:
        return "-"
    return f"{once(lambda: process.cdist(['huawei tech co'], listed, scorer=fuzz.token_set_ratio))[1]:.0f}"


def _show(table: Sequence[Sequence[str]]) -> None:
    from benchmarks.tables import pairs

    print("\n" + pairs([(row[0], row[1:]) for row in table]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
