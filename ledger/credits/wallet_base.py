"""The base of a wallet, which its nouns are written against: its state and its facts' trigger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ledger.credits.funds import Funds
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.times import microseconds


class WalletBase(LedgerAggregate):
    """One owner's lots, holds and debt in one asset, without a word of what it can decide.

    `lapsed`: expired holds and until when they can be captured. `suspended`: by a person;
    `disputes`: by these. `recharge_below`: less than this to spend, and credit is bought.
    `credit_line`: how far beyond its credit work may begin; `line_mark`: the debt at which there is
    something to do.
    """

    def __init__(self, owner: str, asset: str) -> None:
        self.owner = owner
        self.asset = asset
        self.funds = Funds()
        self.lapsed: dict[str, int] = {}
        self.suspended = False
        self.disputes: list[str] = []
        self.recharge_below = 0
        self.credit_line = 0
        self.line_mark = 0

    @property
    def is_suspended(self) -> bool:
        """Whether anything suspends it."""
        return is_suspended(self.suspended, self.disputes, self.funds)

    def due_us(self) -> int | None:
        """Return when a lot or a hold ends, or a lot begins that pays debt or resets others."""
        return self.funds.due_us()

    def trigger_event(self, event_class: type[Any], **kwargs: Any) -> None:
        """Trigger as every aggregate does; the fact also says what is not in effect yet."""
        super().trigger_event(event_class, **kwargs)
        pending = self.funds.pending(microseconds(kwargs["timestamp"]))
        if pending:
            vars(self._pending_events[-1])["pending_after"] = pending


def is_suspended(by_person: bool, disputes: Sequence[str], funds: Funds) -> bool:
    """Tell whether a wallet is suspended: by a person, by disputes, or until its debt is paid."""
    return by_person or bool(disputes) or (bool(funds.unpaid) and funds.debt > 0)
