"""What is billed in a stocked store."""

from __future__ import annotations

from api.commands.command import Command
from tests.scenarios.invoice_commands import (
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
