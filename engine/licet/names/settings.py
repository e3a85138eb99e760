"""From which score on a match counts, and how much work one name may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Thresholds are scores, 0 to 1; what each of them takes is measured in docs/screening.md."""

    #: A hit where one of the listing's countries is the party's; where either is not known; where they differ.
    possible_agrees: float = 0.70
    possible_unknown: float = 0.76
    possible_differs: float = 0.88
    #: Sure to be the same, where the country agrees. An equal name is sure, too, of a listing without a country.
    confirmed_agrees: float = 0.95
    #: How much of a listed address must be the party's, 0 to 1.
    address: float = 0.6
    #: The names compared in full for one search, beyond which the answer is cut.
    candidates: int = 1_500
    #: The aliases of a party that are looked at, beyond which the answer is cut.
    aliases: int = 50

    @property
    def floor(self) -> float:
        """The lowest score of a name that can be a hit."""
        return min(self.possible_agrees, self.possible_unknown, self.possible_differs, self.confirmed_agrees)


DEFAULT = Settings()
