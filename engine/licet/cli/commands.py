"""What a command's docstring tells its user, and how a command is added by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer


def says(command: Callable[..., Any]) -> str:
    """What the command does: its docstring down to `Examples:`."""
    return str(command.__doc__).partition("Examples:")[0].strip()


def example(command: Callable[..., Any]) -> str:
    """The examples of a command: the part of its docstring below `Examples:`."""
    return str(command.__doc__).partition("Examples:")[2].strip()


def add(app: typer.Typer, command: Callable[..., Any], name: str | None = None) -> None:
    """Make the function a command of the application, with its help and its examples."""
    app.command(name, help=says(command), epilog=f"\b\nExamples:\n  {example(command)}")(command)
