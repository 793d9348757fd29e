"""How many orders a second are placed, have their stock and their number, and are confirmed?

Each is of a unit of one SKU, which is in stock and costs nothing, so that one request is all of it:
a price that is worked out, a reservation that is made and confirmed, a number without a gap. When
it is over there are as many units reserved as there are orders, and the last number is how many.
"""

from __future__ import annotations

import httpx

from bench.answer import Answer, Target
from bench.question import Question
from bench.report import main
from bench.session import ECHO, Session
from bench.stand import ORG, Stand
from bench.traffic import Checkouts
from ledger.kernel.limits import UNITS_MAX

CONNECTIONS = 128
TARGET = Target(must=500, aim=1_000)
SKU = "FREE"


def answer(session: Session) -> list[Answer]:
    """Confirmed orders a second."""
    with session.stand() as stand:
        call = stand.service.call
        call("PUT", "/v1/locations", {"id": "main", "name": "Main"}, org=ORG)
        come = {"location": "main", "sku": SKU, "quantity": UNITS_MAX}
        call("POST", "/v1/stock/movements/receipts", come, org=ORG)
        free = {"prices": [{"currency": "usd", "amount": "0"}]}
        call("PUT", f"/v1/prices/skus/{SKU}", free, org=ORG)
        work = Checkouts(stand.door(), SKU.encode())
        series = session.measure(stand, work, CONNECTIONS)
        _check_numbers(stand)
        limits = {ECHO: session.echo(work, CONNECTIONS).rates}
    return [series.answer("checkout to confirmed order", "orders/s", TARGET, limits)]


def _check_numbers(stand: Stand) -> None:
    """Raise RuntimeError unless each order has a unit and the next number."""
    secret = {"Authorization": f"Bearer {stand.door().secret}"}
    with httpx.Client(base_url=stand.url, headers=secret) as http:
        body = {"lines": [{"sku": SKU}], "currency": "usd", "expected_total": "0", "user": "ada"}
        last = http.post("/v1/checkout", json=body, headers={"Idempotency-Key": "last"}).json()
        (level,) = http.get("/v1/stock", params={"sku": SKU}).json()["data"]
    number = int(last["number"].rpartition("-")[2])
    if level["reserved"] != number:
        raise RuntimeError(f"{number} orders are confirmed, {level['reserved']} units reserved")


QUESTION = Question("checkouts", "Checkout to confirmed order, 128 connections", 25, answer)

if __name__ == "__main__":
    main(QUESTION)
