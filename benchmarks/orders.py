"""An order book such as an exporter's ERP system holds, for the pack `us_ear`: invented, seeded, skewed as trade is.

A catalog of products is drawn first: four in five are EAR99, most of the others are controlled for anti-terrorism only
(5A992.c, 5A991, 3A991, 4A994 and the like), a few for more (5A002, 3A001, 2B350). Then customers: each in a country,
with a chance that follows where US exports go, with an end use and the two to eight products that it buys. Customers
come back by Zipf's law, so a few of them make most orders. An order has one to four lines; prices and quantities are
log-normal, so hardly two orders are the same, though most are the same to the law. Products that need a License
Exception are sold with the claim and the facts that an ERP system keeps with the product.

Three orders in a hundred are odd: a listed party, an ECCN that is rarely seen, a fact that is missing, another
currency, a reexport, a forwarder or a consignee on the way.
"""

from __future__ import annotations

import copy
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

Order: TypeAlias = dict[str, Any]

DAYS = tuple(f"2026-09-{day:02}" for day in range(1, 24))
PRODUCTS = 400
CUSTOMERS = 1200
ODD = 0.03

# Shares in percent, roughly those of US exports of goods.
DESTINATIONS = {
    "CA": 17,
    "MX": 16,
    "CN": 7,
    "NL": 4.5,
    "GB": 4,
    "JP": 4,
    "DE": 3.7,
    "KR": 3.3,
    "BR": 2.4,
    "SG": 2.2,
    "TW": 2.2,
    "IN": 2.1,
    "FR": 2.1,
    "AU": 1.6,
    "BE": 1.6,
    "IT": 1.5,
    "HK": 1.4,
    "CH": 1.3,
    "AE": 1.2,
    "ES": 1.1,
    "CL": 0.9,
    "CO": 0.9,
    "TR": 0.8,
    "IL": 0.7,
    "MY": 0.9,
    "TH": 0.8,
    "VN": 0.6,
    "PL": 0.6,
    "IE": 0.8,
    "SA": 0.6,
    "PH": 0.5,
    "SE": 0.4,
    "ZA": 0.3,
    "AR": 0.6,
    "PE": 0.5,
    "EG": 0.3,
    "NG": 0.2,
    "ID": 0.5,
    "NO": 0.3,
    "DK": 0.2,
    "KZ": 0.1,
    "PK": 0.1,
    "UA": 0.1,
    "KE": 0.1,
    "MA": 0.2,
    "JO": 0.1,
    "QA": 0.2,
    "RU": 0.05,
    "BY": 0.02,
    "CU": 0.02,
}
CLASSES = {
    "EAR99": 80,
    "5A992.c": 4.5,
    "5A991": 2.5,
    "3A991": 3,
    "4A994": 2,
    "5D992.c": 1,
    "9A991.d": 1,
    "6A993.a": 0.4,
    "3A992.a": 0.5,
    "2A991": 0.4,
    "5A002.a": 0.8,
    "5D002.c.1": 0.5,
    "3A001.a.2": 0.3,
    "2B350": 0.3,
    "4A994.l": 0.3,
    "6A003.b": 0.2,
    "1C350.b": 0.1,
    "3A002.a": 0.2,
    "7A994": 0.3,
    "1A995": 0.2,
    "8A992": 0.2,
    "2B999": 0.3,
}
RARE = (
    *("9A610.x", "0A606.y", "9A515.x", "3A090.a", "4A090.a", "1C351.a", "6A002.a.1", "0A501.a", "3B001.a.1", "9A004"),
    *("2B001.b.2", "2B230.a", "1C010.b", "7A103", "0A998", "1C990", "4D004", "9E991", "3A999", "0A505.a"),
)
CLAIMS: dict[str, dict[str, Any]] = {
    "5A002.a": {"license_exception": "ENC.b.1", "encryption_features": []},
    "5D002.c.1": {"license_exception": "ENC.b.1", "encryption_features": []},
    "3A001.a.2": {"license_exception": "GBS"},
    "3A002.a": {"license_exception": "LVS"},
}
USES = (
    *("resale to offices", "office network", "repair of loaders", "water supply", "bench test of power supplies"),
    *("maintenance of machines", "hospital laboratory", "packaging line", "retail stores", "data center", "classrooms"),
    *("food processing", "spare parts", "construction", "printing plant", "point-of-sale terminals", "logistics"),
)
LISTED = (
    *(("Huawei Technologies Co., Ltd.", "CN"), ("HiSilicon Technologies Co., Ltd.", "CN"), ("Dahua Technology", "CN")),
    *(("Hikvision", "CN"), ("Sugon", "CN"), ("Huawei Technologies Deutschland GmbH", "DE")),
)
KINDS = {"D": "software", "E": "technology"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product of the catalog."""

    eccn: str
    price: float
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer, and what it buys."""

    name: str
    country: str
    use: str
    products: tuple[Product, ...]


def book(count: int, seed: int = 1) -> list[Order]:
    """So many orders, the same on every machine."""
    rng = random.Random(f"orders {seed}")
    catalog = [_product(rng) for _ in range(PRODUCTS)]
    customers = [_customer(number, catalog, rng) for number in range(CUSTOMERS)]
    often = list(itertools.accumulate(1 / rank for rank in range(1, CUSTOMERS + 1)))
    chosen = rng.choices(customers, cum_weights=often, k=count)
    return [_order(number, customer, rng) for number, customer in enumerate(chosen)]


def _product(rng: random.Random) -> Product:
    return Product(
        eccn=_weighted(CLASSES, rng),
        price=round(rng.lognormvariate(5.5, 1.6), 2),
        origin=rng.choices(("US", "CN", "MX", "DE"), (88, 6, 4, 2))[0],
    )


def _customer(number: int, catalog: list[Product], rng: random.Random) -> Customer:
    country = _weighted(DESTINATIONS, rng)
    products = tuple(rng.sample(catalog, rng.randint(2, 8)))
    return Customer(name=f"Customer {number} {country}", country=country, use=rng.choice(USES), products=products)


def _order(number: int, customer: Customer, rng: random.Random) -> Order:
    lines = rng.choices((1, 2, 3, 4), (55, 25, 12, 8))[0]
    order: Order = {
        "id": f"SO-{number}",
        "date": rng.choice(DAYS),
        "activity": "export",
        "origin": "US",
        "destination": customer.country,
        "parties": [
            {"id": "seller", "roles": ["exporter"], "name": "Blue Mesa Instruments, Inc.", "country": "US"},
            {
                "id": "customer",
                "roles": ["purchaser", "ultimate_consignee", "end_user"],
                "name": customer.name,
                "country": customer.country,
            },
        ],
        "end_use": customer.use,
        "items": [_line(n + 1, rng.choice(customer.products), rng) for n in range(lines)],
    }
    if rng.random() < ODD:
        rng.choice(ODDITIES)(order, rng)
    return order


def _line(number: int, product: Product, rng: random.Random) -> dict[str, Any]:
    quantity = max(round(rng.lognormvariate(2, 1.3)), 1)
    line: dict[str, Any] = {
        "id": str(number),
        "kind": KINDS.get(product.eccn[1:2] if product.eccn != "EAR99" else "", "commodity"),
        "eccn": product.eccn,
        "quantity": quantity,
        "value": {"amount": round(product.price * quantity, 2), "currency": "USD"},
        "origin": product.origin,
    }
    if product.eccn in CLAIMS:
        line["facts"] = copy.deepcopy(CLAIMS[product.eccn])
    return line


def _weighted(shares: dict[str, float], rng: random.Random) -> str:
    return rng.choices(tuple(shares), tuple(shares.values()))[0]


# --- what is odd -----------------------------------------------------------------------------------------------------


def _listed_party(order: Order, rng: random.Random) -> None:
    name, country = rng.choice(LISTED)
    order["destination"] = country
    order["parties"][1] |= {"name": name, "country": country}


def _rare_eccn(order: Order, rng: random.Random) -> None:
    eccn = rng.choice(RARE)
    order["items"][0] |= {"eccn": eccn, "kind": KINDS.get(eccn[1], "commodity")}


def _missing(order: Order, rng: random.Random) -> None:
    del order["items"][0][rng.choice(("eccn", "origin", "value", "kind"))]


def _no_end_use(order: Order, _: random.Random) -> None:
    del order["end_use"]


def _currency(order: Order, rng: random.Random) -> None:
    for line in order["items"]:
        line["value"]["currency"] = rng.choice(("EUR", "CAD", "JPY"))


def _reexport(order: Order, rng: random.Random) -> None:
    order |= {"activity": "reexport", "origin": rng.choice(("DE", "SG", "NL"))}


def _through(order: Order, rng: random.Random) -> None:
    country = rng.choice(("SG", "AE", "NL", "PA"))
    order["parties"].append(
        {"id": "between", "roles": ["intermediate_consignee"], "name": f"Depot {country}", "country": country}
    )


def _forwarder(order: Order, _: random.Random) -> None:
    order["parties"].append({"id": "forwarder", "roles": ["forwarder"], "name": "Bay Forwarding LLC", "country": "US"})


ODDITIES: tuple[Callable[[Order, random.Random], None], ...] = (
    *(_listed_party, _rare_eccn, _missing, _no_end_use, _currency, _reexport, _through, _forwarder),
)
