"""The balances row of a wallet, read back."""

from __future__ import annotations

from ledger.credits.ports import BalanceRow
from ledger.credits.wallet import Wallet, decode_state
from ledger.kernel.times import moment


def restore_wallet(wallet_id: str, row: BalanceRow) -> Wallet:
    """Return a wallet as its row remembers it, without replay."""
    return Wallet.restore(wallet_id, row.version, moment(0), decode_state(row.state))
