"""Subscriptions of Stripe in our words: what its sandbox does not show, and Stripe does."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.stripe.mirroring import failure_on, invoice_of, mirrored_of, paid_by
from ledger.kernel.outside import NeverTaken
from ledger.purchases.notice import Money
from ledger.subscriptions.calendar import Period
from ledger.subscriptions.mirrored import MirroredItem, MirroredLine, MirroredStatus

SUBSCRIPTION: dict[str, Any] = {
    "id": "sub_1",
    "status": "active",
    "customer": {"id": "cus_1"},
    "metadata": {},
    "cancel_at": None,
    "cancel_at_period_end": False,
    "cancellation_details": None,
    "ended_at": None,
    "items": {
        "data": [
            {
                "price": {"id": "price_1"},
                "quantity": 2,
                "current_period_start": 100,
                "current_period_end": 200,
            },
            {
                "price": {"id": "price_2"},
                "current_period_start": 100,
                "current_period_end": 200,
            },
        ],
        "has_more": False,
    },
}
LINE: dict[str, Any] = {
    "description": "2 seats",
    "amount": 1_000,
    "currency": "usd",
    "period": {"start": 100, "end": 200},
    "quantity": 2,
    "discount_amounts": [],
    "pretax_credit_amounts": None,
    "taxes": None,
    "pricing": {"price_details": {"price": "price_1"}},
    "parent": {
        "type": "subscription_item_details",
        "subscription_item_details": {"subscription_item": "si_1", "proration": False},
        "invoice_item_details": None,
    },
}
ADDED: dict[str, Any] = {
    "type": "invoice_item_details",
    "invoice_item_details": {"invoice_item": "ii_1", "proration": False},
    "subscription_item_details": None,
}
INVOICE: dict[str, Any] = {
    "id": "in_1",
    "number": None,
    "status": "draft",
    "total": 1_000,
    "amount_due": 1_000,
    "currency": "usd",
    "created": 100,
    "attempt_count": 0,
}
READ = MirroredLine("2 seats", 1_000, Period(100_000_000, 200_000_000), "price_1", 2)


def paying(status: str, **payment: Any) -> dict[str, Any]:
    return {"status": status, "payment": payment}


@pytest.mark.parametrize(
    ("fields", "status", "is_unpaid"),
    [
        ({}, MirroredStatus.ACTIVE, False),
        ({"status": "trialing"}, MirroredStatus.TRIALING, False),
        ({"status": "paused"}, MirroredStatus.PAUSED, False),
        ({"status": "unpaid"}, MirroredStatus.PAST_DUE, False),
        ({"status": "incomplete_expired", "ended_at": 150}, MirroredStatus.ENDED, True),
        ({"status": "canceled", "ended_at": 150}, MirroredStatus.ENDED, False),
        (
            {
                "status": "canceled",
                "ended_at": 150,
                "cancellation_details": {"reason": "payment_failed"},
            },
            MirroredStatus.ENDED,
            True,
        ),
    ],
)
def test_a_state_is_said_in_our_words(
    fields: dict[str, Any], status: MirroredStatus, is_unpaid: bool
) -> None:
    found = mirrored_of({**SUBSCRIPTION, **fields}, [])
    assert (found.status, found.is_unpaid) == (status, is_unpaid)
    assert found.ended_us == (150_000_000 if "ended_at" in fields else None)
    assert (found.org, found.user, found.customer) == (None, None, "cus_1")
    assert (found.price, found.quantity, found.period) == ("price_1", 2, READ.period)
    assert found.items == [
        MirroredItem("price_1", 2, READ.period),
        MirroredItem("price_2", 1, READ.period),
    ]


def test_items_that_are_not_shown_are_not_passed_over() -> None:
    some = {**SUBSCRIPTION["items"], "has_more": True}
    with pytest.raises(NeverTaken, match="more items"):
        mirrored_of({**SUBSCRIPTION, "items": some}, [])


@pytest.mark.parametrize(
    ("fields", "cancels_us"),
    [
        ({}, None),
        ({"cancel_at_period_end": True}, 200_000_000),
        ({"cancel_at_period_end": True, "cancel_at": 200}, 200_000_000),
        ({"cancel_at": 170}, 170_000_000),
        ({"cancel_at": 170, "status": "canceled", "ended_at": 170}, None),
    ],
)
def test_when_it_is_to_end_is_said_in_one_way(
    fields: dict[str, Any], cancels_us: int | None
) -> None:
    assert mirrored_of({**SUBSCRIPTION, **fields}, []).cancels_us == cancels_us


@pytest.mark.parametrize(
    ("fields", "read"),
    [
        ({}, READ),
        ({"description": None, "quantity": None}, READ._replace(text="", quantity=1)),
        ({"discount_amounts": [{"amount": 100}]}, READ._replace(total=900)),
        (
            {
                "discount_amounts": [{"amount": 100}],
                "pretax_credit_amounts": [{"amount": 100}, {"amount": 50}],
            },
            READ._replace(total=850),
        ),
        (
            {
                "taxes": [
                    {"amount": 190, "tax_behavior": "exclusive"},
                    {"amount": 30, "tax_behavior": "inclusive"},
                ]
            },
            READ._replace(total=1_190),
        ),
        ({"parent": ADDED}, READ._replace(price=None)),
        (
            {"parent": {**ADDED, "invoice_item_details": {"proration": True}}},
            READ._replace(is_proration=True),
        ),
        ({"parent": None, "pricing": None}, READ._replace(price=None)),
        ({"currency": "isk"}, READ._replace(total=10)),
    ],
)
def test_a_line_is_said_in_our_words(fields: dict[str, Any], read: MirroredLine) -> None:
    invoice = invoice_of(INVOICE, [{**LINE, **fields}], None, None)
    assert invoice.lines == [read]
    assert invoice.total == Money(1_000, "usd")


@pytest.mark.parametrize(
    ("status", "due", "balances"),
    [
        ("draft", 700, []),  # it may be another when it is finalized
        ("open", 1_000, []),
        ("open", 700, [-300]),
        ("paid", 0, [-1_000]),
        ("paid", 1_040, [40]),
    ],
)
def test_what_the_balance_takes_off_an_invoice_or_on_is_a_line(
    status: str, due: int, balances: list[int]
) -> None:
    told = {**INVOICE, "status": status, "amount_due": due}
    invoice = invoice_of(told, [LINE], None, None)
    assert [each.total for each in invoice.lines[1:]] == balances
    assert all((each.period, each.price) == (READ.period, None) for each in invoice.lines[1:])
    (alone,) = invoice_of(
        {**told, "status": "paid", "total": 0, "amount_due": 40}, [], "", ""
    ).lines
    assert (alone.total, alone.period) == (40, Period(100_000_000, 100_000_000))


def test_what_an_invoice_was_paid_by_is_what_came_in() -> None:
    assert paid_by([]) is None
    assert paid_by([paying("open", payment_intent="pi_1")]) is None
    assert paid_by([paying("canceled", payment_intent="pi_1"), paying("paid", charge="ch_1")]) == (
        "ch_1"
    )
    assert paid_by([paying("paid", payment_record="pr_1")]) is None
    assert paid_by([paying("paid", payment_intent={"id": "pi_2"})]) == "pi_2"


def test_why_an_invoice_was_not_paid_is_the_word_of_the_bank() -> None:
    error = {"code": "card_declined", "decline_code": "lost_card"}
    declined = paying("open", payment_intent={"id": "pi_1", "last_payment_error": error})
    assert failure_on([paying("canceled", payment_intent="pi_0"), declined]) == "lost_card"
    untried = paying("open", payment_intent={"id": "pi_1", "last_payment_error": None})
    assert failure_on([untried]) == "no_payment_method"
    assert failure_on([]) is None
