"""Refunds of an org's purchases, and one of them."""

from __future__ import annotations

from typing import NamedTuple

from api.queries.lists import ModelList
from api.queries.reader import Reader


class FoundRefund(NamedTuple):
    """A refund: `amount` in the currency's smallest unit, `credits` microcredits that go with it,
    times in microseconds.

    `origin`: asked (for here) or found (at the provider's, whose id of it is `number`); None: how
    it began is not known. `code`: why the provider let it fail.
    """

    refund: str
    purchase: str
    owner: str
    status: str
    origin: str | None
    amount: int
    currency: str
    credits: int | None
    number: str | None
    code: str | None
    asked_us: int
    ended_us: int | None

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the list."""
        return self.asked_us, self.refund


REFUNDS = ModelList("refunds", "purchases/refunds", FoundRefund)


async def refund_of(reader: Reader, org: str, refund: str) -> FoundRefund | None:
    """Return one refund."""
    row = await reader.row(org, "purchases/refund", {"org": org, "refund": refund})
    return None if row is None else FoundRefund(**row)
