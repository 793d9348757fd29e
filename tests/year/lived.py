"""The lived year: an order book that has happened, and its read models, up to date."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from adapters.postgres.read_models import PostgresProjection
from api.container import Endpoints, projections
from projections.engine import Runner
from tests.formats.bookkeeping.obtaining import hledger
from tests.scenarios.clock import StandingClock
from tests.scenarios.commands import ORG
from tests.year.comparison import Books
from tests.year.order_book import OrderBook
from tests.year.payers import BEGIN, FIRST_US
from tests.year.till import till_at


class Lived(NamedTuple):
    """What has happened: `done` by kinds of deeds, of which `refused` were not possible."""

    books: Books
    charges: int
    done: Counter[str]
    refused: Counter[str]


def live(ends: Endpoints, sandbox: Path, *, payers: int, until_us: int) -> Lived:
    """Have it happen in an empty store."""
    clock = StandingClock(BEGIN)
    with till_at(sandbox, clock) as till:
        book = OrderBook(ends, till, clock, payers)
        try:
            book.live(until_us)
        finally:
            book.close()
        charges = till.calls
    for projection in projections(ends, linger_s=0):
        assert Runner(projection, threading.Event()).catch_up()
    reader = PostgresProjection(ends.database.writer, "usage")
    events = [each for each in reader.span(0, 2**47) if each.org == ORG]
    reader.close()
    books = Books(ends, events, sandbox, hledger(), FIRST_US, until_us)
    return Lived(books, charges, book.done, book.refused)
