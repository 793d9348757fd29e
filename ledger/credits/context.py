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

CONTEXT = Context(
    name="credits",
    aggregates=(Wallet, CapBook, Allowance),
    tables=(
        Table("allowances", stream=ALLOWANCE_STREAM),
        Table(REVERSALS, key=("org", "original"), adds=("amount",)),
        Table(LOT_LOSSES, key=LotName._fields, adds=Losses._fields),
    ),
    checks=(BalanceInspection, CapInspection),
    read_models=(
        *("transactions", "usage", "analysts_transactions"),
        *("statements", "statement_lines", "usage_days", "holds", "lots", "lot_months"),
        *("caps", "alerts"),
    ),
    followers=("wallet_snapshots",),
)
