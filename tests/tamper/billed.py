"""What is billed in a stocked store."""

from __future__ import annotations

from api.commands.command import Command
from ledger.subscriptions.changes import When
from ledger.subscriptions.plan import Overage
from tests.scenarios.commands import usage, use
from tests.scenarios.invoice_commands import (
    ask_statement,
    credit,
    draft,
    issue,
    item,
    pay,
    payer,
    settings,
    tax,
    tax_rates,
    void,
    write_off,
)
from tests.scenarios.subscription_commands import cancel, publish_plan, subscribe


def billed() -> list[Command[object]]:
    """Invoices in every state but paid, numbers of both series, and who is billed."""
    names = ("draft", "open", "void", "off")
    return [
        *(settings("inv"), tax_rates(tax(19), key="tax"), payer(key="payer")),
        *(draft(item(100), item(10), id=name) for name in names),
        *(issue(name) for name in names[1:]),
        *(pay(7, id="open", key="part"), credit(5, id="open")),
        *(void("void", reason="not ours"), write_off("off")),
    ]


def used_beyond() -> list[Command[object]]:
    """Who used more than their plan has, and is billed for it at the end; a statement."""
    return [
        publish_plan("beyond", 700, key="beyond", net_days=30, overage=Overage.INVOICE),
        subscribe("beyond", user="yva", key="yva", method=None),
        usage([use("90", id="yva beyond", user="yva")]),
        cancel(user="yva", key="yva ends", at=When.NOW),
        ask_statement("2026-01"),
    ]
