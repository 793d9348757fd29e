"""Reminders, whole: what is past due is told by mail with a link to pay, and the page of the
subscription says so."""

from __future__ import annotations

from api.commands.subscriptions.advance import AdvanceSubscription
from ledger.kernel.actor import Actor
from tests.api.invoices.story import BILLING
from tests.api.served import done
from tests.processes.invoices.office import Office, Org

PLAN = {"id": "terms", "name": "Terms", "price": "7", "currency": "eur", "net_days": 30}


def test_what_is_past_due_is_told_with_a_link_to_pay(office: Office, org: Org) -> None:
    assert org.admin.org is not None
    done(org.admin.send(f"{BILLING}/plans", PLAN, method="PUT"))
    begun = done(org.admin.send(f"{BILLING}/subscribe", {"plan": "terms", "user": "ada"}))
    (owed,) = begun["subscription"]["owed"]
    office.work()
    office.service.let_pass(org.admin.org, 44 * 86_400 + 60)
    for _ in range(2):  # the next period, and the end of patience, whichever is due first
        office.run(AdvanceSubscription(org.admin.org, Actor("tally", "tests", ""), "ada"))
    office.work()
    found = done(org.admin.get(f"{BILLING}/subscription", user="ada"))
    assert found["status"] == "past_due"
    (reminder,) = found["reminders"]
    assert (reminder["topic"], reminder["refused"]) == ("past_due", None)
    assert reminder["invoice"] == owed["invoice"]
    number = org.look(f"{BILLING}/invoices/{owed['invoice']}")["number"]
    link = f"https://acme.example/pay/{number}"
    told = [each for each in office.came_to(org.email) if "past due" in str(each["Subject"])]
    (message,) = told
    body = message.get_body(("plain",))
    assert body is not None
    assert link in body.get_content()
    invoices = [each for each in office.came_to(org.email) if number in str(each["Subject"])]
    sent = invoices[0].get_body(("html",))
    assert sent is not None
    assert f'href="{link}"' in sent.get_content()
