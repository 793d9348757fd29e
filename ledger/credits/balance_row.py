"""The balances row of a wallet: written with its events, folded again by verification."""

from __future__ import annotations

import msgspec

from ledger.credits.ports import BalanceRow
from ledger.credits.wallet import Wallet, WalletState
from ledger.kernel.ids import split_stream_id
from ledger.kernel.times import moment

_decode_state = msgspec.json.Decoder(WalletState).decode
_encode_state = msgspec.json.Encoder().encode


def balance_row(wallet: Wallet, sequence: int) -> BalanceRow:
    """A wallet's row after the event with that sequence."""
    org, _ = split_stream_id(wallet.id)
    funds = wallet.funds
    return BalanceRow(
        org,
        wallet.owner,
        wallet.asset,
        wallet.version,
        sequence,
        funds.credits,
        funds.held,
        funds.debt,
        _encode_state(wallet.snapshot()).decode(),
    )


def restore_wallet(wallet_id: str, row: BalanceRow) -> Wallet:
    """A wallet as its row remembers it, without replay."""
    return Wallet.restore(wallet_id, row.version, moment(0), _decode_state(row.state))
