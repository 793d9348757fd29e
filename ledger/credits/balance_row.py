"""The balances row of a wallet: written with its events, folded again by verification."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ledger.credits.funds import Funds
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
        due_us(funds),
    )


def restore_wallet(wallet_id: str, row: BalanceRow) -> Wallet:
    """A wallet as its row remembers it, without replay."""
    return Wallet.restore(wallet_id, row.version, moment(0), _decode_state(row.state))


def due_us(funds: Funds) -> int | None:
    """When time next brings something: a lot or a hold ends, or a lot begins that pays debt or
    resets others."""
    if funds.debt or funds.holds or any([lot.terms.expires_us for lot in funds.lots]):
        return min(_instants(funds), default=None)
    return None


def _instants(funds: Funds) -> Iterator[int]:
    for lot in funds.lots:
        if lot.left and lot.terms.expires_us is not None:
            yield lot.terms.expires_us
        if lot.left and (funds.debt or lot.terms.resets):
            yield lot.terms.effective_us
    yield from (hold.expires_us for hold in funds.holds.values())
