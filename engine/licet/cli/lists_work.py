"""What the commands of `licet lists` share: the store they work on, and what they say at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.cli.codes import BAD, FAILED, GO, worst
from licet.cli.common import finding, put_data, put_findings, refuse
from licet.cli.lists_config import FORMAT
from licet.cli.options import DataFormat
from licet.cli.terminal import put
from licet.findings import Finding, Severity
from licet.text import quoted

if TYPE_CHECKING:
    from licet.cli.lists_get import Got
    from licet.lists.store import Store, Version

_MOST_FINDINGS = 20  # of one file; the count says how many more there are
Lines = Iterable[str]


class NothingError(Exception):
    """What was asked for is not there; the finding says what may have been meant."""

    def __init__(self, found: Finding) -> None:
        self.finding = found
        super().__init__(found.message)


def with_store(folder: Path | None, output: DataFormat, work: Callable[[Store], int]) -> int:
    """The exit code of some work on the store in a folder."""
    from licet.lists.store import Store, StoreError
    from licet.policy.load import PolicyError

    try:
        return work(Store(folder))
    except PolicyError as error:
        return refused(error.findings, output)
    except NothingError as error:
        return refused([error.finding], output)
    except StoreError as error:
        refused([finding("lists", "store", str(error))], output)
        return FAILED


def refused(findings: Sequence[Finding], output: DataFormat) -> int:
    """The exit code of bad input, after saying what is wrong with it."""
    refuse(findings, data=output is DataFormat.JSON, path="lists")
    return BAD


def put_out(output: DataFormat, data: dict[str, Any], lines: Callable[[], Lines]) -> int:
    """The exit code of what went well, after showing it as data or as lines."""
    if output is DataFormat.JSON:
        put_data({"format": FORMAT, **data})
    else:
        put("".join(f"{line}\n" for line in lines()))
    return GO


def told(got: Sequence[Got], output: DataFormat) -> int:
    """What came of imports, said; the worst of their exit codes."""
    from licet.cli.lists_get import as_data
    from licet.cli.lists_shown import version_text

    if output is DataFormat.JSON:
        put_data({"format": FORMAT, "sources": [as_data(one) for one in got]})
        return worst(one.code for one in got)
    for one in got:
        _put_most(one)
        said = {"kept": "kept", "unchanged": "unchanged, in use", "refused": "refused", "failed": "not fetched"}
        put(f"{one.source or 'list'}: {said[one.outcome]}")
        version = None if one.imported is None else one.imported.version
        in_use = "; in use is " if version is not None and one.outcome == "refused" else ": " if version else ""
        put(in_use + ("" if version is None else "\n".join(version_text(version))) + "\n")
    return worst(one.code for one in got)


def _put_most(one: Got) -> None:
    """The worst of what is wrong with rows, and then all that the canaries say."""
    judged = () if one.imported is None else one.imported.findings
    rows = [found for found in one.findings if found not in judged]
    shown = sorted(rows, key=lambda found: list(Severity).index(found.severity))[:_MOST_FINDINGS]
    put_findings(shown, lambda _: None)
    if len(rows) > len(shown):
        put(f"({len(rows) - len(shown)} more findings)\n", sys.stderr)
    put_findings(judged, lambda _: None)


def versions_of(store: Store, ids: Sequence[str]) -> list[Version]:
    """The versions of those numbers or digests. Raises `NothingError`."""
    found = [(id_, store.version(id_)) for id_ in ids]
    for id_, version in found:
        if version is None:
            known = [str(v.number) for v in store.versions()]
            hint = f"versions: {', '.join(known[-10:])}" if known else "import one first: `licet lists import`"
            raise NothingError(finding("lists", "unknown-version", f"there is no version {quoted(id_)}", hint))
    return [version for _, version in found if version is not None]


def chosen_of(store: Store, version: str | None) -> list[Version]:
    """The version asked for, or those in use. Raises `NothingError`."""
    if version is not None:
        return versions_of(store, [version])
    sources = dict.fromkeys(v.source for v in store.versions())
    found = [current for source in sources if (current := store.current(source)) is not None]
    if not found:
        hint = "import one first: `licet lists import FILE` or `licet lists update`"
        raise NothingError(finding("lists", "no-lists", "the store has no list", hint))
    return found
