"""The part of the golden story that is about money of invoices that goes back, and fees of it:
every fact of them, every field with and without."""

from __future__ import annotations

from api.commands.command import Command
from ledger.invoices.invoice_base import Method
from ledger.subscriptions.charge import invoice_of
from ledger.subscriptions.subscription import subscription_id
from tests.scenarios.commands import ORG
from tests.scenarios.invoice_commands import credit, draft, issue, item, pay
from tests.scenarios.purchase_commands import booking
from tests.scenarios.return_commands import asked_back, keep_fees, returned, tell
from tests.scenarios.subscription_commands import publish_plan, subscribe

JIP, PI = "jip", "pi_jip"


def returns() -> list[Command[object]]:
    """Money is asked back with a credit note, found to have gone back, and comes again; one dispute
    is won and one lost; fees are kept."""
    name = invoice_of(subscription_id(ORG, JIP), 1)
    return [
        publish_plan("back", 800, key="jip plan", net_days=30, credits_included=8 * 10**9),
        subscribe("back", user=JIP, key="jip", method=None),
        pay(800, id=name, key="jip pays", method=Method.STRIPE, reference=PI),
        credit(80, id=name, note="cn_jip", refund=Method.STRIPE),
        tell(name, returned(80, payment=PI, asked="cn_jip")),
        tell(name, returned(80, "failed", payment=PI, asked="cn_jip")),
        tell(name, returned(10, "failed", payment=PI, number="re_never")),
        tell(name, returned(100, payment=PI, number="re_found")),
        tell(name, asked_back(payment=PI, amount=200)),
        tell(name, asked_back("won", payment=PI, amount=200)),
        tell(name, asked_back("won", payment=PI, amount=50, number="dp_2", due_us=None)),
        tell(name, asked_back("lost", payment=PI, amount=30, number="dp_3", due_us=None)),
        keep_fees(name, booking("txn_jip", 35, of=PI), booking("txn_back", -5, of=PI)),
        draft(item(100), id="no credits", user=JIP),
        issue("no credits"),
        pay(id="no credits", key="jip more", method=Method.STRIPE, reference="pi_more"),
        tell("no credits", returned(100, payment="pi_more", number="re_more")),
        tell("no credits", asked_back(payment="pi_more", amount=1, number="dp_4")),
    ]
