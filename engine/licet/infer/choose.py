"""Which backend infers: durable-rules where it can be imported, else the reference."""

from __future__ import annotations

from licet.compile.program import Program
from licet.infer.backend import Backend
from licet.infer.reference import ReferenceBackend

BACKENDS = ("auto", "durable", "reference")


class BackendUnavailableError(RuntimeError):
    """The backend asked for cannot be used here."""


def choose_backend(name: str, program: Program) -> Backend:
    """The backend of that name for a program.

    Raises `BackendUnavailableError` where `durable` is asked for and durable-rules cannot be imported.
    """
    if name not in BACKENDS:
        message = f"unknown backend `{name}`: expected one of {', '.join(BACKENDS)}"
        raise BackendUnavailableError(message)
    if name == "reference":
        return ReferenceBackend()
    from licet.infer.durable import available

    if available():
        from licet.infer.compiled import DurableBackend

        return DurableBackend(program)
    if name == "durable":
        message = "durable-rules cannot be imported (it needs Python below 3.13): use `--backend reference`"
        raise BackendUnavailableError(message)
    return ReferenceBackend()
