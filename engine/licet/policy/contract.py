"""What an order may hold, from the order's own schema: the fields that facts read, and how codes are written."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from licet.resources import schemas_dir

#: What a fact of a listing may read besides the attributes that the list declares.
LISTING_FIELDS = (
    "list",
    "id",
    "name",
    "country",
    "listed_from",
    "row_from",
    "covers_item",
    "review_policy",
    "footnotes",
    "hit_basis",
    "hit_confirmed",
)
#: Fields of elements that no order states: the roles of who made a statement, the lists that have an owner.
_COMPUTED = {"statements": ("by_roles",), "owners": ("listed_on",)}
_COLLECTION_OF = {"transaction": "", "item": "items", "party": "parties"}


def element_fields(collection: str) -> tuple[str, ...]:
    """The fields of a collection's elements.

    >>> "eccn" in element_fields("item.components")
    True
    """
    scope, name = collection.split(".")
    found = tuple(_properties(scope)[name]["items"]["properties"])
    return (*found, *_COMPUTED.get(name, ()))


def paths(scope: str) -> tuple[str, ...]:
    """What a fact of the scope may read: a field, or a field of a field.

    >>> "shipment.loaded" in paths("transaction"), "name" in paths("party")
    (True, True)
    """
    found: list[str] = []
    for name, schema in _properties(scope).items():
        if name != "facts":
            found += [name, *(f"{name}.{inner}" for inner in schema.get("properties", ()))]
    return tuple(found)


def is_classification(text: str) -> bool:
    """Whether the text has the form of a classification.

    >>> is_classification("3A001.a"), is_classification("3A1")
    (True, False)
    """
    return re.fullmatch(_properties("item")["eccn"]["pattern"], text) is not None


@lru_cache(maxsize=len(_COLLECTION_OF))
def _properties(scope: str) -> dict[str, Any]:
    text = (schemas_dir() / "transaction.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)["properties"]
    collection = _COLLECTION_OF[scope]
    return found[collection]["items"]["properties"] if collection else found
