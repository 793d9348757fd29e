"""Statements of months, whole: who used credits and was billed nothing has one, equal to the
statement of the API to the unit, kept, and mailed; who had an invoice has none."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from decimal import Decimal
from threading import Event

from api.container import ActivityStore, clock_us, event_store, ledger
from api.jobs.invoices import StatementJob
from api.writer.every_shard import EveryShard
from ledger.invoices.settings_book import SETTINGS_STREAM, STATED_AFTER_US
from ledger.kernel.outside import NotTaken
from ledger.kernel.times import month_after, month_of
from ledger.ports import DueRow
from tests.api.invoices.story import BILLING, INVOICES, SETTINGS
from tests.api.problems import problem
from tests.api.served import Json, done
from tests.processes.invoices.office import Office, Org

STATEMENTS = f"{BILLING}/statements"


def seen_by(work: Callable[[], int]) -> int:
    """Do it once the read models are there, which are a moment behind."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return work()
        except NotTaken:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def sweep(office: Office, org: Org, month: str) -> int:
    """Do what the scheduler does after a month."""
    assert org.admin.org is not None
    database = office.service.ends.database
    store, activities = event_store(database, "sweep"), ActivityStore(database.writer)
    try:
        job = StatementJob(activities, EveryShard(ledger(store), clock_us))
        row = DueRow(org.admin.org, SETTINGS_STREAM, month_after(month) + STATED_AFTER_US)
        return seen_by(lambda: job(row, Event()))
    finally:
        store.close()
        activities.close()


def test_who_was_billed_nothing_has_a_statement_that_equals_the_other(
    office: Office, org: Org
) -> None:
    admin, month = org.admin, month_of(clock_us())
    assert admin.org is not None
    seller = {**SETTINGS["seller"], "email": "billing@acme.example"}  # type: ignore[dict-item]
    wanted = SETTINGS | {"seller": seller, "statements": True}
    assert done(admin.send(f"{BILLING}/invoice-settings", wanted, method="PUT"))["statements"]
    for user in ("ada", "bo"):
        admin.deposit(user, "10.000001")
        done(admin.use(user, "3", service="chat"))
    bill = {"user": "bo", "currency": "eur", "items": [{"text": "work", "amount": "1"}]}
    draft = done(admin.send(INVOICES, bill))["invoice"]
    done(admin.send(f"{INVOICES}/{draft}/issue"))
    problem(admin.get(f"{STATEMENTS}/{month}", user="ada"), 404, "not_found", "month")
    office.service.let_pass(admin.org, 32 * 86_400)
    statement = _statement(org, month)
    assert sweep(office, org, month) == 1
    assert sweep(office, org, month) == 0
    office.work()
    office.work_later()
    found = done(admin.get(f"{STATEMENTS}/{month}", user="ada"))
    told = found["activity"]
    assert (told["opening"], told["closing"]) == (statement["opening"], statement["closing"])
    assert told["used"] == [{"service": "chat", "requests": 1, "credits": "3"}]
    assert Decimal(told["used"][0]["credits"]) == Decimal(statement["out"]["total"])
    assert told["added"] == [{"kind": "purchased", "credits": statement["in"]["total"]}]
    assert told["until_sequence"] <= statement["as_of_sequence"]
    pdf = admin.get(f"{STATEMENTS}/{month}.pdf", user="ada")
    assert pdf.headers["content-type"] == "application/pdf"
    assert hashlib.sha256(pdf.content).hexdigest() == found["pdf_sha256"]
    (message,) = [each for each in office.came_to(org.email) if month in str(each["Subject"])]
    (attached,) = message.iter_attachments()
    assert attached.get_content() == pdf.content
    assert found["delivery"]["refused"] is None
    problem(admin.get(f"{STATEMENTS}/{month}", user="bo"), 404, "not_found", "month")


def test_one_that_is_asked_for_is_made_and_not_mailed(office: Office, org: Org) -> None:
    admin = org.admin
    asked = done(admin.send(STATEMENTS, {"month": "2026-01", "user": "ada"}))
    assert (asked["mailed"], asked["pdf_sha256"]) == (False, None)
    problem(admin.get(f"{STATEMENTS}/2026-01.pdf", user="ada"), 404, "not_found", "month")
    office.work()
    office.work_later()
    found = done(admin.get(f"{STATEMENTS}/2026-01", user="ada"))
    assert (found["activity"]["opening"], found["activity"]["closing"]) == ("0", "0")
    assert admin.get(f"{STATEMENTS}/2026-01.pdf", user="ada").content.startswith(b"%PDF")
    assert office.came_to(org.email) == []
    again = admin.send(STATEMENTS, {"month": "2026-01", "user": "ada"})
    problem(again, 409, "conflict", "month")
    problem(admin.send(STATEMENTS, {"month": "9999-11", "user": "ada"}), 422, "invalid", "month")
    problem(admin.send(STATEMENTS, {"month": "2026-13"}), 422, "invalid", "month")


def _statement(org: Org, month: str) -> Json:
    return done(org.admin.get(f"{BILLING}/statement", user="ada", period=month))
