"""licet says whether a transaction may go, under what authority, and what a license application would meet.

>>> from licet import Evaluator
>>> evaluator = Evaluator.load()
>>> decision = evaluator.evaluate(order, as_of="2019-11-04")  # doctest: +SKIP
>>> decision.release  # doctest: +SKIP
'stop'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet._version import __version__

if TYPE_CHECKING:
    from licet.decision.model import Decision
    from licet.evaluator import Evaluator
    from licet.findings import Finding
    from licet.policy.load import PolicyError
    from licet.screening.screener import KnownParty, Screener, Screening
    from licet.transaction.model import Transaction
    from licet.transaction.read import InputError
    from licet.verdicts import Verdict

_HOME = {
    "Decision": "licet.decision.model",
    "Evaluator": "licet.evaluator",
    "Finding": "licet.findings",
    "InputError": "licet.transaction.read",
    "KnownParty": "licet.screening.screener",
    "PolicyError": "licet.policy.load",
    "Screener": "licet.screening.screener",
    "Screening": "licet.screening.screener",
    "Transaction": "licet.transaction.model",
    "Verdict": "licet.verdicts",
}
__all__ = [
    "Decision",
    "Evaluator",
    "Finding",
    "InputError",
    "KnownParty",
    "PolicyError",
    "Screener",
    "Screening",
    "Transaction",
    "Verdict",
    "__version__",
]


def __getattr__(name: str) -> Any:
    """Import on first use, so that `import licet` costs nothing."""
    if name not in _HOME:
        message = f"module `licet` has no attribute `{name}`"
        raise AttributeError(message)
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
