"""How many reservations a second of one hot SKU, over 256 connections, without oversell?

Each is a unit for an order of its own. There are fewer units than are asked for at the end: what is
reserved then is all of them and no more.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import httpx

from bench.answer import Answer, Target
from bench.question import Question
from bench.report import main
from bench.session import ECHO, STRAIGHT, Session
from bench.stand import ORG, Stand
from bench.straight import last_sequence, straight
from bench.traffic import Reservations
from ledger.inventory.reservation import RESERVATIONS
from ledger.inventory.stock_base import STOCK_RESERVATIONS
from ledger.kernel.limits import OPEN_RESERVATIONS_MAX, UNITS_MAX

CONNECTIONS = 256
TARGET = Target(must=2_000, aim=4_000)
HOT, SCARCE = [f"HOT-{number}" for number in range(10)], "SCARCE"
"""One SKU is hot at a time: the next when nearly as many reservations of it are open as may be."""
ALL_STAY_OPEN = httpx.Limits(keepalive_expiry=None)
"""A client that many threads share may close a connection in one that another reads from."""

FEW, ASKED, ASKED_AT_ONCE = 50, 200, 32
"""Units of the SKU that runs out, and how often one is asked for."""


def answer(session: Session) -> list[Answer]:
    """Reservations a second, once nobody has got what was not there."""
    with session.stand() as stand:
        for sku in HOT:
            _stock(stand, sku, UNITS_MAX)
        _stock(stand, SCARCE, FEW)
        _check_no_oversell(stand)
        after = last_sequence(stand)
        work = Reservations(
            stand.door(), [sku.encode() for sku in HOT], OPEN_RESERVATIONS_MAX - CONNECTIONS
        )
        series = session.measure(stand, work, CONNECTIONS)
        limits = {
            STRAIGHT: straight(
                stand, after, CONNECTIONS, space=RESERVATIONS, added=(STOCK_RESERVATIONS,)
            ),
            ECHO: session.echo(work, CONNECTIONS).rates,
        }
    return [series.answer("reservations of one SKU", "reservations/s", TARGET, limits)]


def _stock(stand: Stand, sku: str, quantity: int) -> None:
    """Have units of a SKU at the one location."""
    call = stand.service.call
    call("PUT", "/v1/locations", {"id": "main", "name": "Main"}, org=ORG)
    come = {"location": "main", "sku": sku, "quantity": quantity}
    call("POST", "/v1/stock/movements/receipts", come, org=ORG)


def _check_no_oversell(stand: Stand) -> None:
    """Ask for more than there is; raise RuntimeError unless all of it, and no more, is reserved."""
    body = {"owner": "order", "lines": [{"sku": SCARCE, "quantity": 1}]}
    secret = {"Authorization": f"Bearer {stand.door().secret}"}
    with httpx.Client(base_url=stand.url, headers=secret, limits=ALL_STAY_OPEN) as http:

        def ask(number: int) -> int:
            key = {"Idempotency-Key": f"few {number}"}
            return http.post("/v1/stock/reservations", json=body, headers=key).status_code

        with ThreadPoolExecutor(ASKED_AT_ONCE) as threads:
            statuses = list(threads.map(ask, range(ASKED)))
        (level,) = http.get("/v1/stock", params={"sku": SCARCE}).json()["data"]
    if statuses.count(HTTPStatus.CREATED) != FEW or level["reserved"] != FEW:
        raise RuntimeError(f"{FEW} units were there, reserved are {level['reserved']}")


QUESTION = Question("reservations", "Reservations of one hot SKU, 256 connections", 25, answer)

if __name__ == "__main__":
    main(QUESTION)
