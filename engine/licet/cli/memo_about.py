"""What a memo says about the law itself: how current and complete its lists and tables are, and who reviewed it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from licet.cli import words
from licet.cli.law import Law
from licet.decision.model import LineDecision, RegimeDecision

_OF_A_LIST = re.compile(r"party list `(\w+)`(?:: | is )")


def about_points(regime: RegimeDecision, law: Law) -> Iterator[str]:
    """What is said of the lists, each list once and by its title, what else there is, and who reviewed the rules."""
    lists: dict[str, list[str]] = {}
    for notice in regime.notices:
        found = _OF_A_LIST.match(notice.message)
        if found:
            lists.setdefault(found[1], []).append(notice.message[found.end() :])
        else:
            yield words.plain(notice.message.replace("`", ""))
    for name, said in lists.items():
        yield f"{words.plain(law.list_title(name))}: {words.plain('; '.join(said))}"
    by = reviewers(regime.lines)
    if len(by) == 1:
        yield f"every rule that spoke was reviewed by {words.name(*by)}"


def reviewers(lines: Iterable[LineDecision]) -> set[str]:
    """Those who reviewed the rules that spoke."""
    return {source.reviewed_by for line in lines for source in line.sources}
