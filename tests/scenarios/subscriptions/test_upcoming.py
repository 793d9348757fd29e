"""What is shown of the invoices to come is what then happens, and moves nothing."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.invoices.bill import Bill
from ledger.invoices.payer import Payer
from ledger.invoices.preview import preview
from ledger.invoices.settings import InvoiceSettings
from ledger.invoices.tax_rates import TaxPlace, TaxRates
from ledger.kernel.times import moment
from ledger.subscriptions.plan import Overage
from ledger.subscriptions.upcoming import upcoming_of
from tests.scenarios.commands import ORG, USER, usage, use
from tests.scenarios.invoice_commands import SELLER, settings, tax, tax_rates
from tests.scenarios.subscription_commands import cancel, pause, publish_plan, subscribe
from tests.scenarios.subscriptions.folding import invoices_of, pay, subscription_of, sweep
from tests.scenarios.world import Step, World, at

CREDITS = 10**6
VAT = tax(19, category="saas")
CASES: dict[str, tuple[list[Step], int]] = {
    "nothing else": ([], 1),
    "use beyond the credits": ([usage([use("1234.5", id="use")])], 1),
    "less than a cent of it": ([usage([use("102", id="use")])], 1),
    "less from then on": ([usage([use("600", id="use")]), subscribe("less", key="less")], 1),
    "other money": ([usage([use("600", id="use")]), subscribe("euro", key="euro")], 2),
    "the end": ([usage([use("600", id="use")]), cancel()], 1),
    "the end with nothing to pay": ([cancel()], 0),
    "a pause": ([usage([use("600", id="use")]), pause()], 1),
}


@pytest.fixture
def paid(world: World) -> World:
    """A payer of a plan with overage, where there is a tax."""
    beyond: dict[str, Any] = {
        "credits_included": 100 * CREDITS,
        "overage": Overage.PAY_AS_YOU_GO,
        "overage_price": 110,
    }
    world.given(
        settings(),
        tax_rates(VAT),
        publish_plan("some", key="some", **beyond),
        publish_plan("less", 500, key="cheaper", **beyond),
        publish_plan("euro", 900, key="in euros", currency="eur", **beyond),
        subscribe("some"),
    )
    pay(world)
    return world


def shown(world: World) -> list[Bill]:
    """The bills of the invoices to come."""
    now = subscription_of(world)
    rates, payer = TaxRates(ORG, 1, [VAT]), Payer(TaxPlace("DE"))
    said = InvoiceSettings(seller=SELLER)
    drafts = upcoming_of(USER, now, world.balance().debt)
    return [preview(each, said, rates, payer, moment(now.end_us)) for each in drafts]


@pytest.mark.parametrize("case", CASES)
def test_what_is_shown_is_what_then_happens(paid: World, case: str) -> None:
    steps, count = CASES[case]
    paid.given(*steps)
    bills, had = shown(paid), len(invoices_of(paid))
    paid.given(at("2026-03-01T12:00:00Z"))
    sweep(paid)
    issued = [each.issued.bill for each in invoices_of(paid)[had:] if each.issued]
    assert bills == issued
    assert len(bills) == count
