"""The commands, put together, and how a command line is answered."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Annotated, cast

import typer

from licet.cli.browse import fields, rules, show
from licet.cli.check import check
from licet.cli.codes import BAD, FAILED, GO
from licet.cli.commands import add
from licet.cli.evaluate import evaluate
from licet.cli.explain import explain
from licet.cli.lists import lists_app
from licet.cli.new import new
from licet.cli.screen import screen_app
from licet.cli.test import run_cases
from licet.cli.timeline import timeline
from licet.cli.verify import replay, verify
from licet.text import clean

_COMMANDS: dict[str, Callable[..., int]] = {
    "evaluate": evaluate,
    "explain": explain,
    "timeline": timeline,
    "check": check,
    "test": run_cases,
    "rules": rules,
    "show": show,
    "fields": fields,
    "verify": verify,
    "replay": replay,
}
# typer carries its own copy of click or uses the one installed; what it raises is the same by inheritance
_Refused = cast("type[Exception]", typer.BadParameter.__mro__[2])
_LONGEST = 600

app = typer.Typer(
    name="licet",
    help="May this transaction go, under what authority, and what would a license application meet?",
    epilog="Exit codes: 0 go, 1 licet failed, 2 stop, 3 bad input or policy, 4 hold.",
    no_args_is_help=True,
    rich_markup_mode=None,  # what users write must never be read as markup
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)


def _version(asked: bool) -> None:
    if asked:
        from licet._version import __version__

        print(f"licet {__version__}")
        raise typer.Exit


@app.callback()
def _licet(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Whether a transaction may go, under what authority, and what a license application would meet."""


for _name, _command in _COMMANDS.items():
    add(app, _command, _name)
app.add_typer(new, name="new")
app.add_typer(lists_app, name="lists")
app.add_typer(screen_app, name="screen")


def invoke(arguments: Sequence[str]) -> int:
    """The exit code of a command line. A mistake in its use is bad input (3): 2 would be read as `stop`."""
    command = typer.main.get_command(app)
    try:
        code = command.main(list(arguments), prog_name="licet", standalone_mode=False)
    except _Refused as error:
        return _refused(error)
    except typer.Abort:
        print("licet: interrupted", file=sys.stderr)
        return FAILED
    return code if isinstance(code, int) else GO


def _refused(error: Exception) -> int:
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    message = message.replace("Value error, ", "")  # what typer's own library says before what went wrong
    if type(error).__name__ == "NoArgsIsHelpError":
        print(message, file=sys.stderr)
        return BAD
    context = getattr(error, "ctx", None)
    where = context.command_path if context is not None else "licet"
    print(f"licet: {clean(message[:1].lower() + message[1:], _LONGEST).rstrip('.')}", file=sys.stderr)
    print(f"  help: see `{where} --help`", file=sys.stderr)
    return BAD
