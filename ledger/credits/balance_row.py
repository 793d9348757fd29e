"""The balances row of a wallet: written with its events, folded again by verification."""

from __future__ import annotations

import msgspec

from ledger.credits.wallet import Wallet
from ledger.kernel.ids import split_stream_id
from ledger.ports import BalanceRow

_encode_state = msgspec.json.Encoder().encode


def balance_row(wallet: Wallet, sequence: int) -> BalanceRow:
    """A wallet's row after the event with that sequence."""
    org, _ = split_stream_id(wallet.id)
    return BalanceRow(
        org=org,
        owner=wallet.owner,
        asset=wallet.asset,
        version=wallet.version,
        sequence=sequence,
        credits=wallet.funds.credits,
        held=wallet.funds.held,
        debt=wallet.funds.debt,
        state=_encode_state(wallet.state()).decode(),
    )
