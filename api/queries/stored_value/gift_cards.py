"""Gift cards, as recorded last, and what can be used of them now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from api.queries.reader import Reader, Row
from ledger.kernel.decoding import converted
from ledger.stored_value.gift_card import Usability, usability_at
from ledger.stored_value.open_claim import OpenClaim
from ledger.stored_value.value_source import ValueSource, of_gift_card, source_at


class FoundGiftCard(NamedTuple):
    """A gift card at a moment. `note`: an erasable text, null once it is erased."""

    source: ValueSource
    currency: str
    initial: int
    balance: int
    claimed: int
    usability: Usability
    expires_us: int | None
    user: str | None
    order: str | None
    note: str | None
    created_us: int

    @property
    def available(self) -> int:
        """What can be claimed of it."""
        return self.balance - self.claimed if self.usability is Usability.USABLE else 0


async def gift_card_of(
    reader: Reader, org: str, gift_card: str, now_us: int
) -> FoundGiftCard | None:
    """Return a gift card of an org by its id."""
    asked = {"org": org, "id": of_gift_card(gift_card).path}
    row = await reader.row(org, "stored_value/gift_card", asked)
    return None if row is None else _found(row, now_us)


async def gift_card_by(reader: Reader, org: str, digest: str, now_us: int) -> FoundGiftCard | None:
    """Return the gift card of an org with the code of a digest."""
    asked = {"org": org, "digest": digest}
    row = await reader.row(org, "stored_value/gift_card_by_code", asked)
    return None if row is None else _found(row, now_us)


async def gift_cards_of(
    reader: Reader, org: str, filters: Mapping[str, str | None], after: str, limit: int, now_us: int
) -> list[FoundGiftCard]:
    """Return those of an org, by their ids, that come after one."""
    asked = {"org": org, **filters, "after": of_gift_card(after).path, "limit": limit}
    rows = await reader.rows(org, "stored_value/gift_cards", asked)
    return [_found(row, now_us) for row in rows]


def claimed_at(row: Row, now_us: int) -> int:
    """Return what open claims have of a row's balance, whether or not an end is recorded."""
    claims = converted(row["claims"], list[OpenClaim])
    return sum(each.amount for each in claims if not each.has_ended(now_us))


def _found(row: Row, now_us: int) -> FoundGiftCard:
    """Return a row's card; what is left when its time is over is not there any more, whether or not
    that is recorded."""
    claimed, balance = claimed_at(row, now_us), row["balance"]
    usability = usability_at(
        now_us,
        is_disabled=row["disabled"],
        expires_us=row["expires_us"],
        unclaimed=balance - claimed,
    )
    is_over = row["expires_us"] is not None and row["expires_us"] <= now_us
    return FoundGiftCard(
        source_at(row["id"]),
        row["currency"],
        row["initial"],
        claimed if is_over else balance,
        claimed,
        usability,
        row["expires_us"],
        row["person"],
        row["order_id"],
        row["note"],
        row["created_us"],
    )
