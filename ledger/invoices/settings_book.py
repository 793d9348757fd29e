"""The settings book of an org: its settings of invoices, in versions that never change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.invoices.settings import InvoiceSettings, check_settings
from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.kernel.times import DAY_US, month_after, month_of

SETTINGS_STREAM = "invoice-settings"
STATED_AFTER_US = DAY_US // 24
"""How long after a month its statements are made: what they are read from is a little behind."""


class SettingsBook(LedgerAggregate):
    """The settings of one org."""

    TOPIC: ClassVar[str] = "invoices.SettingsBook"
    STREAM: ClassVar[str] = SETTINGS_STREAM

    def __init__(self) -> None:
        self.settings: InvoiceSettings | None = None
        self.settings_version = 0
        self.states: str | None = None
        """The month whose statements are next, as 2026-02; None: none are made."""

    class Event(LedgerAggregate.Event):
        """Base of a settings book's facts."""

    class SettingsBookOpened(Event, FirstFact):
        """An org begins to decide."""

        TOPIC: ClassVar[str] = "invoices.SettingsBookOpened"

    class InvoiceSettingsSet(Event):
        """It is so for what is issued from now on."""

        TOPIC: ClassVar[str] = "invoices.InvoiceSettingsSet"
        fingerprint: str
        settings_version: int
        settings: InvoiceSettings

        def apply(self, aggregate: SettingsBook) -> None:
            aggregate.settings = self.settings
            aggregate.settings_version = self.settings_version
            if not self.settings.has_statements:
                aggregate.states = None
            elif aggregate.states is None:
                aggregate.states = month_of(self.recorded_us)

    class StatementsAsked(Event):
        """All statements of a month were asked for."""

        TOPIC: ClassVar[str] = "invoices.StatementsAsked"
        month: str

        def apply(self, aggregate: SettingsBook) -> None:
            aggregate.states = month_of(month_after(self.month))

    @classmethod
    def open(cls, org: str, at: datetime) -> SettingsBook:
        """Begin an org's settings."""
        return cls._create(cls.SettingsBookOpened, id=settings_id(org), timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        columns = {
            "org": org,
            "settings_version": self.settings_version,
            "settings": msgspec.to_builtins(self.settings),
        }
        return [TableRow("invoice_settings", columns)]

    def due_us(self) -> int | None:
        """Return when statements are made: after their month, once its read models are there; its
        own job has them made then (api/jobs/invoices.py)."""
        return None if self.states is None else month_after(self.states) + STATED_AFTER_US

    def close_month(self, month: str, at: datetime) -> bool:
        """Record that all statements of a month were asked for, once; tell whether that is new."""
        if self.states != month:
            return False
        self.trigger_event(self.StatementsAsked, timestamp=at, month=month)
        return True

    def set(self, settings: InvoiceSettings, at: datetime, *, fingerprint: str) -> None:
        """Decide it so. Raises Invalid."""
        self.trigger_event(
            self.InvoiceSettingsSet,
            timestamp=at,
            fingerprint=fingerprint,
            settings_version=self.settings_version + 1,
            settings=check_settings(settings),
        )


def stated_month(due_us: int) -> str:
    """Return the month whose statements are due at a moment."""
    return month_of(due_us - STATED_AFTER_US - 1)


def settings_id(org: str) -> str:
    """Return the stream of an org's settings."""
    return stream_id(org, SETTINGS_STREAM)
