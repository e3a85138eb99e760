"""`licet evaluate`: exit codes, inputs good and bad, and what is shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from licet.cli import judging, quick
from licet.cli.codes import worst
from licet.cli.common import NO_LISTS
from licet.evaluator import Evaluator
from tests.cli.conftest import BAD, FAILED, GO, HOLD, STOP, Licet, example
from tests.docs.pages import ROOT

PATCH, UNKNOWN, CHIPS = example("05"), example("03"), example("06")
ESCAPE = "\x1b"


def order(**changes: Any) -> bytes:
    data = json.loads(PATCH.read_bytes())
    return json.dumps({**data, **changes}).encode()


@pytest.mark.parametrize(("path", "code", "word"), [(PATCH, GO, "GO"), (CHIPS, STOP, "STOP"), (UNKNOWN, HOLD, "HOLD")])
def test_the_verdict_is_the_exit_code(path: Path, code: int, word: str, licet: Licet) -> None:
    done = licet("evaluate", path)
    assert done.code == code
    assert done.out.startswith(f"{word}  ")
    assert not done.err


@pytest.mark.parametrize(
    ("codes", "expected"), [([0, 4, 2, 3, 1], 1), ([0, 4, 2, 3], 3), ([0, 4, 2], 2), ([0, 4], 4), ([0, 0], 0), ([], 3)]
)
def test_the_worst_counts(codes: list[int], expected: int) -> None:
    assert worst(codes) == expected


def test_short_text_says_what_matters(licet: Licet) -> None:
    stop = licet("evaluate", CHIPS, "--as-of", "2019-11-04").out
    assert "license required: a listed entity" in stop
    assert "presumption of denial" in stop
    assert "near miss: TGL.c.1 failed: network_status is new, wanted existing_fully_operational" in stop
    go = licet("evaluate", PATCH, "--as-of", "2019-11-04").out
    assert "authorized by TGL.c.1" in go
    assert "until: 2019-11-18" in go
    assert "full reasons: licet explain" in go
    assert len(go.splitlines()) <= 9  # with what the other regime says
    assert "asks: " in licet("evaluate", UNKNOWN).out


def test_every_order_is_judged_even_where_one_is_bad(licet: Licet, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"id": "x", "destnation": "CN"}', encoding="utf-8")
    done = licet("evaluate", PATCH, bad, tmp_path / "missing.json", CHIPS)
    assert done.code == BAD
    assert [line[:4] for line in done.out.splitlines() if line.startswith(("GO", "STOP"))] == ["GO  ", "STOP"]
    assert f"{bad}:1:" in done.err
    assert "no-such-file" in done.err


def test_several_orders_as_json_are_a_list(licet: Licet, tmp_path: Path) -> None:
    done = licet("evaluate", PATCH, tmp_path / "missing.json", "--format", "json")
    first, second = json.loads(done.out)
    assert (first["format"], first["release"]) == ("licet-decision-1", "go")
    assert second["format"] == "licet-findings-1"
    assert second["path"] == str(tmp_path / "missing.json")
    assert second["findings"][0]["code"] == "no-such-file"
    assert done.code == BAD
    assert done.out == msgspec.json.format(done.out.encode(), indent=2).decode() + "\n"


def test_one_order_as_json_is_the_decision(licet: Licet) -> None:
    done = licet("evaluate", PATCH, "--as-of", "2019-11-04", "--format", "json")
    decision = Evaluator.load().evaluate(PATCH.read_bytes(), as_of="2019-11-04")
    assert done.out.encode() == msgspec.json.format(msgspec.json.encode(decision), indent=2) + b"\n"
    assert done.out == licet("evaluate", PATCH, "--as-of", "2019-11-04", "--format", "json").out


def test_a_bad_order_alone_as_json_is_its_findings(licet: Licet) -> None:
    done = licet("evaluate", "-", "--format", "json", stdin=b"{")
    found = json.loads(done.out)
    assert (found["format"], found["path"]) == ("licet-findings-1", "<stdin>")
    assert found["findings"]
    assert done.code == BAD


def test_stdin_and_yaml(licet: Licet, tmp_path: Path) -> None:
    assert licet("evaluate", "-", stdin=PATCH.read_bytes()).code == GO
    path = tmp_path / "order.yaml"
    path.write_bytes(b"# as YAML\n" + PATCH.read_bytes())
    assert licet("evaluate", path).code == GO
    assert "stdin-twice" in licet("evaluate", "-", "-", stdin=PATCH.read_bytes()).err


def test_one_order_a_line(licet: Licet, tmp_path: Path) -> None:
    path = tmp_path / "orders.jsonl"
    line = json.dumps(json.loads(PATCH.read_bytes())).encode()
    path.write_bytes(line + b"\n\n" + b'{"id": 3}\n' + line.replace(b'"CN"', b'"ZZ"') + b"\n")
    done = licet("evaluate", path)
    assert done.code == BAD
    assert f"{path}:3:" in done.err
    assert f"{path}:4:" in done.err
    assert f"licet explain {path}" in done.out
    assert [e["format"] for e in json.loads(licet("evaluate", path, "--format", "json").out)] == [
        "licet-decision-1",
        "licet-findings-1",
        "licet-findings-1",
    ]
    empty = tmp_path / "empty.jsonl"
    empty.write_bytes(b"\n")
    assert "no-orders" in licet("evaluate", empty).err


def test_a_line_too_long_is_not_read(licet: Licet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("licet.cli.orders.MOST_BYTES", 5000)
    path = tmp_path / "orders.jsonl"
    path.write_bytes(json.dumps(json.loads(PATCH.read_bytes())).encode() + b"\n" + b" " * 6000)
    done = licet("evaluate", path)
    assert done.code == BAD
    assert f"{path}:2:1: error[too-large]" in done.err
    assert done.out.startswith("GO")


def test_a_file_too_large_is_not_read(licet: Licet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    monkeypatch.setattr("licet.cli.orders._whole", lambda *_: pytest.fail("the file was read"))
    done = licet("evaluate", path)
    assert (done.code, "too-large" in done.err) == (BAD, True)


def test_stdin_too_large(licet: Licet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("licet.cli.orders.MOST_BYTES", 100)
    assert "too-large" in licet("evaluate", "-", stdin=PATCH.read_bytes()).err


def test_what_is_no_order(licet: Licet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    latin = tmp_path / "latin.json"
    latin.write_bytes('{"id": "café"}'.encode("latin-1"))
    assert "not-utf8" in licet("evaluate", latin).err
    folder = licet("evaluate", tmp_path)
    assert (folder.code, "is-a-folder" in folder.err) == (BAD, True)
    assert "unreadable" in licet("evaluate", "a\0b").err

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("licet.cli.orders._whole", refused)
    done = licet("evaluate", PATCH)
    assert (done.code, "unreadable" in done.err, "permission denied" in done.err) == (BAD, True, True)


def test_broken_policies(licet: Licet, broken_pack: Path) -> None:
    done = licet("evaluate", PATCH, "--policies", broken_pack)
    assert done.code == BAD
    assert "broken/pack.yaml:2:1: error[" in done.err
    assert json.loads(licet("evaluate", PATCH, "--policies", broken_pack, "--format", "json").out)["findings"]
    assert "no-pack" in licet("evaluate", PATCH, "--policies", broken_pack / "nowhere").err
    assert "pack-twice" in licet("evaluate", PATCH, "--policies", broken_pack, "--policies", copy_of(broken_pack)).err


def copy_of(pack: Path) -> Path:
    other = pack.parent / "other" / pack.name
    other.mkdir(parents=True)
    for path in pack.iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    return other


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["evaluat", "x"],
        ["evaluate"],
        ["evaluate", "x", "--frmat", "json"],
        ["evaluate", "x", "--format", "xml"],
        ["evaluate", "x", "--as-of", "2019-02-30"],
        ["evaluate", "x", "--as-of"],
        ["timeline", "x", "--from", "2020-01-02", "--to", "2020-01-01"],
        ["new"],
    ],
)
def test_a_mistake_on_the_command_line_is_never_a_verdict(arguments: list[str], licet: Licet) -> None:
    done = licet(*arguments)
    assert done.code == BAD
    assert done.err
    assert "Traceback" not in done.err


def test_hostile_names_are_shown_as_text(licet: Licet, tmp_path: Path) -> None:
    name = f"Acme [/] [bold] [link=x]y[/link]{ESCAPE}[31m{ESCAPE}]0;title\x07 \u202eevil"
    parties = [
        {"id": "[red]s\n", "roles": ["exporter"], "name": name, "country": "US"},
        {"id": "h/../[b]", "roles": ["purchaser", "ultimate_consignee", "end_user"], "name": "Huawei", "country": "CN"},
    ]
    items = [{"id": f"1/{ESCAPE}[2J[blink]", "description": name, "kind": "commodity", "eccn": "EAR99", "origin": "US"}]
    raw = order(id=f"[/bold]{ESCAPE}[2J\r\n# x", parties=parties, items=items, statements=[])
    for form in (["evaluate"], ["evaluate", "--explain", "full"], ["explain", "--format", "markdown"]):
        done = licet(*form, "-", "--as-of", "2019-11-04", stdin=raw)
        assert done.code == STOP
        assert ESCAPE not in done.out
        assert "\x07" not in done.out
        assert "\u202e" not in done.out
        assert "[/bold]" in done.out.replace("\\", "")
        assert "for Huawei" in done.out
    assert "Acme [/] [bold] [link=x]y[/link]" in licet("explain", "-", "--as-of", "2019-11-04", stdin=raw).out
    path = tmp_path / f"a{ESCAPE}[31m[bold]'; rm.json"
    path.write_bytes(raw)
    done = licet("evaluate", path, tmp_path / f"{ESCAPE}[2J.json")
    assert ESCAPE not in done.out + done.err


def test_markdown_is_not_markup(licet: Licet) -> None:
    items = json.loads(PATCH.read_bytes())["items"]
    items[0]["description"] = "<script>alert(1)</script> [x](javascript:y) *b* `c` _d_ a_b | # e"
    done = licet("explain", "-", "--format", "markdown", stdin=order(items=items))
    assert r"\<script\>" in done.out
    assert r"\[x\](javascript:y) \*b\* \`c\` \_d\_ a_b \| \# e" in done.out


def test_a_lone_surrogate_is_no_bug(licet: Licet) -> None:
    raw = PATCH.read_bytes().replace(b"Granite", b"\\ud800Granite")
    for form in ("text", "json", "markdown"):
        done = licet("evaluate", "-", "--format", form, stdin=raw)
        assert done.code in (GO, BAD)
        assert "internal error" not in done.err


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colors_are_for_terminals_that_want_them(
    environment: dict[str, str], licet: Licet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert ESCAPE not in licet("evaluate", PATCH).out
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("licet.cli.terminal.sys.stdout.isatty", lambda: True)
    assert (ESCAPE in licet("evaluate", PATCH).out) is not bool(environment)


def test_a_bug_is_one_line_and_the_other_orders_are_judged(licet: Licet, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Evaluator.evaluate

    def evaluate(self: Evaluator, read: Any, **options: Any) -> Any:
        if read.transaction.id.startswith("PO"):
            raise RuntimeError(f"boom {ESCAPE}[31m")
        return real(self, read, **options)

    monkeypatch.setattr(Evaluator, "evaluate", evaluate)
    done = licet("evaluate", CHIPS, PATCH)
    assert done.code == FAILED
    assert "licet: internal error: RuntimeError: boom" in done.err
    assert "Traceback" not in done.err
    assert "GO  " in done.out
    assert [e["format"] for e in json.loads(licet("evaluate", CHIPS, PATCH, "--format", "json").out)] == [
        "licet-findings-1",
        "licet-decision-1",
    ]
    monkeypatch.setenv("LICET_DEBUG", "1")
    assert "Traceback" in licet("evaluate", CHIPS).err


def test_a_bug_outside_an_order_is_one_line(licet: Licet, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(judging, "judge_files", broken)
    done = licet("evaluate", PATCH)
    assert (done.code, done.err.startswith("licet: internal error: KeyError")) == (FAILED, True)


def test_verify_compares_the_backends(licet: Licet, monkeypatch: pytest.MonkeyPatch) -> None:
    assert licet("evaluate", PATCH, "--verify").code == GO
    real = judging.Judge._evaluate

    def disagree(self: judging.Judge, evaluator: Evaluator, read: Any) -> Any:
        decision = real(self, evaluator, read)
        return decision if evaluator is self.evaluator else msgspec.structs.replace(decision, outcome="hold")

    monkeypatch.setattr(judging.Judge, "_evaluate", disagree)
    done = licet("evaluate", PATCH, "--verify")
    assert done.code == FAILED
    assert "backends-disagree" in done.err
    assert not done.out


def test_options_reach_the_evaluation(licet: Licet) -> None:
    listed = licet("evaluate", example("01"), "--as-of", "2019-05-17")
    assert listed.code == STOP
    early = licet("evaluate", example("01"), "--as-of", "2019-05-17", "--known-on", "2019-05-01")
    assert early.code != STOP
    assert "as known on 2019-05-01" in early.out
    assert "--known-on 2019-05-01" in early.out
    assert "without assumptions" in licet("evaluate", PATCH, "--no-assumptions").out
    assert "backend reference" in licet("evaluate", PATCH, "--backend", "reference", "--explain", "full").out


def test_several_lines_the_worst_first(licet: Licet) -> None:
    data = json.loads(PATCH.read_bytes())
    other = {**data["items"][0], "id": "2", "facts": {**data["items"][0]["facts"], "network_status": "new"}}
    done = licet("evaluate", "-", stdin=order(items=[data["items"][0], other]))
    assert done.code == STOP
    assert "(2 lines: 1 stop, 1 go)" in done.out
    assert done.out.index("line 2: stop") < done.out.index("line 1: go")


def test_the_full_memo_has_what_an_analyst_needs(licet: Licet) -> None:
    done = licet("explain", example("07"), "--as-of", "2019-11-04")
    for part in ("determined by:", "(TGL.c.1)", "Values read", "Sources", "reviewed by", "doubt:", "sha256"):
        assert part in done.out
    markdown = licet("explain", example("07"), "--as-of", "2019-11-04", "--format", "markdown")
    assert markdown.code == done.code == STOP
    assert markdown.out.startswith("# STOP: ")
    assert "### Requirements" in markdown.out
    assert "(" in licet("explain", UNKNOWN).out


QUICK = [
    "a.json",
    "a.json - --as-of 2019-05-16 --known-on 2019-05-17",
    "--format json a.json --explain full --verify",
    "a.json --policies x --policies y --no-assumptions --backend reference",
]


@pytest.mark.parametrize("line", QUICK)
def test_the_quick_way_and_the_library_agree(line: str, licet: Licet, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def judge_files(files: Any, how: Any, policies: Any) -> int:
        seen.append((list(files), how, policies and list(policies)))
        return GO

    monkeypatch.setattr(judging, "judge_files", judge_files)
    assert quick.evaluate(line.split()) == GO
    monkeypatch.setattr(quick, "evaluate", lambda _: None)
    assert licet("evaluate", *line.split()).code == GO
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    "line", ["", "--help", "a.json --as-of", "a --as-of x", "a --format=json", "a --explain x", "-x a"]
)
def test_the_quick_way_leaves_the_rest_to_the_library(line: str) -> None:
    assert quick.parse(line.split()) is None


def test_what_evaluation_imports() -> None:
    """A script that judges one order waits for none of these; names are looked up with the help of numpy."""
    heavy = {"rich", "typer", "click", "jsonschema", "yaml", "pydantic", "polars", "pyspark", "pandas", "opencc"}
    program = (
        "import sys; from licet.cli.main import run; run(sys.argv[1:]);"
        f"print('imported:', *sorted({heavy!r} & set(sys.modules)))"
    )
    arguments = [sys.executable, "-c", program, "evaluate", str(PATCH)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    for _ in range(2):  # the first time, the packs may have to be checked
        done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "imported:"


def test_version_imports_nothing_heavy() -> None:
    program = "import sys; from licet.cli.main import run; run(['--version']); sys.exit('typer' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()[0]) == (0, "licet")


def test_output_that_nobody_reads_is_no_traceback() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    program = "import sys; from licet.cli.main import run; sys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "explain", *[str(PATCH)] * 40]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == FAILED


def test_many_files_show_progress_only_on_a_terminal(licet: Licet) -> None:
    assert not licet("evaluate", *[PATCH] * 25, "--format", "json").err


def test_progress_reaches_a_terminal(licet: Licet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("licet.cli.judging.sys.stderr.isatty", lambda: True)
    done = licet("evaluate", *[PATCH] * 25, "--format", "json")
    assert (done.code, len(json.loads(done.out))) == (GO, 25)


def test_how_is_frozen() -> None:
    how = judging.How(
        as_of=None, known_on=None, assumptions=True, verify=False, backend="auto", format="text", full=False,
        regime="all", lists=NO_LISTS,
    )  # fmt: skip
    assert replace(how, full=True).full
