"""Lookup of rate cards."""

from __future__ import annotations

from api.commands.unit_of_work import UnitOfWork, once_a_group
from ledger.kernel.ids import PLATFORM, stream_id
from ledger.rating.rate_card import CARD_STREAM, RateCard


def find_card(unit: UnitOfWork, org: str) -> RateCard | None:
    """Return the rate card of an org, or the default one of the platform."""
    return unit.get(RateCard, stream_id(org, CARD_STREAM))


@once_a_group
def rate_cards_of(unit: UnitOfWork, org: str) -> list[RateCard]:
    """Return the rate cards of an org, the first to be asked first: its own, then the default."""
    found = (find_card(unit, each) for each in (org, PLATFORM))
    return [card for card in found if card is not None]
