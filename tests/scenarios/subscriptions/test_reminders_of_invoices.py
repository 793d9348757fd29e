"""What is paid by transfer is reminded of before and after it is due, by its calendar and to the
microsecond, and not any more when it is over."""

from __future__ import annotations

import pytest

from ledger.kernel.times import parse_time
from ledger.subscriptions.reminder import Topic
from ledger.subscriptions.reminders import ReminderDue
from ledger.subscriptions.subscription_base import Status
from tests.scenarios.commands import USER
from tests.scenarios.invoice_commands import pay as transfer
from tests.scenarios.invoice_commands import void, write_off
from tests.scenarios.subscription_commands import publish_plan, set_policy, subscribe
from tests.scenarios.subscriptions.folding import every, subscription_of, sweep, verify
from tests.scenarios.subscriptions.office import Office, office_of, topics, work
from tests.scenarios.world import World, at

MARCH = "2026-03-01T12:00:00Z"


@pytest.fixture
def terms(shop: World) -> World:
    """Seven dollars a month by transfer, in thirty days: the first until the 3rd of March."""
    return shop.given(
        publish_plan("terms", 700, key="terms", net_days=30), subscribe("terms", method=None)
    )


def told_at(office: Office, *moments: str) -> list[Topic]:
    """What was told at each moment, and that nothing was a microsecond before."""
    found: list[Topic] = []
    for moment in moments:
        office.world.given(at(f"2026-{moment}T11:59:59.999999Z"))
        sweep(office.world)
        work(office)
        before = topics(office)
        office.world.given(at(f"2026-{moment}T12:00:00Z"))
        sweep(office.world)
        work(office)
        assert len(topics(office)) == len(before) + 1, moment
        found.append(topics(office)[-1])
    return found


def test_what_is_paid_by_transfer_is_reminded_of_by_its_calendar(terms: World) -> None:
    office = office_of(terms)
    assert told_at(office, "02-24") == [Topic.DUE]
    terms.given(at(MARCH))
    sweep(terms)
    found = told_at(office, "03-03", "03-10", "03-17")
    assert found == [Topic.DUE, Topic.OVERDUE, Topic.PAST_DUE]
    assert subscription_of(terms).status is Status.PAST_DUE
    invoice = next(iter(subscription_of(terms).owed))
    for message, words in zip(office.came, ("is due on", "is due on", "was due on"), strict=False):
        assert f"{words} March 3, 2026" in message.text
        assert "$7.00" in message.text
        assert f"https://pay.example/{USER}/INV-2026-000001?i={invoice}" in message.text
    # The invoice of March, which is due on the 31st, goes on by its own days.
    found = told_at(office, "03-24", "03-31", "04-07", "04-14")
    assert found == [Topic.DUE, Topic.DUE, Topic.OVERDUE, Topic.OVERDUE]
    assert verify(terms).exit_code == 0


def test_reminders_come_before_past_due_whenever_that_is(shop: World) -> None:
    office = office_of(shop)
    shop.given(
        set_policy(key="patient", end_days=20),
        publish_plan("terms", 700, key="terms", net_days=30),
        subscribe("terms", method=None),
    )
    found = told_at(office, "02-24", "03-03", "03-10", "03-17", "03-23")
    assert found == [Topic.DUE, Topic.DUE, Topic.OVERDUE, Topic.OVERDUE, Topic.PAST_DUE]


def test_what_has_just_been_sent_is_not_reminded_of(shop: World) -> None:
    office = office_of(shop)
    shop.given(publish_plan("week", 700, key="week", net_days=7), subscribe("week", method=None))
    assert told_at(office, "02-08") == [Topic.DUE]


def test_a_part_that_was_paid_is_not_reminded_of(terms: World) -> None:
    office = office_of(terms)
    (invoice,) = subscription_of(terms).owed
    terms.given(at("2026-02-20T00:00:00Z"), transfer(250, id=invoice, key="part"))
    told_at(office, "02-24")
    assert "$4.50" in office.came[0].text


@pytest.mark.parametrize("how", ["paid", "void", "written off"])
def test_what_is_not_asked_for_any_more_is_not_reminded_of(terms: World, how: str) -> None:
    office = office_of(terms)
    (invoice,) = subscription_of(terms).owed
    ends = {
        "paid": transfer(700, id=invoice, key="all"),
        "void": void(invoice),
        "written off": write_off(invoice),
    }
    terms.given(at("2026-02-24T12:00:00Z"))
    sweep(terms)  # it is to be reminded of, and before the mail goes it is over
    terms.given(ends[how])
    terms.given(at("2026-03-20T12:00:00Z"))
    sweep(terms)
    work(office)
    assert office.came == []


def test_who_wakes_late_is_reminded_once_of_what_holds_then(terms: World) -> None:
    office = office_of(terms)
    terms.given(at("2026-03-11T00:00:00Z"))
    sweep(terms)
    (due,) = [fact for _, fact in every(terms) if isinstance(fact, ReminderDue)]
    # Those of the 24th of February and the 3rd of March are passed over.
    assert (due.number, due.due_us) == (3, parse_time("2026-03-10T12:00:00Z", "at"))
    work(office)
    assert topics(office) == [Topic.OVERDUE]


def test_mail_that_waited_is_not_sent_beside_a_later_one(terms: World) -> None:
    office = office_of(terms)
    for moment in ("2026-02-24T12:00:00Z", "2026-03-03T12:00:00Z"):
        terms.given(at(moment))
        sweep(terms)
    work(office)
    assert topics(office) == [Topic.DUE]
    assert len([fact for _, fact in every(terms) if isinstance(fact, ReminderDue)]) == 2
