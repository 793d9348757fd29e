"""Usage movement: what of a stored `UsageRecorded` moves a wallet: nearly all events are usage, and
a replay that decodes no more of them than this takes a fraction of the time."""

from __future__ import annotations

import msgspec

from ledger.credits.wallet_base import WalletBase
from ledger.kernel.decoding import decoder


class _Part(msgspec.Struct, gc=False):
    """What a slice takes from a lot."""

    lot: str
    amount: int


class _Movement(msgspec.Struct, gc=False):
    """What a usage line does to a wallet."""

    lots: list[_Part] = []
    debt: int = 0


class _Movements(msgspec.Struct, gc=False):
    """What `UsageRecorded.apply` reads of its body."""

    lines: list[_Movement]


_decode = decoder(_Movements)


def apply_usage(wallet: WalletBase, body: bytes) -> None:
    """Do to a wallet what the fact with that body does. Raises MsgspecError."""
    lines = _decode(body).lines
    wallet.funds.burn([line.lots for line in lines], sum([line.debt for line in lines]))
