"""Unit prices: as a caller publishes them, checked and turned into whole attodollars."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.kernel.errors import Invalid
from ledger.kernel.limits import PRICE_DECIMALS_MAX, QUANTITY_MAX
from ledger.kernel.money import CREDIT, parse_decimal
from ledger.rating.rate_card_prices import PRICED_PER, TIERS_MAX, Mode, Tier

_ATTODOLLARS = {"usd": 10**18, CREDIT: 10**15}


def unit_price(
    price: object, per: object, currency: object, field: str, mode: Mode = Mode.FLAT
) -> int:
    """Return a published price as whole attodollars for one unit, or for one package.

    At most 12 decimals for at most 1,000,000 units, so that the result is always whole.
    """
    if isinstance(per, bool) or not isinstance(per, int) or not 0 < per <= QUANTITY_MAX:
        raise Invalid(f"{field}.per must be a whole number of units.", field=f"{field}.per")
    if mode is not Mode.PACKAGE and per not in PRICED_PER:
        raise Invalid(f"{field}.per must be 1, 1000 or 1000000.", field=f"{field}.per")
    if not isinstance(currency, str) or currency not in _ATTODOLLARS:
        raise Invalid(f"{field}.currency must be usd or credit.", field=f"{field}.currency")
    decimals: int = PRICE_DECIMALS_MAX if currency == "usd" else PRICE_DECIMALS_MAX - 3
    scaled = parse_decimal(price, decimals, f"{field}.price", of=f"a price in {currency}")
    attodollars: int = _ATTODOLLARS[currency] // 10**decimals
    return scaled * attodollars // (1 if mode is Mode.PACKAGE else per)


def tiers_of(
    tiers: Sequence[tuple[object, object]], per: object, currency: object, field: str
) -> list[Tier]:
    """Return tiers from (up_to, price) pairs: bounds rise, count from the first unit, the last is
    open."""
    if not 0 < len(tiers) <= TIERS_MAX:
        raise Invalid(f"{field} must hold 1 to {TIERS_MAX} tiers.", field=field)
    checked: list[Tier] = []
    below = 0
    for place, (up_to, price) in enumerate(tiers):
        at = f"{field}.{place}"
        last = place == len(tiers) - 1
        if last != (up_to is None):
            raise Invalid(
                f"{at}.up_to must be absent in the last tier, and only there.", field=f"{at}.up_to"
            )
        if not last:
            below = _bound(up_to, below, at)
        bound = None if last else below
        checked.append(Tier(str(price), unit_price(price, per, currency, at), bound))
    return checked


def _bound(up_to: object, below: int, at: str) -> int:
    if isinstance(up_to, bool) or not isinstance(up_to, int) or not below < up_to <= QUANTITY_MAX:
        raise Invalid(
            f"{at}.up_to must be a whole number above {below}: bounds rise and count from the "
            "first unit.",
            field=f"{at}.up_to",
        )
    return up_to
