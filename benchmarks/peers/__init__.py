"""The engines that stand beside ours: one module each, all with the same interface."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from benchmarks.policies import Case, Policy

MODULES = ("generated_python", "durable", "durable_shards", "regorus", "opa", "cedar", "zen", "datalogic", "clips_rete")


class CannotLoad(Exception):  # noqa: N818  not an error of ours: the table shows it
    """An engine cannot take a policy, and why."""


class Engine(Protocol):
    """A policy, loaded. One that has `answer` too is timed on that, which tells less than which rules fire."""

    def fired(self, case: Case) -> frozenset[int]:
        """The rules that fire, whatever the engine needs to be told of the case included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """An engine in the run: how it is made, and the form in which whoever uses it holds a case.

    `ready` does what comes before the clock starts, such as writing the policy down in a file that already exists when
    a program begins.
    """

    name: str
    version: str
    build: Callable[[Policy], Engine]
    given: Callable[[Case], Any] = dict
    ready: Callable[[Policy], object] = id
    ours: bool = False
    unsafe: bool = False


def peers(only: str = "") -> tuple[list[Contender], list[tuple[str, str]]]:
    """The peers that can be had here, and the others with the reason."""
    found: list[Contender] = []
    missing: list[tuple[str, str]] = []
    for module in MODULES:
        peer: Any = importlib.import_module(f"benchmarks.peers.{module}")
        if only not in peer.NAME:
            continue
        try:
            version = peer.version()
        except ImportError as error:
            missing.append((peer.NAME, f"not installed ({error}): {peer.INSTALL}"))
            continue
        unsafe = getattr(peer, "UNSAFE", False)
        found.append(Contender(name=peer.NAME, version=version, build=peer.build, unsafe=unsafe))
    return found, missing
