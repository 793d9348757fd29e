"""Answers about the activity of a payer's credits that an invoice tells of."""

from __future__ import annotations

from api.http.answers import Amount, Answer, Time
from ledger.invoices.activity import Activity
from ledger.kernel.money import format_credits
from ledger.kernel.times import format_time


class AddedCreditsAnswer(Answer):
    """Credits of a kind that came in."""

    kind: str
    credits: Amount


class UsedCreditsAnswer(Answer):
    """Credits that a service took, and by how many requests; null: all services that are not told
    by name; empty: none was named."""

    service: str | None
    requests: int
    credits: Amount


class ActivityAnswer(Answer, rename={"from_": "from"}):
    """What happened to the payer's credits, as the statement says as of `from_sequence` and
    `until_sequence`: `opening`, what was added less what was used, less `expired`, and `other` come
    to `closing`."""

    from_: Time
    to: Time
    from_sequence: int
    until_sequence: int
    opening: Amount
    added: list[AddedCreditsAnswer]
    used: list[UsedCreditsAnswer]
    expired: Amount
    other: Amount
    closing: Amount


def activity_answer(activity: Activity) -> ActivityAnswer:
    """Return what happened to credits as it is answered."""
    return ActivityAnswer(
        format_time(activity.from_us),
        format_time(activity.until_us),
        activity.from_sequence,
        activity.until_sequence,
        format_credits(activity.opening),
        [AddedCreditsAnswer(each.kind, format_credits(each.credits)) for each in activity.added],
        [
            UsedCreditsAnswer(each.service, each.requests, format_credits(each.credits))
            for each in activity.used
        ],
        format_credits(activity.expired),
        format_credits(activity.other),
        format_credits(activity.closing),
    )
