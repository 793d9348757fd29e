"""Answers about store credits."""

from __future__ import annotations

from api.http.answers import Amount, Answer
from api.queries.stored_value.store_credits import FoundStoreCredit
from ledger.kernel.money import format_amount


class StoreCreditAnswer(Answer):
    """A user's store credit in a currency: what there is, what orders have set aside of that, and
    what is available."""

    user: str
    currency: str
    balance: Amount
    claimed: Amount
    available: Amount


def store_credit_answer(found: FoundStoreCredit) -> StoreCreditAnswer:
    """Return a store credit as it is answered."""
    return StoreCreditAnswer(
        found.user,
        found.currency,
        format_amount(found.balance, found.currency),
        format_amount(found.claimed, found.currency),
        format_amount(found.balance - found.claimed, found.currency),
    )
