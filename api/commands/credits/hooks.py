"""Commit hooks of credits: wallets come from their rows, caps count facts, holds are remembered."""

from __future__ import annotations

from collections.abc import Iterable

from api.commands.credits.cap_counters import CapCounters, count_towards_caps
from api.commands.credits.originals import Originals
from api.commands.hooks import CommitHooks
from ledger.credits.balance_row import restore_wallet
from ledger.credits.cap_entries import COUNTED_FACTS
from ledger.credits.holds import HOLDS
from ledger.credits.ports import CreditRows
from ledger.credits.wallet import Wallet


def _wallets(rows: CreditRows, wallet_ids: Iterable[str]) -> dict[str, Wallet]:
    """Return wallets as their balances rows remember them, without replay."""
    found = rows.balance_rows(wallet_ids)
    return {wallet_id: restore_wallet(wallet_id, row) for wallet_id, row in found.items()}


HOOKS = CommitHooks(
    loaders={Wallet: _wallets},
    states=(CapCounters, Originals),
    remembered_spaces=(HOLDS,),
    recorded=dict.fromkeys(COUNTED_FACTS, count_towards_caps),
)
