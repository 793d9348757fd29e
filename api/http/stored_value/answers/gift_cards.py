"""Answers about gift cards."""

from __future__ import annotations

from typing import Annotated

from api.commands.result import StoredFact
from api.http.answers import Amount, Answer, Time, one_of, time_or_null
from api.queries.stored_value.gift_cards import FoundGiftCard
from ledger.kernel.money import format_amount
from ledger.kernel.times import format_time
from ledger.stored_value.gift_card import Usability
from ledger.stored_value.value_facts import GiftCardDisabled
from ledger.stored_value.value_source import source_of


class GiftCardAnswer(Answer):
    """A gift card, without its code. `balance` is what is on it, `claimed` what orders have set
    aside of that; `available` can be claimed: nothing, unless it is usable. `user` has bought it,
    by an `order`. An erased `note` is null."""

    id: str
    currency: str
    amount: Amount
    balance: Amount
    claimed: Amount
    available: Amount
    status: Annotated[str, one_of(Usability)]
    expires_at: Time | None
    user: str | None
    order: str | None
    note: str | None
    created_at: Time


class IssuedGiftCardAnswer(Answer):
    """A new gift card; null as `code`: it was in the first answer."""

    id: str
    code: str | None
    currency: str
    amount: Amount
    expires_at: Time | None
    user: str | None
    order: str | None
    note: str | None
    created_at: Time


class GiftCardStandingAnswer(Answer):
    """Whether a gift card is disabled from now on."""

    id: str
    disabled: bool
    sequence: int
    recorded_at: Time


class GiftCardFoundAnswer(Answer):
    """What whoever has its code may know of a gift card."""

    id: str
    currency: str
    available: Amount
    status: Annotated[str, one_of(Usability)]
    expires_at: Time | None


def gift_card_answer(found: FoundGiftCard) -> GiftCardAnswer:
    """Return a gift card as it is answered."""
    currency = found.currency
    return GiftCardAnswer(
        found.source.name,
        currency,
        format_amount(found.initial, currency),
        format_amount(found.balance, currency),
        format_amount(found.claimed, currency),
        format_amount(found.available, currency),
        str(found.usability),
        time_or_null(found.expires_us),
        found.user,
        found.order,
        found.note,
        format_time(found.created_us),
    )


def standing_answer(stored_fact: StoredFact) -> GiftCardStandingAnswer:
    """Return what a fact says of whether a card is disabled."""
    fact = stored_fact.fact
    return GiftCardStandingAnswer(
        source_of(fact.originator_id).name,
        isinstance(fact, GiftCardDisabled),
        stored_fact.sequence,
        format_time(stored_fact.recorded_us),
    )


def found_answer(found: FoundGiftCard) -> GiftCardFoundAnswer:
    """Return what its code opens of a gift card."""
    return GiftCardFoundAnswer(
        found.source.name,
        found.currency,
        format_amount(found.available, found.currency),
        str(found.usability),
        time_or_null(found.expires_us),
    )
