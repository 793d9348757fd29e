"""Commands on purchases as the API would make them of checked input, in a line each."""

from __future__ import annotations

from collections.abc import Sequence

from api.commands.purchases.offers import PublishOffers
from ledger.kernel.ids import PLATFORM
from ledger.purchases.offers import Bonus
from tests.scenarios.commands import ACTOR


def publish_offers(
    price: int = 100,
    *bonuses: tuple[int, int],
    key: str,
    org: str = PLATFORM,
    currency: str = "usd",
    sizes: tuple[int | None, int | None] = (None, None),
) -> PublishOffers:
    """What credits cost: the price of 1,000, and (threshold, basis points) in order."""
    return PublishOffers(
        org=org,
        actor=ACTOR,
        key=key,
        sent={"price": price, "bonuses": _lists(bonuses), "currency": currency, "sizes": sizes},
        currency=currency,
        price=price,
        bonuses=[Bonus(*each) for each in bonuses],
        smallest=sizes[0],
        largest=sizes[1],
    )


def _lists(bonuses: Sequence[tuple[int, int]]) -> list[list[int]]:
    return [list(each) for each in bonuses]
