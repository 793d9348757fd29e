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

SETTINGS_STREAM = "invoice-settings"


class SettingsBook(LedgerAggregate):
    """The settings of one org."""

    TOPIC: ClassVar[str] = "invoices.SettingsBook"
    STREAM: ClassVar[str] = SETTINGS_STREAM

    def __init__(self) -> None:
        self.settings: InvoiceSettings | None = None
        self.settings_version = 0

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

    def set(self, settings: InvoiceSettings, at: datetime, *, fingerprint: str) -> None:
        """Decide it so. Raises Invalid."""
        self.trigger_event(
            self.InvoiceSettingsSet,
            timestamp=at,
            fingerprint=fingerprint,
            settings_version=self.settings_version + 1,
            settings=check_settings(settings),
        )


def settings_id(org: str) -> str:
    """Return the stream of an org's settings."""
    return stream_id(org, SETTINGS_STREAM)
