"""Whatever text comes in, findings come out: nothing but `PolicyError` and `InputError` is ever raised."""

import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licet import Evaluator, InputError
from licet.findings import Finding, has_errors, render_text
from licet.policy.load import PolicyError, PolicyFile, load_checked, pack_files, read_files
from licet.policy.model import Pack
from licet.transaction.read import Read

BAD = Path(__file__).resolve().parent / "bad"
pytestmark = pytest.mark.slow
QUIET = settings(
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
# Text that means something to a parser, to the language, or to a terminal.
TROUBLE = (
    *("", " ", "\t", "\n", "\r", "\0", ":", ": ", "- ", "#", "'", '"', "{", "}", "[", "]", ",", "|", ">"),
    *("&a", "*a", "!", "%", "@", "`", "<<: ", "---\n", "...\n", "? ", "~", "null", "true", "no", "[]", "{}", "''"),
    *("2019-02-30", "2019-05-16", "9999-12-31", "0001-01-01"),
    *("1e9", "1e999999999", "-1", "0.5", ".nan", "9" * 50, "all", "any", "not", "known"),
    *("{fact: as_of}", "{fact: nothing}", "{value: [a]}", "{each: party_roles}", "[2019-05-16, destination]", "[[[]]]"),
    *("\x1b[31m", "\u202e", "\ufeff", "\ud800", "[/]", "\U0001f600", "\u2028", "\\u0000", "\\ud800", "A" * 3000),
)
PARTS = st.sampled_from(TROUBLE) | st.text(max_size=8)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@st.composite
def changed(draw: st.DrawFn, good: str) -> bytes:
    """The good text after a few changes of lines, of words and of characters."""
    text = good
    for _ in range(draw(st.integers(1, 3))):
        lines = text.split("\n")
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(("delete", "repeat", "swap", "line", "cut", "insert", "value", "word"))):
            case "delete":
                del lines[at]
            case "repeat":
                lines.insert(at, lines[at])
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "line":
                lines[at] = draw(PARTS)
            case "cut":
                lines[at] = lines[at][: draw(st.integers(0, max(len(lines[at]), 1)))]
            case "insert":
                place = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:place] + draw(PARTS) + lines[at][place:]
            case "value":
                key, colon, _ = lines[at].partition(": ")
                lines[at] = key + colon + draw(PARTS)
            case _:
                words = lines[at].split(" ")
                words[draw(st.integers(0, len(words) - 1))] = draw(PARTS)
                lines[at] = " ".join(words)
        text = "\n".join(lines) or " "
    return _encoded(text)


# --- policy ----------------------------------------------------------------------------------------------------------


@cache
def base_files() -> tuple[PolicyFile, ...]:
    return tuple(pack_files(BAD / "base"))


def loads(files: list[PolicyFile], broken: PolicyFile) -> None:
    """A pack, or errors that say why not; and they can be shown."""
    loaded = read_files(files, "pack")
    assert (loaded.pack is None) == has_errors(loaded.findings)
    text = broken.raw.decode("utf-8", "replace")
    assert render_text(loaded.findings, sources=lambda _: text).count(": error[") == sum(
        1 for f in loaded.findings if has_errors([f])
    )


@pytest.mark.parametrize("name", [file.shown.rpartition("tests/bad/base/")[2] for file in base_files()])
@settings(QUIET, max_examples=15)
@given(data=st.data())
def test_no_change_of_a_policy_file_raises(name: str, data: st.DataObject) -> None:
    good = next(file for file in base_files() if file.shown.endswith(name))
    raw = data.draw(changed(good.raw.decode()))
    broken = PolicyFile(kind=good.kind, id=good.id, raw=raw, shown=good.shown)
    loads([broken if file is good else file for file in base_files()], broken)


