"""A folder of policy to a pack: text, schema, reading, checking; every finding collected."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from licet.findings import Finding, has_errors, sort_findings
from licet.policy.model import GeneralLicense, Listing, Pack, PartyList, Rule, Table, Vocabulary
from licet.policy.node import Node
from licet.policy.read_conditions import Words, unknown_name
from licet.policy.read_lists import frame, listings, party_list
from licet.policy.read_manifest import country_codes, manifest
from licet.policy.read_rules import Inventory, rule
from licet.policy.read_tables import check_countries, table
from licet.policy.read_time import citations, general_license_timeline
from licet.policy.read_vocabulary import vocabulary
from licet.policy.terms import Supersession, Timeline
from licet.suggest import choices, did_you_mean
from licet.text import quoted

KINDS = {
    "pack.yaml": "pack",
    "vocabulary.yaml": "vocabulary",
    "rule.yaml": "rule",
    "cases.yaml": "cases",
    "table.yaml": "table",
    "list.yaml": "list",
    "general_license.yaml": "general_license",
    "coverage.yaml": "coverage",
}
#: What no evaluation needs.
BESIDE = frozenset({"cases", "coverage"})
_MOST_FILES = 20_000


class PolicyError(Exception):
    """A pack cannot be used; `findings` say why."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(sort_findings(findings))
        super().__init__(f"{len(self.findings)} findings in the policy")


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A file of a pack: its kind, the id it gives, its text, and the path to show."""

    kind: str
    id: str
    raw: bytes
    shown: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """A pack, if it can be used, the data of its files, and every finding."""

    pack: Pack | None
    data: Mapping[str, Any]
    findings: tuple[Finding, ...]


def pack_files(folder: Path) -> list[PolicyFile]:
    """Every policy file of a folder, in a fixed order.

    Raises `PolicyError` where there is no manifest, or a file that is none of the language's.
    """
    findings: list[Finding] = []
    found: list[PolicyFile] = []
    paths = sorted(_files_below(folder, ""))
    shown = _shown(folder)
    if len(paths) > _MOST_FILES:
        findings.append(_whole("too-many-files", f"more than {_MOST_FILES} files", folder, "this is no pack"))
    for below in paths[:_MOST_FILES]:
        above, _, name = below.rpartition("/")
        kind = "listings" if above.rpartition("/")[2] == "listings" and name.endswith(".yaml") else KINDS.get(name)
        if kind is None:
            if name.endswith((".yaml", ".yml")):
                findings.append(_stray(folder / below))
            continue
        home = above.rpartition("/")[0] if kind == "listings" else above
        raw = (folder / below).read_bytes()
        found.append(
            PolicyFile(kind=kind, id=home or ".", raw=raw, shown=below if shown == "." else f"{shown}/{below}")
        )
    findings += _misplaced(found, folder)
    if has_errors(findings):
        raise PolicyError(findings)
    return found


def _files_below(folder: Path, prefix: str) -> Iterator[str]:
    """The files of a folder and of those in it, by their path in it; a folder that is a link is not entered."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files_below(folder / entry.name, f"{prefix}{entry.name}/")
            elif entry.is_file() and not entry.name.startswith("."):
                yield f"{prefix}{entry.name}"


def _misplaced(files: Sequence[PolicyFile], folder: Path) -> Iterator[Finding]:
    """The manifest stands in the pack's own folder, and a vocabulary; all else has a folder to be called by."""
    for kind, wanted in (("pack", "a pack is a folder with a manifest"), ("vocabulary", "it names every fact")):
        if not any(f.kind == kind and f.id == "." for f in files):
            code = "no-manifest" if kind == "pack" else "no-vocabulary"
            yield _whole(code, f"the folder has no `{kind}.yaml`", folder, f"{wanted}; see docs/language.md")
    lists = {f.id for f in files if f.kind == "list"}
    for file in files:
        name = file.shown.rpartition("/")[2]
        if file.kind == "pack" and file.id != ".":
            yield _stands(file, f"a pack has one `{name}`, in its own folder")
        elif file.kind in {"rule", "table", "list", "general_license"} and file.id == ".":
            yield _stands(file, f"`{name}` needs a folder of its own, which gives it its name")
        elif file.kind == "listings" and file.id not in lists:
            yield _stands(
                file, f"the listings in {quoted(name)} belong to no list: expected `list.yaml` beside `listings`"
            )


