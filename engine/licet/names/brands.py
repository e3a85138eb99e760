"""Brand names in other scripts, and the Latin names they stand for: policies/names/brands.yaml."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

from licet.names.scripts import simplified
from licet.resources import policies_dir, yaml_data


@cache
def curated() -> dict[str, tuple[str, ...]]:
    """Brand names (Han simplified) to Latin names."""
    data = yaml_data((policies_dir() / "names" / "brands.yaml").read_text(encoding="utf-8"))
    return {simplified(name): tuple(row["stands_for"]) for row in data["brands"] for name in row["names"]}


def readings(name: str) -> tuple[str, ...]:
    """The name with its brand said in Latin letters, once for every Latin name of it; nothing where there is none.

    >>> readings("海康威视")
    ('Hikvision',)
    """
    from licet.names.prepare import LENGTH

    return () if name.isascii() else _readings(name[:LENGTH])


@lru_cache(maxsize=4096)
def _readings(name: str) -> tuple[str, ...]:
    text = simplified(unicodedata.normalize("NFKC", name))
    met = [brand for brand in curated() if brand in text]
    if not met:
        return ()
    brand = max(met, key=lambda one: (len(one), one))
    return tuple(text.replace(brand, f" {latin} ").strip() for latin in curated()[brand])