@pytest.mark.parametrize("kind", ["pack", "vocabulary", "rule", "table", "list", "general_license", "cases"])
@settings(QUIET, max_examples=15)
@given(raw=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_no_text_at_all_raises(kind: str, raw: bytes) -> None:
    good = next(file for file in base_files() if file.kind == kind)
    broken = PolicyFile(kind=kind, id=good.id, raw=raw, shown=good.shown)
    loads([broken if file is good else file for file in base_files()], broken)


def checked(folder: Path) -> tuple[Pack | None, tuple[Finding, ...]]:
    try:
        loaded = load_checked(folder)
    except PolicyError as error:
        return None, error.findings
    return loaded.pack, loaded.findings


@settings(QUIET, max_examples=15)
@given(name=st.sampled_from([file.shown.rpartition("tests/bad/base/")[2] for file in base_files()]))
def test_a_pack_with_a_file_missing(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.mktemp("missing") / "pack"
    shutil.copytree(BAD / "base", folder)
    (folder / name).unlink()
    pack, findings = checked(folder)
    assert (pack is None) == has_errors(findings)


# --- orders ----------------------------------------------------------------------------------------------------------

ORDER_JSON = """\
{
  "id": "PO-1",
  "date": "2019-06-01",
  "activity": "export",
  "destination": "CN",
  "parties": [
    {"id": "buyer", "roles": ["end_user"], "name": "Acme", "country": "CN",
     "owners": [{"name": "Parent", "share": 30}], "citizenships": [{"country": "CN"}]}
  ],
  "items": [
    {"id": "1", "eccn": "EAR99", "quantity": 5, "value": {"amount": 100.5, "currency": "EUR"},
     "components": [{"eccn": "3E001", "value": {"amount": 1}}],
     "facts": {"contract_date": "2019-05-01", "general_license_activity": "cybersecurity"}}
  ],
  "statements": [{"kind": "tgl_certification", "by": "buyer", "on": "2019-05-20"}],
  "licenses": [{"id": "D1", "kind": "bis", "parties": ["buyer"], "items": ["1"], "valid_from": "2019-01-01",
                "valid_through": "2020-01-01", "value": {"amount": 5}}],
  "resolutions": [{"flag": "part_744/review", "by": "me", "on": "2019-06-01", "why": "checked"}],
  "shipment": {"loaded": "2019-06-01"},
  "rates": {"EUR": 1.1},
  "facts": {"military_end_use": false}
}
"""
ORDER_YAML = """\
id: PO-1
date: 2019-06-01
activity: export
destination: CN
parties:
  - {id: buyer, roles: [end_user], name: Acme, country: CN, owners: [{name: Parent, at_least: 30, at_most: 60}]}
items:
  - id: "1"
    eccn: EAR99
    quantity: 5
    value: {amount: 100.5, currency: EUR}
    facts: {contract_date: 2019-05-01, general_license_activity: cybersecurity}
statements: [{kind: tgl_certification, by: buyer, on: 2019-05-20}]
rates: {EUR: 1.1}
facts: {military_end_use: false}
"""


@cache
def evaluator() -> Evaluator:
    return Evaluator.load(BAD / "base", backend="reference", cache=None)


def reads(raw: bytes, path: str) -> None:
    """The order is read, and can be judged; or errors say why not, and they can be shown."""
    read, findings = read_order(raw, path)
    text = raw.decode("utf-8", "replace")
    assert bool(findings) == bool(render_text(findings, sources=lambda _: text))
    assert (read is None) == has_errors(findings)
    if read is not None:
        assert evaluator().evaluate(read, as_of="2019-06-01").release in {"go", "hold", "stop"}


def read_order(order: bytes | dict[str, Any], path: str) -> tuple[Read | None, tuple[Finding, ...]]:
    try:
        read = evaluator().read(order, path)
    except InputError as error:
        return None, error.findings
    return read, read.warnings


@pytest.mark.parametrize(("good", "path"), [(ORDER_JSON, "order.json"), (ORDER_YAML, "order.yaml")])
def test_the_good_orders_are_read(good: str, path: str) -> None:
    assert evaluator().read(good.encode(), path).warnings == ()


@pytest.mark.parametrize(
    ("good", "path"), [(ORDER_JSON, "order.json"), (ORDER_YAML, "order.yaml"), (ORDER_JSON, "stdin")]
)
@settings(QUIET, max_examples=100)
@given(data=st.data())
def test_no_change_of_an_order_raises(good: str, path: str, data: st.DataObject) -> None:
    reads(data.draw(changed(good)), path)


@pytest.mark.parametrize("path", ["order.json", "order.yaml", "stdin"])
@settings(QUIET, max_examples=100)
@given(raw=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_no_bytes_at_all_raise(path: str, raw: bytes) -> None:
    reads(raw, path)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates() | st.decimals()
FIELDS = ("id", "date", "activity", "parties", "items", "facts", "rates", "roles", "name", "value", "amount", "eccn")
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=20,
)


@settings(QUIET, max_examples=100)
@given(data=st.dictionaries(st.sampled_from(FIELDS), TREES, max_size=8))
def test_no_data_raises(data: dict[str, Any]) -> None:
    read, findings = read_order(data, "transaction")
    assert (read is None) == has_errors(findings)