def _stands(file: PolicyFile, message: str) -> Finding:
    return Finding(code="misplaced-file", message=message, path=file.shown, line=1, column=1, help="move the file")


def _whole(code: str, message: str, folder: Path, wanted: str) -> Finding:
    return Finding(code=code, message=message, path=_shown(folder), line=1, column=1, help=wanted)


def _shown(path: Path) -> str:
    """The path as the user would write it."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return path.as_posix()


def _stray(path: Path) -> Finding:
    suggestion = did_you_mean(path.name, KINDS)
    return Finding(
        code="unknown-file",
        message=f"unknown policy file {quoted(path.name)}",
        path=_shown(path),
        line=1,
        column=1,
        help=f"did you mean `{suggestion}`?"
        if suggestion
        else f"known: {choices(sorted(KINDS), 8)}, `listings/*.yaml`",
    )


def digest_of(files: Iterable[PolicyFile]) -> str:
    """The SHA-256 of a pack: of every file's kind, id and text."""
    total = hashlib.sha256()
    for file in sorted(files, key=lambda f: (f.kind, f.id, f.raw)):
        inner = hashlib.sha256(file.raw).hexdigest()
        total.update(f"{file.kind}\0{file.id}\0{inner}\n".encode())
    return total.hexdigest()


def load_checked(folder: Path) -> Loaded:
    """The pack of a folder with every finding of reading it; the pack is None where one is an error."""
    files = pack_files(folder)
    return read_files(files, folder.resolve().name)


def read_files(files: Sequence[PolicyFile], pack_id: str, *, law_only: bool = False) -> Loaded:
    """Files to a pack: text, schema, then meaning; a file with an error of form is not read further.

    `law_only` leaves out what no evaluation needs: cases, and what is said of coverage.
    """
    from licet.policy.schema import validate
    from licet.policy.source import load_document

    findings: list[Finding] = []
    nodes: list[tuple[PolicyFile, Node]] = []
    broken: list[PolicyFile] = []
    for file in (f for f in files if not (law_only and f.kind in BESIDE)):
        document, found = load_document(file.raw, file.shown)
        if document is not None and not has_errors(found):
            found = [*found, *validate(document, file.kind)]
        findings += found
        if document is None or has_errors(found):
            broken.append(file)
        else:
            nodes.append((file, Node(document.data, file.shown, document, findings)))
    data = {f"{file.kind}:{file.id}:{file.shown.rpartition(chr(47))[2]}": node.data for file, node in nodes}
    essential = [f for f in broken if f.kind in {"pack", "vocabulary", "table", "general_license", "list"}]
    if essential:
        return Loaded(None, data, tuple(sort_findings(findings)))
    pack = _assemble(nodes, pack_id, digest_of(files), absent={f.id for f in broken if f.kind == "rule"})
    if not has_errors(findings):
        from licet.policy.check import check

        findings += check(pack, {(file.kind, file.id): node for file, node in nodes})
    usable = pack if not has_errors(findings) else None
    return Loaded(usable, data, tuple(sort_findings(findings)))


def assemble_trusted(entries: Sequence[tuple[PolicyFile, Any]], pack_id: str, digest: str) -> Pack:
    """The pack of data that has been checked before (a cache, or a test that changes it).

    Raises `PolicyError` where the data does not make a pack after all.
    """
    findings: list[Finding] = []
    nodes = [(file, Node(data, file.shown, None, findings)) for file, data in entries]
    pack = _assemble(nodes, pack_id, digest)
    if has_errors(findings):
        raise PolicyError(findings)
    return pack


