"""How fast licet is, beside other engines in the same run.

Run `make bench`, or `python benchmarks/bench.py [--rules 10,100,300] [--quick] [--json FILE] [--only NAME]`.

Every engine gets the same generated policies and the same cases, and its answers are checked. `new` are cases never
seen before, `seen` come from a stream of which one in a hundred is distinct: licet remembers verdicts, the others do
not. Then the pack `us_ear` is put to an order book. Figures hang on the machine and on what else it does: compare them
as ratios within one run. The peers are installed with `pip install -e '.[bench]'`; one that is missing is named.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from benchmarks.generated import Absent, Row
    from benchmarks.peers import Contender

SIZES = "10,100,300,1000,3000"
QUICK_SIZES = "10,100"


def main() -> int:
    """Print the tables; 1 where an answer is wrong."""
    options = _options()
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    found = _generated(options) if options.part in {"all", "generated"} else []
    told = _real_pack(options) if options.part in {"all", "real"} else {}
    if options.json:
        _write(options.json, found, told)
    wrong = [row for row in found if getattr(row, "wrong", False)]
    for row in wrong:
        print(f"{row.name}, {row.rules} rules: {getattr(row, 'reason', '')}", file=sys.stderr)
    return 1 if wrong else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="licet beside other engines")
    parser.add_argument("--rules", help=f"the sizes of the policies ({SIZES}; with --quick {QUICK_SIZES})")
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds, cases and orders: to see that all of it works"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--only", default="", metavar="NAME", help="only engines whose name has this in it")
    parser.add_argument("--part", choices=["all", "generated", "real"], default="all", help="one half of it")
    options = parser.parse_args()
    options.sizes = [int(size) for size in (options.rules or (QUICK_SIZES if options.quick else SIZES)).split(",")]
    return options


def _contenders(options: argparse.Namespace) -> Sequence[Contender]:
    """The engines there are, after naming them, and those that there are not."""
    from benchmarks import ours
    from benchmarks.peers import peers

    found, missing = peers(options.only)
    contenders = [*(one for one in ours.contenders() if options.only in one.name), *found]
    print("\nengines: " + ", ".join(f"{one.name} {one.version}" for one in contenders))
    for name, reason in missing:
        print(f"  {name}: {reason}")
    return contenders


def _generated(options: argparse.Namespace) -> list[Row | Absent]:
    from benchmarks import fours, tables
    from benchmarks.generated import Effort, compare

    effort = Effort(rounds=3, cases=200, seconds=0.1, sample=20) if options.quick else Effort()
    contenders = _contenders(options)
    found: list[Row | Absent] = []
    for rules in options.sizes:
        rows = compare(rules, contenders, effort)
        found += rows
        print("\n" + tables.figures(rules, rows), flush=True)
    for what in ("fresh", "warm"):
        print("\n" + tables.cost(found, what))
    print("\n" + tables.ratios(found, contenders))
    if options.only in "licet":
        at = min(options.sizes, key=lambda size: abs(size - tables.RATIO_AT))
        print("\n" + tables.pairs(fours.figures(at, effort.cases)))
    return found


def _real_pack(options: argparse.Namespace) -> dict[str, dict[str, str]]:
    from benchmarks import ours, real_pack, tables

    quick = real_pack.Effort(orders=300, seconds=2.0, listings=(0, 1_000), many=20_000)
    effort = quick if options.quick else real_pack.Effort()
    backends = ours.backends()
    real_pack.check(backends)
    told = {
        backend: dict(real_pack.figures(backend, effort)) | dict(real_pack.four_cases(backend, effort))
        for backend in backends
    }
    names = list(told["reference"])
    rows = [
        ("the pack us_ear and an order book", backends),
        *((name, [told[backend][name] for backend in backends]) for name in names),
    ]
    print("\n" + tables.pairs(rows), flush=True)
    grown = real_pack.growth(backends[-1], effort)
    print("\n" + tables.pairs(grown))
    told["listings"] = {name: ", ".join(values) for name, values in grown}
    return told


def _write(file: Path, found: list[Row | Absent], told: dict[str, dict[str, str]]) -> None:
    import msgspec

    data = {"python": platform.python_version(), "generated": found, "us_ear": told}
    file.write_bytes(msgspec.json.format(msgspec.json.encode(data)))


if __name__ == "__main__":
    sys.exit(main())
