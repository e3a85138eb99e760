"""What is built works without the checkout: the law travels inside the wheel, the tests do not."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a command did, run where `PYTHONPATH` of this process has no say."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd, env=kept | environment, capture_output=True, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip


def build(target: str, into: Path) -> Path:
    done = run(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", into, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    (made,) = into.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment that holds the wheel and nothing else."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(home, symlinks=os.name != "nt")
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    done = run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=home)
    assert done.returncode == 0, done.stderr
    return python


def dependencies() -> str:
    """The libraries of this environment as a search path, which does not bring an editable licet along."""
    return os.pathsep.join(dict.fromkeys([sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]))


def test_the_wheel_holds_the_engine_the_law_and_its_types(names: set[str]) -> None:
    assert {"licet/__init__.py", "licet/py.typed", "licet/cli/main.py"} <= names


@pytest.mark.parametrize("folder", ["policies", "schemas", "examples"])
def test_the_wheel_holds_all_of(folder: str, names: set[str]) -> None:
    files = {path.relative_to(ROOT / folder).as_posix() for path in (ROOT / folder).rglob("*.*") if path.is_file()}
    assert files
    assert {f"licet/_{folder}/{file}" for file in files if not file.startswith(".")} <= names


def test_the_wheel_holds_nothing_else(names: set[str]) -> None:
    strangers = [name for name in names if not name.startswith("licet/") and ".dist-info/" not in name]
    assert not strangers
    assert not [name for name in names if "tests" in Path(name).parts or name.endswith(".pyc")]


def test_the_source_distribution_holds_what_a_checkout_has(tmp_path: Path) -> None:
    with tarfile.open(build("sdist", tmp_path)) as archive:
        held = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert {"Makefile", "pyproject.toml", "LICENSE", "cli.py", "tools/setup.sh", "docs/language.md"} <= held
    assert {name.split("/")[0] for name in held} >= {"engine", "policies", "schemas", "examples", "tests"}
    assert not [name for name in held if name.startswith((".", "dist/")) and name != ".gitignore"]


def test_the_installed_wheel_decides_elsewhere(installed: Path, tmp_path: Path) -> None:
    order = shutil.copy(ROOT / "examples" / "01_connectors_to_huawei.json", tmp_path)
    where = run(installed, "-c", "import licet; print(licet.__file__)", cwd=tmp_path, PYTHONPATH=dependencies())
    assert Path(where.stdout.strip()).is_relative_to(installed.parent.parent), where.stderr

    licet = installed.with_name("licet")
    options = ["--as-of", "2019-05-15", "--format", "json"]
    done = run(licet, "evaluate", order, *options, cwd=tmp_path, PYTHONPATH=dependencies())
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)


def test_the_installed_version_is_the_engines(installed: Path, tmp_path: Path) -> None:
    program = "import importlib.metadata as m, licet._version as v; assert m.version('licet') == v.__version__"
    done = run(installed, "-c", program, cwd=tmp_path, PYTHONPATH=dependencies())
    assert done.returncode == 0, done.stderr


def test_the_installed_wheel_checks_and_tests_its_own_law(installed: Path, tmp_path: Path) -> None:
    licet = installed.with_name("licet")
    for command in (["check"], ["test", "--filter", "story"]):
        done = run(licet, *command, cwd=tmp_path, PYTHONPATH=dependencies())
        assert done.returncode == 0, done.stdout + done.stderr
