"""The reminder: what a payer is told by mail of a subscription that waits for money, of an invoice
that is paid by transfer, of a trial that will end, or of half of the limit of overage."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Topic(StrEnum):
    """What it is about."""

    DUE = "due"
    OVERDUE = "overdue"
    PAYMENT_FAILED = "payment_failed"
    PAST_DUE = "past_due"
    ENDED = "ended"
    TRIAL_ENDS = "trial_ends"
    HALF_OF_LIMIT = "half_of_limit"


class Reminder(msgspec.Struct, frozen=True, kw_only=True):
    """A reminder, in a language as `de` or `de-AT`. `plan`: what the plan is called.

    `amount`: what is to be paid, in the smallest unit of `currency`, for the invoice of a
    `number`; of a trial what the first period costs, nothing where none follows; of overage what it
    has come to. `at_us`: when it is or was due, is tried again, when the subscription, the trial or
    the period ends; None: never. `pay_url`: where to pay.
    """

    topic: Topic
    language: str
    seller: str
    payer: str
    plan: str
    currency: str
    amount: int
    email: str | None = None
    number: str | None = None
    at_us: int | None = None
    pay_url: str | None = None


class SentReminder(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a reminder that the event of the sequence `asked` wanted: it was handed over,
    to the address of a digest, or is `refused` for good, and why."""

    asked: int
    topic: Topic
    at_us: int
    address: str
    invoice: str | None = None
    refused: str | None = None
