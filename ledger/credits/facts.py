"""The base of a wallet's facts, and the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import ClassVar

from ledger.credits.usage import LINES, UsageLine
from ledger.credits.wallet_base import WalletBase
from ledger.kernel.aggregate import Fact, FirstFact, LedgerAggregate
from ledger.kernel.ids import wallet_names
from ledger.kernel.keys import Key, KeyRow
from ledger.kernel.texts import METADATA, TextOwner


class WalletFact(LedgerAggregate.Event):
    """Something that happened to a wallet. `pending_after`: of its credits then, those that were
    not in effect yet."""

    pending_after: int = field(default=0, kw_only=True)

    def apply(self, aggregate: WalletBase) -> None:
        """Assign what happened."""

    def check_stream(self) -> None:
        wallet_names(self.originator_id)

    def person(self, subject: str) -> str:
        owner, _ = wallet_names(self.originator_id)
        return owner


class UsageFact(WalletFact):
    """Metered work was charged to a wallet: each line has a key, and may have an erasable text."""

    def usage_lines(self) -> Sequence[UsageLine]:
        """Return the lines, in order."""
        raise NotImplementedError

    def keys(self, org: str, command: str, sequence: int) -> list[KeyRow]:
        keys = [
            KeyRow(Key(org, LINES, line.id), sequence, place, line.fingerprint)
            for place, line in enumerate(self.usage_lines())
        ]
        return super().keys(org, command, sequence) + keys if command else keys

    def text_of(self, line: int) -> str | None:
        return self.usage_lines()[line].metadata

    def texts(self, subject: str) -> dict[str, TextOwner]:
        return {
            line.metadata: TextOwner(METADATA, line.user)
            for line in self.usage_lines()
            if line.metadata is not None
        }


def lines_of(fact: Fact) -> Sequence[UsageLine]:
    """Return the usage lines of any fact that holds some: of a command, or of a captured hold."""
    return fact.usage_lines() if isinstance(fact, UsageFact) else ()


class WalletOpened(WalletFact, FirstFact):
    """The wallet's first transaction is about to follow."""

    TOPIC: ClassVar[str] = "credits.WalletOpened"
    owner: str
    asset: str