def _assemble(
    nodes: Sequence[tuple[PolicyFile, Node]],
    pack_id: str,
    digest: str,
    absent: Iterable[str] = (),
) -> Pack:
    """Nodes to a pack. Tables come first, then the vocabulary, then all that speaks its words."""

    def of(kind: str) -> list[tuple[PolicyFile, Node]]:
        return [(file, node) for file, node in nodes if file.kind == kind]

    tables: dict[str, Table] = {file.id: table(node, file.id) for file, node in of("table")}
    about = of("pack")[0][1]
    codes = country_codes(about, tables)
    for file, node in of("table"):
        check_countries(node, tables[file.id], codes)
    own_first = sorted(of("vocabulary"), key=lambda entry: (entry[0].id != ".", entry[0].id))
    spoken = vocabulary([node for _, node in own_first], tables, about.get("regime"))
    words = Words(facts=spoken.facts, tables=tables, countries=codes)
    licenses = {file.id: _general_license(file.id, node, spoken) for file, node in of("general_license")}
    ids = {file.id for file, _ in of("rule")} | set(absent)
    inventory = Inventory(vocabulary=spoken, words=words, rules=ids, general_licenses=licenses)
    rules = [rule(node, file.id, inventory) for file, node in of("rule")]
    return Pack(
        manifest=manifest(about, pack_id, words),
        vocabulary=spoken,
        rules=tuple(sorted(superseded(rules), key=lambda r: r.id)),
        tables=tables,
        lists=_lists(of("list"), of("listings"), words),
        general_licenses=licenses,
        digest=digest,
        files=tuple(sorted(file.shown for file, _ in nodes)),
    )


def _general_license(license_id: str, node: Node, spoken: Vocabulary) -> GeneralLicense:
    name = node.get("authorization")
    known = spoken.authorizations.get(name)
    if known is None:
        unknown_name(node["authorization"], "authorization", name, spoken.authorizations)
    elif known.kind != "general_license":
        node["authorization"].error(
            "authorization-kind", f"expected a general license, and `{name}` is a `{known.kind}`"
        )
    return GeneralLicense(
        id=license_id,
        title=node.get("title"),
        authorization=node.get("authorization"),
        timeline=general_license_timeline(node),
        because=citations(node["because"]),
    )


def _lists(
    lists: Sequence[tuple[PolicyFile, Node]], files: Sequence[tuple[PolicyFile, Node]], words: Words
) -> tuple[PartyList, ...]:
    found: list[PartyList] = []
    for file, node in lists:
        about = frame(node, file.id)
        twin = next((other.id for other in found if other.list == about.list), None)
        if twin is not None:
            node["list"].error("list-twice", f"two lists are called `{about.list}`: `{twin}` and `{file.id}`")
        entries: list[Listing] = []
        for own in (n for f, n in files if f.id == file.id):
            _listings_once(own, entries)
            entries += listings(own, about, words)
        found.append(party_list(node, about, entries))
    return tuple(found)


def _listings_once(node: Node, before: Sequence[Listing]) -> None:
    """Report an id that names two listings of a list, at the later one."""
    seen = {entry.id for entry in before}
    for child in node["listings"].elements():
        if child.get("id") in seen:
            child["id"].error(
                "listing-twice", f"two listings have the id `{child.get('id')}`", help="an id names one listing"
            )
        seen.add(child.get("id"))


def superseded(rules: Sequence[Rule]) -> list[Rule]:
    """Rules with the same text, each superseded by every later version of it."""
    by_text: dict[str, list[Rule]] = {}
    for r in rules:
        if r.text is not None:
            by_text.setdefault(r.text, []).append(r)
    return [replace(r, timeline=_until_superseded(r, by_text[r.text])) if r.text is not None else r for r in rules]


def _until_superseded(own: Rule, versions: Sequence[Rule]) -> Timeline:
    begins = _begins(own)
    later = [
        Supersession(start=first.start, known=first.known, by=other.id)
        for other in versions
        if other.id != own.id
        and (first := min(other.timeline.periods, key=_start, default=None)) is not None
        and first.start is not None
        and (begins is None or first.start > begins)
    ]
    return replace(own.timeline, superseded=tuple(sorted(later, key=lambda s: (s.start, s.by))))


def _start(period: Any) -> str:
    return period.start.isoformat() if period.start is not None else ""


def _begins(r: Rule) -> Any:
    first = min(r.timeline.periods, key=_start, default=None)
    return first.start if first is not None else None
