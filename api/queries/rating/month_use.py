"""Month use: what was used of meters, where the price of the next unit depends on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from api.queries.reader import Reader
from ledger.kernel.ids import POOL
from ledger.rating.line_price import Rated, Used
from ledger.rating.months import MeterKey, key_of
from ledger.rating.rate_card_prices import Price


async def rate_after_use(
    reader: Reader, org: str, user: str, occurred_us: int, rate: Callable[[Used], Rated]
) -> Rated:
    """Return what a user's use costs on top of what was used in its month, where that matters."""
    keys: list[MeterKey] = []

    def note(price: Price) -> int:
        keys.append(key_of(price, org, user, occurred_us))
        return 0

    rated = rate(note)
    if not keys:
        return rated
    used = await meters_used(reader, org, keys)
    return rate(lambda price: used[key_of(price, org, user, occurred_us)])


async def meters_used(reader: Reader, org: str, keys: Sequence[MeterKey]) -> dict[MeterKey, int]:
    """Return what was counted by now; a user whose org pays from its pool is asked for as a
    user."""
    parameters = {
        "org": org,
        "pool": POOL,
        "payers": [key.payer for key in keys],
        "providers": [key.provider for key in keys],
        "models": [key.model for key in keys],
        "meters": [key.meter for key in keys],
        "months": [key.month for key in keys],
    }
    rows = await reader.rows(org, "rating/meters_used", parameters)
    return dict.fromkeys(keys, 0) | {keys[row["place"] - 1]: int(row["used"]) for row in rows}
