"""The part of the golden story that is about overage: every fact of it, every field with and
without."""

from __future__ import annotations

from api.commands.command import Command
from ledger.subscriptions.changes import When
from ledger.subscriptions.charge import invoice_of
from ledger.subscriptions.plan import Overage
from ledger.subscriptions.subscription import subscription_id
from tests.scenarios.commands import ORG, deposit, usage, use
from tests.scenarios.invoice_commands import pay, void
from tests.scenarios.subscription_commands import advance, cancel, publish_plan, subscribe
from tests.scenarios.wallet_commands import DAY, capture, place, release

ZAC, YVA, XAN = "zac", "yva", "xan"


def overage() -> list[Command[object]]:
    """Some use more than their plan has: by holds, of which one is captured and one released, and
    one runs out."""
    return [
        publish_plan(
            "beyond",
            700,
            key="beyond plan",
            net_days=30,
            credits_included=10**9,
            overage=Overage.INVOICE,
            overage_limit=10**9,
        ),
        subscribe("beyond", user=ZAC, key="zac", method=None),
        pay(700, id=_invoice(ZAC, 1), key="zac pays"),
        place("1200", id="line", user=ZAC, reference="on the line"),
        capture("1100", id="line", user=ZAC),
        place("300", id="line back", user=ZAC),
        release("line back"),
        subscribe("beyond", user=YVA, key="yva", method=None),
        usage([use("90", id="yva", user=YVA)]),
        place("5", id="line over", user=YVA, lasts_us=DAY),
        subscribe("beyond", user=XAN, key="xan", method=None),
        usage([use("90", id="xan", user=XAN)]),
    ]


def overage_later() -> list[Command[object]]:
    """It is billed with the next period, or as a last invoice; one is paid, two are made void."""
    return [
        advance(ZAC),
        void(_invoice(ZAC, 2)),
        cancel(user=YVA, key="yva ends", at=When.NOW),
        pay(9, id=_invoice(YVA, 2), key="yva pays"),
        cancel(user=XAN, key="xan ends", at=When.NOW),
        deposit("10", key="xan has some", user=XAN),
        void(_invoice(XAN, 2)),
    ]


def _invoice(user: str, number: int) -> str:
    return invoice_of(subscription_id(ORG, user), number)
