"""The entry point: `run` gives the exit code, and never lets an exception out."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

FAILED, BAD = 1, 3


def run(argv: Sequence[str] | None = None) -> int:
    """The exit code of a command line; without one, of the process's own."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments in (["--version"], ["-V"]):
        # Answered before anything heavy is imported: scripts ask it often.
        from licet._version import __version__

        print(f"licet {__version__}")
        return 0
    try:
        code = _answer(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        return _closed()
    except KeyboardInterrupt:
        print("licet: interrupted", file=sys.stderr)
        return FAILED
    except Exception as error:  # noqa: BLE001  # a traceback helps nobody who ships goods
        return internal_error(error)
    return code


def _answer(arguments: Sequence[str]) -> int:
    from licet.cli.common import UsageError

    try:
        if arguments[:1] == ["evaluate"]:
            from licet.cli.quick import evaluate

            code = evaluate(arguments[1:])
            if code is not None:
                return code
        from licet.cli.app import invoke

        return invoke(arguments)
    except UsageError as error:
        from licet.text import clean

        print(f"licet: {clean(str(error), 300)}", file=sys.stderr)
        return BAD


def internal_error(error: BaseException) -> int:
    """The exit code of a bug, after one line about it; with LICET_DEBUG=1 the traceback comes first."""
    from licet.text import clean

    if os.environ.get("LICET_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    print(f"licet: internal error: {clean(what, 300)}", file=sys.stderr)
    return FAILED


def _closed() -> int:
    """The exit code where the reader of our output has gone (`| head`): what it did not read may have said stop."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  # for the flush at exit
    return FAILED
