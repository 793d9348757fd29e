"""How long does it take to say what a cart of ten lines costs, in a shop of 100,000 SKUs?

Each SKU has prices by quantity, which modifiers and promotions change. A few customers ask over and
over, each for a cart of its own; the limit is a bare read of the rows that a quote reads, one after
another.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

from api.queries.reader import sql
from bench import store
from bench.answer import Answer, Target, percentiles
from bench.question import Question
from bench.report import main
from bench.session import Session
from bench.stand import ORG, Stand
from bench.traffic import Door

CONNECTIONS = 2
SKUS, LINES, CARTS = 100_000, 10, 2_000
SKU = "mug"
TIERS = [
    {"currency": "usd", "amount": "10.00", "until_units": 9},
    {"currency": "usd", "amount": "8.00", "from_units": 10, "until_units": 49},
    {"currency": "usd", "amount": "6.00", "from_units": 50},
    {"currency": "eur", "amount": "9.00"},
    {"currency": "usd", "amount": "7.00", "group": "trade"},
]
MODIFIERS, PROMOTIONS = 20, 20
TARGET = Target(must=10.0, aim=5.0, at_most=True)
BARE = "a bare read of its rows (p99)"


@dataclass(frozen=True)
class Quotes:
    """Carts, endlessly."""

    door: Door
    carts: list[list[str]]

    def __iter__(self) -> Iterator[bytes]:
        return cycle([self.door.post(b"/v1/orders/quote", _body(cart)) for cart in self.carts])


def answer(session: Session) -> list[Answer]:
    """The 99th percentile of each run, beside that of the bare read."""
    skus = max(100, int(SKUS * session.scale.size))
    drawn = random.Random("carts")
    carts = [[f"{SKU}-{drawn.randint(1, skus)}" for _ in range(LINES)] for _ in range(CARTS)]
    with session.stand() as stand:
        _sell(stand, skus)
        quotes = Quotes(stand.door(), carts)
        series = session.measure(stand, quotes, CONNECTIONS)
        asked = [{"org": ORG, "ids": cart} for cart in carts]
        bare = [
            percentiles(store.read_times(stand.data, sql("pricing/prices"), asked))[99.0]
            for _ in range(session.scale.runs)
        ]
    return [
        series.answer(
            f"quotes of {LINES} lines of {skus:,} SKUs (p99)",
            "ms",
            TARGET,
            {BARE: bare},
            [percentiles(run.latencies)[99.0] for run in series.runs],
        )
    ]


def _sell(stand: Stand, skus: int) -> None:
    """Have prices, and what changes them: half of it fits."""
    call = stand.service.call
    call("PUT", f"/v1/prices/skus/{SKU}", {"prices": TIERS}, org=ORG)
    for number in range(MODIFIERS):
        fits = {"group": "trade"} if number % 2 else {}
        body = {"name": f"Change {number}", "kind": "percent", "bps": 100, **fits}
        call("PUT", f"/v1/prices/modifiers/m{number}", body, org=ORG)
    for number in range(PROMOTIONS):
        fits = {"group": "trade"} if number % 2 else {"scope": "lines"}
        body = {"name": f"Promotion {number}", "kind": "percent", "bps": 100, **fits}
        call("PUT", f"/v1/promotions/p{number}", body, org=ORG)
    store.add_prices(stand.data, SKU, skus)


def _body(cart: list[str]) -> bytes:
    lines = [{"sku": sku, "units": 1 + place} for place, sku in enumerate(cart)]
    return json.dumps({"currency": "usd", "lines": lines}).encode()


QUESTION = Question("quotes", "Quotes of orders", 40, answer)

if __name__ == "__main__":
    main(QUESTION)
