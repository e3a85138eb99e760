"""What the commands share: loading packs, and printing findings and data."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from licet.cli.terminal import put, put_bytes
from licet.findings import Finding, render_text
from licet.text import quoted

if TYPE_CHECKING:
    from licet.evaluator import Evaluator
    from licet.policy.model import Pack

FINDINGS_FORMAT = "licet-findings-1"
_MOST_SHOWN = 5_000_000  # bytes of a file read again for its excerpts


class UsageError(Exception):
    """The command line asks for what cannot be had; the text says what."""


def finding(path: str, code: str, message: str, help: str | None = None) -> Finding:
    """A finding about a file as a whole."""
    return Finding(code=code, message=message, path=path, line=1, column=1, help=help)


def packs_in(folders: Sequence[Path] | None) -> list[Path]:
    """The packs in the folders, each once; without folders those that come with licet.

    Raises `PolicyError` for a folder that is missing or has no pack.
    """
    from licet.policy.load import PolicyError
    from licet.resources import pack_folders, policies_dir

    found: dict[Path, Path] = {}
    bad: list[Finding] = []
    for folder in folders or [policies_dir()]:
        packs = pack_folders(folder) if folder.is_dir() else []
        if not packs:
            what = "has no pack in it" if folder.is_dir() else "is not a folder"
            hint = "a pack is a folder with a `pack.yaml`"
            bad.append(finding(str(folder), "no-pack", f"{quoted(folder)} {what}", hint))
        found.update({pack.resolve(): pack for pack in packs})
    names = [path.name for path in found]
    bad += [
        finding(str(pack), "pack-twice", f"two packs have the name {quoted(path.name)}", "give one of them only")
        for path, pack in found.items()
        if names.count(path.name) > 1
    ]
    if bad:
        raise PolicyError(bad)
    return list(found.values())


class ListsWanted(NamedTuple):
    """Which official lists count: of a store (None: the user's own; `none`: no lists), and which of its versions.

    A version may have beside it the day on which its source was last asked, as a decision names it.
    """

    store: str | None = None
    versions: Mapping[str | int, date | None] = {}
    adjudicated: str | None = None  # the digest of adjudications made before


def wanted(store: str | None, versions: Iterable[str] | None) -> ListsWanted:
    """The official lists that the options of a command ask for."""
    return ListsWanted(store, dict.fromkeys(versions or ()))


#: No official lists.
NO_LISTS = ListsWanted("none")


def load_evaluator(
    folders: Sequence[Path] | None,
    backend: str = "auto",
    lists: ListsWanted = NO_LISTS,
    *,
    regime: str = "all",
    only: Collection[str] = (),
) -> Evaluator:
    """The evaluator of the packs in the folders, with the official lists that are wanted.

    They judge by the packs of a `regime` and of those that it asks, or `only` by those of these names, where any is
    given; orders may use the words of all.

    Raises `PolicyError` with the findings of every pack that cannot be used, and `UsageError` for a backend or a list
    store that cannot be used here.
    """
    from licet.evaluator import Evaluator, stored
    from licet.infer.choose import BackendUnavailableError
    from licet.lists.database import StoreError
    from licet.policy.cache import default_cache, load_pack
    from licet.policy.load import PolicyError

    packs = []
    bad: list[Finding] = []
    for folder in packs_in(folders):
        try:
            packs.append(load_pack(folder, default_cache()))
        except PolicyError as error:
            bad += error.findings
    if bad:
        raise PolicyError(bad)
    judging = [pack for pack in packs if not only or pack.manifest.id in only]
    judging = judging if regime == "all" else _of_regime(judging, regime)
    names = {pack.manifest.id for pack in judging}
    known = [pack for pack in packs if pack.manifest.id not in names]
    try:
        fed = None if lists.store == "none" else stored(judging, lists.store or True, lists.versions, lists.adjudicated)
        return Evaluator(judging, backend=backend, lists=fed, cache=default_cache(), known=known)
    except (BackendUnavailableError, StoreError, ValueError) as error:
        raise UsageError(str(error)) from None


def _of_regime(packs: Sequence[Pack], regime: str) -> list[Pack]:
    from licet.regimes import with_asked
    from licet.suggest import choices

    found, _ = with_asked(packs, regime)
    if not found:
        known = sorted({pack.manifest.regime for pack in packs})
        message = f"no pack is of regime {quoted(regime)}: there are {choices(known)}, and `all`"
        raise UsageError(message)
    return found


def source_of(path: str) -> str | None:
    """The text of a file for excerpts, or None where it cannot be shown."""
    try:
        with Path(path).open("rb") as file:
            return file.read(_MOST_SHOWN).decode("utf-8", "replace")
    except (OSError, ValueError):
        return None


def put_findings(findings: Iterable[Finding], sources: Callable[[str], str | None] = source_of) -> None:
    """Show findings on the standard error."""
    sys.stdout.flush()
    put(render_text(findings, sources=sources), sys.stderr)


def findings_data(findings: Iterable[Finding], path: str) -> dict[str, Any]:
    """The findings about one input as JSON data."""
    import json

    from licet.findings import render_json
    from licet.text import clean

    found = json.loads(render_json(findings))["findings"]
    return {"format": FINDINGS_FORMAT, "path": clean(path, 600), "findings": found}


def encoded(value: Any) -> bytes:
    """The value as indented JSON, which ends with a line break."""
    import msgspec

    try:
        return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
    except UnicodeEncodeError:  # a lone surrogate, as JSON can write it but UTF-8 cannot
        import json

        return json.dumps(msgspec.to_builtins(value), indent=2).encode() + b"\n"


def put_data(value: Any) -> None:
    """Print a value as JSON."""
    put_bytes(encoded(value))


def refuse(
    findings: Iterable[Finding], *, data: bool, path: str, sources: Callable[[str], str | None] = source_of
) -> None:
    """Show why the input or the policy cannot be used: as JSON on the standard output, or as text on standard error."""
    if data:
        put_data(findings_data(findings, path))
    else:
        put_findings(findings, sources)
