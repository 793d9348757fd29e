"""Commands on gift cards and store credit, in a line each, and what is there now."""

from __future__ import annotations

from itertools import count
from typing import Any

from api.commands.due import FallDue
from api.commands.stored_value.claims import (
    ClaimValue,
    GiveBackValue,
    ReleaseClaim,
    SettleClaim,
)
from api.commands.stored_value.gift_cards import (
    AdjustGiftCard,
    DisableGiftCard,
    EnableGiftCard,
    IssueGiftCard,
)
from api.commands.stored_value.store_credits import AdjustStoreCredit
from ledger.kernel.limits import CLAIM_DEFAULT_US
from ledger.kernel.report import Report
from ledger.kernel.texts import REASON
from ledger.registry import fact_of
from ledger.stored_value.gift_card import GiftCard
from ledger.stored_value.gift_card_code import RANDOM_BYTES, check_code, code_of, digest_of
from ledger.stored_value.inspection import StoredValueInspection
from ledger.stored_value.value_facts import NOTE
from ledger.stored_value.value_source import ValueSource, of_gift_card, of_store_credit
from tests.scenarios.commands import ACTOR, ORG, sealed, us
from tests.scenarios.world import World

CARD = f"gc_{'0' * 24}"
OTHER_CARD = f"gc_{'1' * 24}"
ON_CARD = of_gift_card(CARD)
MINUTE_US = 60 * 1_000_000

_numbers = count(1)


def _asked(key: str | None, **sent: object) -> dict[str, Any]:
    return {"org": ORG, "actor": ACTOR, "key": key or f"value {next(_numbers)}", "sent": sent}


def issue(
    amount: int = 5_000,
    card: str = CARD,
    *,
    currency: str = "usd",
    expires: str | None = None,
    user: str | None = None,
    order: str | None = None,
    note: str | None = None,
    key: str | None = None,
) -> IssueGiftCard:
    """A gift card; its code is drawn from its id."""
    text = sealed(note, NOTE, user or ACTOR.subject)
    code = check_code(code_of(card.encode()[:RANDOM_BYTES]))
    issued = GiftCard(amount, digest_of(ORG, code), user, order, text.digest if text else None)
    return IssueGiftCard(
        **_asked(key, card=card, amount=amount),
        gift_card=card,
        issued=issued,
        currency=currency,
        expires_us=us(expires),
        note=text,
    )


def adjust(amount: int, card: str = CARD, key: str | None = None) -> AdjustGiftCard:
    """A person has put more on a card, or taken some."""
    return AdjustGiftCard(
        **_asked(key, card=card, amount=amount),
        gift_card=card,
        amount=amount,
        currency="usd",
        reason=sealed("was miscounted", REASON, ACTOR.subject),
    )


def disable(card: str = CARD, key: str | None = None) -> DisableGiftCard:
    """It cannot be used."""
    return DisableGiftCard(**_asked(key, card=card), gift_card=card)


def enable(card: str = CARD, key: str | None = None) -> EnableGiftCard:
    """It can."""
    return EnableGiftCard(**_asked(key, card=card), gift_card=card)


def credit(
    amount: int,
    user: str = "ada",
    *,
    currency: str = "usd",
    refund_of: str | None = None,
    key: str | None = None,
) -> AdjustStoreCredit:
    """A user has more store credit, or below zero less."""
    return AdjustStoreCredit(
        **_asked(key, user=user, amount=amount, currency=currency),
        user=user,
        amount=amount,
        currency=currency,
        reason=sealed("came late", REASON, user),
        refund_of=refund_of,
    )


def claim(
    order: str,
    amount: int,
    source: ValueSource = ON_CARD,
    *,
    currency: str = "usd",
    lasts_us: int = CLAIM_DEFAULT_US,
    key: str | None = None,
) -> ClaimValue:
    """An order sets some aside."""
    return ClaimValue(
        **_asked(key, order=order, amount=amount),
        source=source,
        order=order,
        amount=amount,
        currency=currency,
        lasts_us=lasts_us,
    )


def settle(order: str, source: ValueSource = ON_CARD, key: str | None = None) -> SettleClaim:
    """It is spent."""
    return SettleClaim(**_asked(key, order=order), source=source, order=order)


def release(order: str, source: ValueSource = ON_CARD, key: str | None = None) -> ReleaseClaim:
    """It is not."""
    return ReleaseClaim(**_asked(key, order=order), source=source, order=order)


def give_back(
    order: str,
    amount: int,
    source: ValueSource = ON_CARD,
    *,
    currency: str = "usd",
    key: str | None = None,
) -> GiveBackValue:
    """Some of it comes back."""
    return GiveBackValue(
        **_asked(key, order=order, amount=amount),
        source=source,
        order=order,
        amount=amount,
        currency=currency,
    )


def sweep_value(source: ValueSource = ON_CARD) -> FallDue:
    """What time has brought is recorded."""
    return FallDue(ORG, ACTOR, f"stored-value/{source.path}")


def credit_of(user: str = "ada", currency: str = "usd") -> ValueSource:
    """A user's store credit."""
    return of_store_credit(user, currency)


def stored(world: World, source: ValueSource = ON_CARD) -> tuple[int, int]:
    """The balance and what is claimed of it, as the row says."""
    rows = world.event_store.kept_rows("stored_values", [(ORG, source.path)])
    return (rows[0]["balance"], rows[0]["claimed"]) if rows else (0, 0)


def verify(world: World) -> Report:
    """What the check of stored value finds."""
    inspection = StoredValueInspection(report := Report())
    for event in world.event_store.select_positions(0, 100_000):
        inspection.see(event, fact_of(event))
    return report
