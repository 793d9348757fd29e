"""The part of the golden story that is about overage: every fact of it, every field with and
without."""

from __future__ import annotations

from api.commands.command import Command
from api.commands.subscriptions.mirrored_overage import RecordOverageLeft
from ledger.subscriptions.changes import When
from ledger.subscriptions.charge import invoice_of
from ledger.subscriptions.mirrored import BillStatus, MirroredInvoice
from ledger.subscriptions.plan import Overage
from ledger.subscriptions.subscription import subscription_id
from tests.formats.golden_returns import returns
from tests.scenarios.commands import ACTOR, ORG, deposit, usage, use
from tests.scenarios.invoice_commands import pay, void
from tests.scenarios.mirrored_subscription import billed, mirrored, with_overage
from tests.scenarios.subscription_commands import (
    advance,
    cancel,
    publish_plan,
    set_policy,
    subscribe,
)
from tests.scenarios.wallet_commands import DAY, capture, place, release

ZAC, YVA, XAN, WIM, VIN = "zac", "yva", "xan", "wim", "vin"
KIT, LEE, BEYOND = "kit", "lee", "price_beyond"


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
        *_reached(),
    ]


def _reached() -> list[Command[object]]:
    """The debt of two is at half of the limit, then at the org's threshold; credit pays one's."""
    return [
        set_policy(key="interim policy", interim=6 * 10**8),
        subscribe("beyond", user=WIM, key="wim", method=None),
        usage([use("550", id="wim half", user=WIM)]),
        usage([use("100", id="wim more", user=WIM)]),
        subscribe("beyond", user=VIN, key="vin", method=None),
        usage([use("700", id="vin", user=VIN)]),
        deposit("800", key="vin has some", user=VIN),
        set_policy(key="no interim policy"),
        *_mirrored(),
    ]


def _mirrored() -> list[Command[object]]:
    """Two subscriptions that Stripe runs, with use beyond their plan."""
    return [
        publish_plan(
            "sold-beyond",
            2_000,
            key="sold beyond plan",
            stripe_price_id=BEYOND,
            overage=Overage.PAY_AS_YOU_GO,
        ),
        mirrored(_month(KIT, 4), user=KIT, id="sub_kit", read=1),
        usage([use("90", id="kit", user=KIT)]),
        mirrored(_month(LEE, 4), user=LEE, id="sub_lee", read=1),
        usage([use("90", id="lee", user=LEE)]),
    ]


def _drafted() -> list[Command[object]]:
    """It is put on Stripe's drafts: one is paid, for the other it was too late."""
    kit, lee = ([_month(user, 4), _month(user, 5, BillStatus.DRAFT)] for user in (KIT, LEE))
    return [
        mirrored(*kit, user=KIT, id="sub_kit", read=2),
        mirrored(*lee, user=LEE, id="sub_lee", read=2),
        mirrored(kit[0], with_overage(_month(KIT, 5), 9), user=KIT, id="sub_kit", read=3),
        RecordOverageLeft(ORG, ACTOR, LEE, "in_lee_5"),
    ]


def _month(user: str, number: int, status: BillStatus = BillStatus.PAID) -> MirroredInvoice:
    invoice = billed(number, status, price=BEYOND)
    return invoice._replace(id=f"in_{user}_{number}")


def overage_later() -> list[Command[object]]:
    """It is billed with the next period, as a last invoice or before; one is paid, two are made
    void."""
    return [
        advance(WIM),
        advance(VIN),
        advance(ZAC),
        void(_invoice(ZAC, 2)),
        cancel(user=YVA, key="yva ends", at=When.NOW),
        pay(9, id=_invoice(YVA, 2), key="yva pays"),
        cancel(user=XAN, key="xan ends", at=When.NOW),
        deposit("10", key="xan has some", user=XAN),
        void(_invoice(XAN, 2)),
        *_drafted(),
        *returns(),
    ]


def _invoice(user: str, number: int) -> str:
    return invoice_of(subscription_id(ORG, user), number)
