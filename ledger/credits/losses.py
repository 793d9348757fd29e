"""Losses: what facts take from lots other than by use, and how much of a transaction they reverse.

Added up over all facts, that is kept in rows beside the events, where a reversal looks it up, and
not in the wallet, whose row every debit writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger.credits.lot_parts import Losses
from ledger.credits.lots import Slice
from ledger.kernel.ids import split_stream_id, wallet_names
from ledger.kernel.rows import TableRow

REVERSALS = "reversals"
LOT_LOSSES = "lot_losses"


def reversal_row(wallet: str, original: str, amount: int) -> TableRow:
    """Return how much of a transaction of a wallet is reversed."""
    org, _ = split_stream_id(wallet)
    return TableRow(REVERSALS, {"org": org, "original": original, "amount": amount})


def loss_rows(wallet: str, losses: Iterable[tuple[str, Losses]]) -> list[TableRow]:
    """Return what lots of a wallet lose."""
    org, _ = split_stream_id(wallet)
    owner, asset = wallet_names(wallet)
    return [
        TableRow(
            LOT_LOSSES, {"org": org, "owner": owner, "asset": asset, "lot": lot, **lost._asdict()}
        )
        for lot, lost in losses
    ]


def expired_rows(wallet: str, slices: Sequence[Slice]) -> Sequence[TableRow]:
    """Return what lots of a wallet lose as it has expired: mostly nothing."""
    if not slices:
        return ()
    return loss_rows(wallet, [(part.lot, Losses(expired=part.amount)) for part in slices])
