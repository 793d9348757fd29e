"""Spend caps: `SetCaps`, and the meter that counts the usage of one command against them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from api.commands.books import Books
from api.commands.command import KeyedCommand
from api.commands.receipts import Recording
from ledger.audit.actor import Actor
from ledger.credits.cap_book import CAPS_STREAM, CapBook
from ledger.credits.caps import (
    Alert,
    Cap,
    Counter,
    CounterKey,
    Window,
    buckets,
    check_caps,
    count,
    highest_spent,
    windows,
)
from ledger.kernel.ids import stream_id
from ledger.kernel.times import microseconds

Scope = dict[str, str | None]
"""What caps tell uses apart by: user, project, service, model."""


@dataclass(frozen=True)
class SetCaps(KeyedCommand):
    """Put these caps in force, and no others."""

    caps: list[Cap]

    operation: ClassVar[str] = "caps"

    def effect(self, books: Books) -> Recording:
        books.org(self.org)
        at = books.now(self.org)
        book = books.get(CapBook, stream_id(self.org, CAPS_STREAM)) or CapBook.open(self.org, at)
        now_us = microseconds(at)
        since_us = min((buckets(cap, now_us)[0] for cap in self.caps), default=now_us)
        spent = highest_spent(self.caps, books.counters.since(self.org, since_us), now_us)
        book.set_caps(self.caps, spent, at, fingerprint=self.fingerprint)
        return books.record(book, self.actor, self.key)


class Meter:
    """Counts the usage of one command; `close` makes it true and raises the alerts."""

    def __init__(self, books: Books, org: str, at: datetime, scopes: Iterable[Scope]) -> None:
        self._books = books
        self._org = org
        self._at = at
        self._book = books.caps(org)
        self._counters: dict[CounterKey, Counter] = {}
        self._alerts: list[Alert] = []
        if self._book is not None:
            keys = [key for scope in scopes for found in self._windows(scope) for key in found.keys]
            self._counters = books.counters.read(org, keys)

    def check(self, scope: Scope, amount: int) -> None:
        """Refuse an admission that a hard cap leaves no room for."""
        check_caps(self._windows(scope), self._counters, amount)

    def count(self, scope: Scope, amount: int) -> None:
        """Add a use."""
        self._alerts += count(self._windows(scope), self._counters, amount)

    def close(self, actor: Actor) -> None:
        """Take what was counted into the group, and record the alerts after the usage."""
        if self._book is None:
            return
        self._books.counters.count(self._org, self._counters)
        for alert in self._alerts:
            self._book.raise_alert(alert, self._at)
        if self._alerts:
            self._books.record(self._book, actor)

    def _windows(self, scope: Scope) -> list[Window]:
        if self._book is None:
            return []
        return list(windows(self._org, self._book.caps, scope, microseconds(self._at)))
