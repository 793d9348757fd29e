"""Formats: what a format of journals must be able to write, and which there are."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Protocol

from ledger.bookkeeping.beancount import Beancount
from ledger.bookkeeping.comma_separated import CommaSeparated
from ledger.bookkeeping.entries import Balances, Entry
from ledger.bookkeeping.hledger import Hledger
from ledger.kernel.errors import Invalid


class Style(Protocol):
    """Writes the parts of a journal, in the order of time. Each returns whole lines, or nothing."""

    media_type: str
    suffix: str

    def begin(self, org: str) -> str:
        """Return the head of the file."""

    def commodity(self, day: date, asset: str) -> str:
        """Return an asset, before its first use."""

    def account(self, day: date, account: str) -> str:
        """Return an account, before its first use."""

    def entry(self, entry: Entry) -> str:
        """Return an entry."""

    def balances(self, day: date, balances: Balances) -> str:
        """Assert what every account holds at the end of a day."""

    def end(self, entries: int, sequence: int, digest: bytes) -> str:
        """Return the foot of the file: how many entries, up to which event."""


class Format(StrEnum):
    """A format of journals."""

    BEANCOUNT = "beancount"
    HLEDGER = "hledger"
    CSV = "csv"


def parse_format(text: str) -> Format:
    """Return a format by its name."""
    if text not in set(Format):
        raise Invalid(f"format must be one of {', '.join(Format)}.", field="format")
    return Format(text)


STYLES: dict[Format, Style] = {
    Format.BEANCOUNT: Beancount(),
    Format.HLEDGER: Hledger(),
    Format.CSV: CommaSeparated(),
}
