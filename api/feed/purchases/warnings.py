"""Warnings: what events say that a person should know of purchases."""

from __future__ import annotations

from typing import Any

from api.feed.content import Content, Contents
from api.http.purchases.answers.purchases import MoneyAnswer, money_answer
from ledger.ports import RecordedEvent


class FlaggedContent(Content):
    """Why a person must look at a purchase; `amount`: the money that the provider spoke of."""

    why: str
    amount: MoneyAnswer | None


class RechargeStoppedContent(Content):
    """Whose rule has ended by itself, and why."""

    user: str
    why: str


def flagged(event: RecordedEvent, fact: Any) -> FlaggedContent:
    """Return why a person must look."""
    return FlaggedContent(fact.why, None if fact.money is None else money_answer(fact.money))


def recharge_stopped(event: RecordedEvent, fact: Any) -> RechargeStoppedContent:
    """Return whose rule has ended, and why."""
    return RechargeStoppedContent(fact.user, fact.why)


CONTENTS: Contents = {
    "purchases.PurchaseFlagged": flagged,
    "purchases.RechargeStopped": recharge_stopped,
}
