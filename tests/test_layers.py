"""The shape of the engine: who may import whom, how long things may be, and that no law is written in Python."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
ENGINE = ROOT / "engine"
PACKAGE = ENGINE / "licet"

# From low to high. A module imports from its own layer and from those below it.
LAYERS: tuple[set[str], ...] = (
    {"text", "suggest", "findings", "resources", "_version"},
    {"values", "truth", "names"},
    {"lists"},
    {"policy"},
    {"compile"},
    {"screening", "transaction"},
    {"infer"},
    {"decision"},
    {"signature"},
    {"pack_evaluator"},
    {"regimes"},
    {"courses", "lasting"},
    {"verdicts"},
    {"evaluator"},
    {"timeline"},
    {"authoring"},
    {"cli"},
)
LEVEL = {name: level for level, layer in enumerate(LAYERS) for name in layer}
LEVEL["verifier"] = 0  # imports nothing of licet, so everybody may import it
LEVEL["fact_derive"] = 1  # imports the verifier, and nothing else of licet
LEVEL["fact_check"] = 2  # imports these two, and nothing else of licet
OUTSIDE = {"__init__", "__main__"}  # the package's front doors, which may show anything

# Libraries that only one place may know. A path ending in `/` is a folder.
KEPT_TO: Mapping[str, str] = {
    "durable": "infer/durable.py",
    "durable_rules_engine": "infer/durable.py",
    "jsonschema": "policy/schema.py",
    "typer": "cli/",
    "click": "cli/",
    "rich": "cli/",
}

MODULE_LINES, FUNCTION_LINES = 400, 60
# `policy/x.py` or `policy/x.py:Class.method` -> why it is better long than cut in two
LONG: Mapping[str, str] = {}

# What belongs into `policies/`. `(module, literal)` -> why the engine must say it
LITERALS_ALLOWED: Mapping[tuple[str, str], str] = {}
LAW_WORDS = re.compile(r"\bTGL\b|\bEAR99\b|huawei|\b7[3-7]\d(?:\.\d+)?\b", re.IGNORECASE)
COUNTRY_CODES = frozenset(
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR "
    "GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO "
    "JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR "
    "MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO "
    "RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV "
    "TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW".split()
)


class Import(NamedTuple):
    module: str
    line: int


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def unit_of(path: Path) -> str:
    """The part of the package that a module belongs to: `policy` for policy/rules.py, `values` for values.py."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(path: Path) -> Iterator[Import]:
    """Every import anywhere in a module, dotted and absolute; lazy, typing-only and by name ones too."""
    package = path.relative_to(ENGINE).with_suffix("").parts[:-1]
    for node in ast.walk(tree(path)):
        match node:
            case ast.Import(names=names):
                yield from (Import(alias.name, node.lineno) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                base = [*package[: len(package) - level + 1]] if level else []
                yield from (Import(".".join([*base, *filter(None, [module]), a.name]), node.lineno) for a in names)
            case ast.Call(func=ast.Name(id=by) | ast.Attribute(attr=by), args=[ast.Constant(value=str(name)), *_]):
                if by in {"import_module", "__import__", "find_spec"}:
                    yield Import(name, node.lineno)


def literals(path: Path) -> Iterator[tuple[str, int]]:
    """Every text literal of a module but its docstrings."""
    nodes = list(ast.walk(tree(path)))
    loose = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in loose:
            yield node.value, node.lineno


def functions(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, int]]:
    """Every function with its qualified name and its number of lines."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{prefix}{child.name}"
            if not isinstance(child, ast.ClassDef):
                yield name, (child.end_lineno or child.lineno) - child.lineno + 1
            yield from functions(child, f"{name}.")
        else:
            yield from functions(child, prefix)


def sizes() -> dict[str, tuple[int, int]]:
    """Every module and function with its lines and the most it may have."""
    found = {name_of(path): (len(path.read_text(encoding="utf-8").splitlines()), MODULE_LINES) for path in modules()}
    for path in modules():
        for function, lines in functions(tree(path)):
            found[f"{name_of(path)}:{function}"] = (lines, FUNCTION_LINES)
    return found


def list_names() -> set[str]:
    """The names of the party lists of every pack."""
    files = (ROOT / "policies").rglob("list.yaml")
    return {m[1] for file in files for m in re.finditer(r"(?m)^list:\s*(\S+)", file.read_text(encoding="utf-8"))}


def test_there_is_an_engine_to_look_at() -> None:
    assert modules()


def test_every_module_has_a_layer() -> None:
    strangers = {unit_of(path) for path in modules()} - set(LEVEL) - OUTSIDE
    assert not strangers, f"say in LAYERS where these belong: {sorted(strangers)}"


def test_no_module_imports_from_a_higher_layer() -> None:
    wrong = []
    for path in modules():
        unit = unit_of(path)
        if unit not in LEVEL:
            continue
        for module, line in imports(path):
            parts = module.split(".")
            target = parts[1] if parts[0] == "licet" and len(parts) > 1 else None
            if target in LEVEL and LEVEL[target] > LEVEL[unit]:
                wrong.append(f"{name_of(path)}:{line}: `{unit}` imports `{module}` from above")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("verifier", set()), ("fact_derive", {"verifier"}), ("fact_check", {"verifier", "fact_derive"})],
)
def test_the_verifier_imports_nothing_of_the_engine(name: str, allowed: set[str]) -> None:
    ours = [found for found in imports(PACKAGE / f"{name}.py") if found.module.split(".")[0] == "licet"]
    wrong = [found for found in ours if found.module.split(".")[1] not in allowed]
    assert not wrong, f"a certificate is checked by code that shares nothing with what made it: {wrong}"


def test_libraries_stay_where_they_belong() -> None:
    wrong = []
    for path in modules():
        for module, line in imports(path):
            home = KEPT_TO.get(module.split(".")[0])
            if home and not (name_of(path) == home or (home.endswith("/") and name_of(path).startswith(home))):
                wrong.append(f"{name_of(path)}:{line}: `{module}` is for {home} alone")
    assert not wrong, "\n".join(wrong)


def test_modules_and_functions_are_short() -> None:
    wrong = [f"{name}: {lines} lines, {most} at most" for name, (lines, most) in sizes().items() if lines > most]
    wrong = [text for text in wrong if text.rsplit(": ", 1)[0] not in LONG]
    assert not wrong, "\n".join(wrong)


def test_what_is_listed_as_long_is_long() -> None:
    found = sizes()
    stale = [name for name in LONG if name not in found or found[name][0] <= found[name][1]]
    assert not stale, f"take these out of LONG: {stale}"


def test_the_engine_knows_no_law() -> None:
    lists = list_names()
    wrong = []
    for path in modules():
        for text, line in literals(path):
            word = text if text in COUNTRY_CODES or text in lists else LAW_WORDS.search(text)
            if word and (name_of(path), text) not in LITERALS_ALLOWED:
                shown = word if isinstance(word, str) else word[0]
                wrong.append(f"{name_of(path)}:{line}: `{shown}` belongs into policies/")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("library", ["typer", "rich", "jsonschema", "yaml"])
def test_importing_licet_stays_light(library: str) -> None:
    program = f"import licet, sys; sys.exit({library!r} in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ENGINE)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr or f"`import licet` imports {library}"


# The measures themselves, measured: a check that sees nothing passes everything.


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("import licet.cli.main", "licet.cli.main"),
        ("from licet import evaluator", "licet.evaluator"),
        ("from ..decision import explain", "licet.decision.explain"),
        ("from . import rules", "licet.policy.rules"),
        ("def f():\n    import rich.table", "rich.table"),
        ("import importlib\nimportlib.import_module('durable_rules_engine')", "durable_rules_engine"),
    ],
)
def test_imports_are_seen(source: str, module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ENGINE", tmp_path)
    path = write(tmp_path / "licet" / "policy" / "example.py", source)
    assert module in [found.module for found in imports(path)]


def test_literals_leave_docstrings_out(tmp_path: Path) -> None:
    path = write(tmp_path / "example.py", '"""About 744.11."""\n\nx = f"part {1} EAR99"\n')
    texts = [text for text, _ in literals(path)]
    assert "About 744.11." not in texts
    assert any(LAW_WORDS.search(text) for text in texts)


@pytest.mark.parametrize("text", ["744", "15 CFR 744.11(a)", "TGL.c.1", "EAR99", "Huawei"])
def test_words_of_law_are_seen(text: str) -> None:
    assert LAW_WORDS.search(text)


@pytest.mark.parametrize("text", ["1744", "7445", "2019-05-16", "authorization", "0x744a"])
def test_other_words_are_not(text: str) -> None:
    assert not LAW_WORDS.search(text)


def test_functions_are_measured_with_their_names() -> None:
    source = "class A:\n    def f(self):\n        x = 1\n        return x\n\nif True:\n    def g(): pass\n"
    assert dict(functions(ast.parse(source))) == {"A.f": 3, "g": 1}
