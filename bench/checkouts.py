"""How many orders a second are placed, have their stock and their number, and are confirmed?

Each is of a unit of one SKU, which is in stock, and is paid with the store credit of one of a few
users, so that one request is all of it: a price that is worked out, a reservation that is made and
confirmed, money that is claimed and spent, a number without a gap. When it is over there are as
many units reserved as there are orders, as much is spent as they came to, and the last number is
how many.
"""

from __future__ import annotations

from decimal import Decimal

import httpx

from bench.answer import Answer, Target
from bench.question import Question
from bench.report import main
from bench.session import ECHO, Session
from bench.stand import ORG, Stand
from bench.traffic import Checkouts, user
from ledger.kernel.limits import STORED_VALUE_MAX, UNITS_MAX

CONNECTIONS = 128
TARGET = Target(must=500, aim=1_000)
SKU = "MUG"
USERS = 100
CREDIT = STORED_VALUE_MAX // 100
"""What each user has, in the major unit: more than is spent here, an order being of one."""


def answer(session: Session) -> list[Answer]:
    """Confirmed orders a second."""
    with session.stand() as stand:
        call = stand.service.call
        call("PUT", "/v1/locations", {"id": "main", "name": "Main"}, org=ORG)
        come = {"location": "main", "sku": SKU, "quantity": UNITS_MAX}
        call("POST", "/v1/stock/movements/receipts", come, org=ORG)
        prices = {"prices": [{"currency": "usd", "amount": "1"}]}
        call("PUT", f"/v1/prices/skus/{SKU}", prices, org=ORG)
        for rank in range(1, USERS + 1):
            body = {"user": user(rank).decode(), "currency": "usd", "amount": str(CREDIT)}
            call("POST", "/v1/store-credits/adjust", body | {"reason": "bench"}, org=ORG)
        work = Checkouts(stand.door(), SKU.encode(), USERS)
        series = session.measure(stand, work, CONNECTIONS)
        _check_numbers(stand)
        limits = {ECHO: session.echo(work, CONNECTIONS).rates}
    return [series.answer("checkout to confirmed order", "orders/s", TARGET, limits)]


def _check_numbers(stand: Stand) -> None:
    """Raise RuntimeError unless each order has a unit and the next number, and has been paid."""
    secret = {"Authorization": f"Bearer {stand.door().secret}"}
    with httpx.Client(base_url=stand.url, headers=secret) as http:
        body: dict[str, object] = {"lines": [{"sku": SKU}], "currency": "usd"}
        body |= {"expected_total": "1", "user": user(1).decode(), "store_credit": True}
        last = http.post("/v1/checkout", json=body, headers={"Idempotency-Key": "last"}).json()
        (level,) = http.get("/v1/stock", params={"sku": SKU}).json()["data"]
        left = http.get("/v1/store-credits", params={"limit": USERS}).json()["data"]
    number = int(last["number"].rpartition("-")[2])
    if level["reserved"] != number:
        raise RuntimeError(f"{number} orders are confirmed, {level['reserved']} units reserved")
    spent = USERS * CREDIT - sum(Decimal(each["balance"]) for each in left)
    if spent != number:
        raise RuntimeError(f"{number} orders are confirmed, {spent} usd spent")


QUESTION = Question("checkouts", "Checkout to confirmed order, 128 connections", 25, answer)

if __name__ == "__main__":
    main(QUESTION)
