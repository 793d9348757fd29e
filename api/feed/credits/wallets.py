"""Wallets: what their events say, most of them in transactions."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from api.feed.content import Content, Contents
from api.http.answers import Amount, Hash, Time
from api.http.credits.answers.transactions import (
    CategoryName,
    SliceAnswer,
    UsageAnswer,
    slice_answers,
    transaction_answer,
)
from ledger.credits.funds import Hold
from ledger.credits.transactions import transactions_of
from ledger.kernel.aggregate import Fact
from ledger.kernel.money import CREDIT, format_amount
from ledger.kernel.times import format_time
from ledger.ports import RecordedEvent


class MovementContent(Content):
    """A transaction without its texts, which can be erased."""

    id: str
    sequence: int
    hash: Hash
    user: str
    owner: str
    asset: str
    category: CategoryName
    amount: Amount
    balance_after: Amount | None
    pending_after: Amount | None
    lots: list[SliceAnswer]
    occurred_at: Time
    recorded_at: Time
    reference: str | None
    usage: UsageAnswer | None


class TransactionsContent(Content):
    """What moved."""

    transactions: list[MovementContent]


class TransferContent(TransactionsContent):
    """What moved, and between whom."""

    from_user: str
    to_user: str


class ReversalContent(TransactionsContent):
    """What moved, and the transaction that it corrects."""

    original: str


class HoldEndContent(TransactionsContent):
    """What moved when a hold ended."""

    hold: str


class HeldContent(Content):
    """Credit set aside."""

    id: str
    user: str
    owner: str
    amount: Amount
    lots: list[SliceAnswer]
    placed_at: Time
    expires_at: Time
    reference: str | None
    service: str | None
    project: str | None
    provider: str | None
    model: str | None


class HoldContent(Content):
    """A hold as it is now."""

    hold: HeldContent


class LotsInEffectContent(Content):
    """Lots that began to be spendable, and what of them paid debt."""

    lots: list[str]
    repaid: list[SliceAnswer]


def transactions(event: RecordedEvent, fact: Fact) -> TransactionsContent:
    """Return what moved."""
    return TransactionsContent(_movements(event, fact))


def sent(event: RecordedEvent, fact: Any) -> TransferContent:
    """Return what left a wallet."""
    return TransferContent(_movements(event, fact), _owner(event), fact.to)


def received(event: RecordedEvent, fact: Any) -> TransferContent:
    """Return what came to a wallet."""
    return TransferContent(_movements(event, fact), fact.sender, _owner(event))


def reversal(event: RecordedEvent, fact: Any) -> ReversalContent:
    """Return what a correction moved."""
    return ReversalContent(_movements(event, fact), fact.original)


def hold_set(event: RecordedEvent, fact: Any) -> HoldContent:
    """Return a hold that was placed or extended."""
    held: Hold = fact.hold
    return HoldContent(
        HeldContent(
            held.id,
            held.user,
            _owner(event),
            format_amount(held.amount, CREDIT),
            slice_answers(held.lots, CREDIT),
            format_time(held.placed_us),
            format_time(held.expires_us),
            held.reference,
            held.service,
            held.project,
            held.provider,
            held.model,
        )
    )


def hold_ended(event: RecordedEvent, fact: Any) -> HoldEndContent:
    """Return what moved when a hold was captured or released."""
    return HoldEndContent(_movements(event, fact), fact.hold)


def hold_expired(event: RecordedEvent, fact: Any) -> HoldEndContent:
    """Return what moved when a hold expired."""
    return HoldEndContent(_movements(event, fact), fact.hold.id)


def in_effect(event: RecordedEvent, fact: Any) -> LotsInEffectContent:
    """Return the lots that took effect."""
    return LotsInEffectContent(fact.began, slice_answers(fact.repaid, CREDIT))


def _movements(event: RecordedEvent, fact: Fact) -> list[MovementContent]:
    found = []
    for transaction in transactions_of(fact):
        answer = transaction_answer(transaction, event.sequence, event.hash, {})
        found.append(MovementContent(*_members(answer)))
    return found


def _owner(event: RecordedEvent) -> str:
    _, _, owner = event.stream.split("/", 2)
    return owner


_members = attrgetter(*MovementContent.__struct_fields__)

_MOVING = (
    *("CreditsDeposited", "CreditsGranted", "LotsExpired", "UsageRecorded", "CreditsAdjusted"),
    *("CreditsWithdrawn", "MoneyConverted", "CreditsConverted", "DebtInvoiced", "DebtRestored"),
)

CONTENTS: Contents = {
    **{f"credits.{name}": transactions for name in _MOVING},
    "credits.CreditsSent": sent,
    "credits.CreditsReceived": received,
    "credits.UsageReversed": reversal,
    "credits.CreditReversed": reversal,
    "credits.HoldPlaced": hold_set,
    "credits.HoldExtended": hold_set,
    "credits.HoldCaptured": hold_ended,
    "credits.HoldReleased": hold_ended,
    "credits.LapsedHoldCaptured": hold_ended,
    "credits.HoldExpired": hold_expired,
    "credits.CreditsTookEffect": in_effect,
}
