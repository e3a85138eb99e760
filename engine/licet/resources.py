"""Where the files that belong to the package lie, in a wheel and in a checkout."""

from __future__ import annotations

from pathlib import Path


def schemas_dir() -> Path:
    """The folder of the JSON Schemas."""
    return _folder("schemas")


def policies_dir() -> Path:
    """The folder of the packs that come with licet."""
    return _folder("policies")


def examples_dir() -> Path:
    """The folder of the orders that cases of these packs name."""
    return _folder("examples")


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
