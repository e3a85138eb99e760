"""How common words are in names of firms and people: writes data/commonness.tsv from registers of names.

`python -m licet.names.commonness REGISTER… > engine/licet/names/data/commonness.tsv`, each a file of one name a line.
Only words of many names are kept, so that no single name leaves a trace.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from licet.names.prepare import prepare

#: A word must stand in that many names to be kept.
LEAST: Final = 8
#: Every register counts as if it had that many names, so that a long one does not drown the others.
NAMES: Final = 100_000


def counted(registers: Iterable[Iterable[str]]) -> tuple[int, Counter[str]]:
    """How many names there are, and in how many of them each word stands, every register scaled to `NAMES`."""
    total: Counter[str] = Counter()
    size = 0
    for register in registers:
        names = sorted({name.strip() for name in register if name.strip()})
        counts = Counter(word for name in names for word in {word.text for word in prepare(name).words})
        kept = {word: count for word, count in counts.items() if count >= LEAST and not word.isdigit() and word}
        for word, count in kept.items():
            total[word] += round(count * NAMES / len(names))
        size += NAMES
    return size, total


def main(arguments: list[str]) -> None:
    """Print the table, the most common word first."""
    size, counts = counted(Path(name).read_text(encoding="utf-8").splitlines() for name in arguments)
    lines = ["# names counted (*), and in how many of them a word stands; made by licet.names.commonness", f"*\t{size}"]
    lines += [f"{word}\t{count}" for word, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
