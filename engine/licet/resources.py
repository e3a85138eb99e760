"""Where the files that belong to the package lie, in a wheel and in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def schemas_dir() -> Path:
    """The folder of the JSON Schemas."""
    return _folder("schemas")


def policies_dir() -> Path:
    """The folder of the packs that come with licet."""
    return _folder("policies")


def examples_dir() -> Path:
    """The folder of the orders that cases of these packs name."""
    return _folder("examples")


def pack_folders(root: Path) -> list[Path]:
    """The packs in a folder: itself if it is one, else the folders in it that are."""
    if (root / "pack.yaml").is_file():
        return [root]
    return sorted(path.parent for path in root.glob("*/pack.yaml"))


def yaml_data(raw: str | bytes) -> Any:
    """The data in one of licet's own files, which no policy author writes. Raises `yaml.YAMLError`."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # safe either way, and quick where libyaml is there
    return yaml.load(raw, Loader=loader)  # noqa: S506


def _folder(name: str) -> Path:
    """The folder inside the installed package, else beside `engine/` in a checkout."""
    package = Path(__file__).resolve().parent
    bundled = package / f"_{name}"
    checkout = package.parent.parent / name
    for folder in (bundled, checkout):
        if folder.is_dir():
            return folder
    message = f"the folder `{name}` is missing: reinstall licet"
    raise FileNotFoundError(message)
