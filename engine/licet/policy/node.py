"""A piece of a policy file on its way to a typed value: its data, its place, and where its findings go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from licet.findings import Finding, Severity

if TYPE_CHECKING:  # a checked pack comes from the cache, and needs no reader
    from licet.policy.source import Document, Pointer


class Node:
    """Data at a place in a file. `document` is None where the file has been checked before and cannot fail.

    A pack has tens of thousands: a plain class is made several times as fast as a frozen dataclass.
    """

    __slots__ = ("data", "document", "findings", "path", "pointer")

    def __init__(
        self, data: Any, path: str, document: Document | None, findings: list[Finding], pointer: Pointer = ()
    ) -> None:
        self.data = data
        self.path = path
        self.document = document
        self.findings = findings
        self.pointer = pointer

    def __getitem__(self, name: str | int) -> Node:
        return Node(self.data[name], self.path, self.document, self.findings, (*self.pointer, name))

    def __contains__(self, name: str) -> bool:
        return isinstance(self.data, dict) and name in self.data

    def get(self, name: str) -> Any:
        """The plain data under a key, or None."""
        return self.data.get(name)

    def child(self, name: str) -> Node | None:
        """The node under a key, or None where there is none."""
        if name not in self:
            return None
        return self[name]

    def items(self) -> Iterator[tuple[str, Node]]:
        """The entries of a mapping."""
        for name in self.data:
            yield name, self[name]

    def elements(self) -> Iterator[Node]:
        """The entries of a list."""
        for place in range(len(self.data)):
            yield self[place]

    def error(
        self,
        code: str,
        message: str,
        *,
        help: str | None = None,
        key: bool = False,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Report a finding here, at the value or at its key."""
        line, column = (1, 1)
        if self.document is not None:
            line, column = self.document.key_mark(self.pointer) if key else self.document.mark(self.pointer)
        self.findings.append(
            Finding(code=code, message=message, path=self.path, line=line, column=column, help=help, severity=severity)
        )
