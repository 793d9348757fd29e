"""A group that is being committed while the next one is decided on top of it."""

from __future__ import annotations

from dataclasses import dataclass

from api.commands.result import PendingFact
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.chain import Head
from ledger.kernel.texts import Text


class Overtaken(Exception):
    """Another process has written where the group in flight does: what is decided now may not be
    true before it has landed."""


@dataclass
class InFlightGroup:
    """A group that is being committed while the next one is decided on top of it."""

    heads_before: dict[str, Head]
    pending_facts: list[PendingFact]
    touched: dict[str, LedgerAggregate]
    introduced: set[tuple[str, str]]
    texts: list[tuple[str, Text]]
