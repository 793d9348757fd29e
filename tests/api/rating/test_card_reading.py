"""What was read of a rate card once is kept: its versions never change."""

from __future__ import annotations

import asyncio

import pytest

from api.container import Endpoints
from api.queries.rating import rate_cards
from api.queries.rating.rate_cards import CardAt, RateCards
from api.queries.reader import Reader, query_pool
from tests.api.served import Api, done

CARDS = "/v1/billing/rate-cards"
NOW_US = 2_000_000_000_000_000


def publish(admin: Api, dollars: str) -> None:
    price = {"model": "m", "meter": "requests", "per": 1, "price": dollars}
    done(admin.send(CARDS, {"prices": [price]}, method="PUT"))


async def own_cards(ends: Endpoints, admin: Api, dollars: list[str]) -> list[CardAt]:
    """An org's card, read before and after each publication."""
    pool = query_pool(ends.database.query, size=2)
    await pool.open()
    reading = RateCards(Reader(pool))
    try:
        found = [(await reading.rate_cards_at(str(admin.org), NOW_US))[0]]
        for each in dollars:
            if each:
                publish(admin, each)
            found.append((await reading.rate_cards_at(str(admin.org), NOW_US))[0])
    finally:
        await pool.close()
    return found


def test_a_version_is_decoded_once_and_a_newer_one_is_seen(ends: Endpoints, admin: Api) -> None:
    publish(admin, "1")
    first, again, newer, newer_again = asyncio.run(own_cards(ends, admin, ["", "2", ""]))
    assert first.version is again.version
    assert newer.version is newer_again.version
    assert (first.version.version, newer.version.version) == (1, 2)


def test_what_is_kept_is_bounded(
    ends: Endpoints, admin: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_cards, "DECODED_MAX", 0)
    monkeypatch.setattr(rate_cards, "HISTORIES_MAX", 1)
    publish(admin, "1")
    first, newer = asyncio.run(own_cards(ends, admin, ["2"]))
    assert (first.version.version, newer.version.version) == (1, 2)
