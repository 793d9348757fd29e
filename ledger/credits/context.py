"""The context of credits: wallets, spend caps and monthly allowances."""

from __future__ import annotations

from ledger.credits.allowance import ALLOWANCE_STREAM, Allowance
from ledger.credits.cap_book import CapBook
from ledger.credits.inspection.balances import BalanceInspection
from ledger.credits.inspection.caps import CapInspection
from ledger.credits.losses import LOT_LOSSES, REVERSALS
from ledger.credits.lot_parts import Losses
from ledger.credits.ports import LotName
from ledger.credits.wallet import Wallet
from ledger.kernel.context import Context, Table
from ledger.kernel.roles import ADMINS, BILLERS, GATEWAYS, MEMBERS, READERS

CONTEXT = Context(
    name="credits",
    aggregates=(Wallet, CapBook, Allowance),
    tables=(
        Table("allowances", stream=ALLOWANCE_STREAM),
        Table(REVERSALS, key=("org", "original"), adds=("amount",)),
        Table(LOT_LOSSES, key=LotName._fields, adds=Losses._fields),
    ),
    checks=(BalanceInspection, CapInspection),
    read_models=("transactions", "usage"),
    followers=("wallet_snapshots",),
    permissions={
        "balance:read": READERS | GATEWAYS,
        "balance:read:own": MEMBERS,
        "transactions:read": READERS,
        "transactions:read:own": MEMBERS,
        "usage:read": READERS,
        "usage:read:own": MEMBERS,
        "statement:read": READERS,
        "statement:read:own": MEMBERS,
        "holds:read": READERS | GATEWAYS,
        "holds:read:own": MEMBERS,
        "caps:read": READERS,
        "usage:write": GATEWAYS,
        "holds:write": GATEWAYS,
        "deposits:write": BILLERS,
        "credits:write": BILLERS,
        "reversals:write": BILLERS,
        "conversions:write": BILLERS,
        "transfers:write": ADMINS,
        "adjustments:write": ADMINS,
        "wallets:write": ADMINS,
        "caps:write": ADMINS,
    },
)
