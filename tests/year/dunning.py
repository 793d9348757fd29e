"""Dunning, as the facts of a year have it: what was done for money that did not come, and how long
after it was due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ledger.kernel.aggregate import Fact
from ledger.kernel.times import DAY_US
from ledger.ports import RecordedEvent
from ledger.subscriptions.subscription_base import End, Why
from ledger.subscriptions.subscription_facts import (
    ChargeAsked,
    MethodChanged,
    PaymentDue,
    PaymentFailed,
    SubscriptionEnded,
    WentPastDue,
)

DAYS = (0, 3, 5, 7)
"""When it is asked for, days after it was due."""

Steps = list[tuple[str, int]]
"""What was done, and how many microseconds after it was due."""


def dunned(facts: Iterable[tuple[RecordedEvent, Fact]]) -> dict[str, Steps]:
    """Return the steps of each invoice of a period whose money did not come at once."""
    due: dict[str, int] = {}
    found: defaultdict[str, Steps] = defaultdict(list)
    given_up: dict[str, str] = {}
    for event, fact in facts:
        match fact:
            case PaymentDue() if fact.owed.why is Why.PERIOD:
                due[fact.invoice] = fact.owed.due_us
            case ChargeAsked() | PaymentFailed() | WentPastDue() if fact.invoice in due:
                found[fact.invoice].append(_step(event, fact, due[fact.invoice]))
                if isinstance(fact, WentPastDue):
                    given_up[event.stream] = fact.invoice
            case SubscriptionEnded() if fact.why is End.NOT_PAID and event.stream in given_up:
                name = given_up.pop(event.stream)
                found[name].append(_step(event, fact, due[name]))
            case MethodChanged():
                given_up.pop(event.stream, None)
    failed = PaymentFailed.__name__
    return {name: each for name, each in found.items() if failed in dict(each)}


def wrong(steps: Steps) -> str | None:
    """Return what of the steps is not as the calendar says; a charge at another time is one with a
    new payment method."""
    asked = [us for kind, us in steps if kind == ChargeAsked.__name__]
    failed = [us for kind, us in steps if kind == PaymentFailed.__name__]
    by_calendar = [each * DAY_US for each in DAYS]
    if any(us not in asked for us in failed):
        return "money did not come at another moment than it was asked for"
    if asked[: len(failed)] != by_calendar[: len(failed)]:
        return f"it was asked for after {asked}"
    last = dict(steps)
    if last.get(WentPastDue.__name__, 7 * DAY_US) != 7 * DAY_US:
        return "it was given up at another moment than the last try"
    if last.get(SubscriptionEnded.__name__, 14 * DAY_US) != 14 * DAY_US:
        return "it ended at another moment than 14 days after"
    return None


def _step(event: RecordedEvent, fact: Fact, due_us: int) -> tuple[str, int]:
    return type(fact).__name__, event.recorded_us - due_us
