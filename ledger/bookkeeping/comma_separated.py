"""Journals as comma-separated values (https://www.rfc-editor.org/rfc/rfc4180): one row a posting.

`schemas/journals.md` explains the columns.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date

from ledger.bookkeeping.entries import Balances, Entry, Leg, commodity_of, decimal_of
from ledger.kernel.times import format_time

COLUMNS = (
    "sequence",
    "posting",
    "date",
    "recorded_at",
    "type",
    "wallet",
    "account",
    "commodity",
    "amount",
    "units",
    "idempotency_key",
    "reference",
    "hash",
)
_FORMULA = ("=", "+", "-", "@", "\t")


class CommaSeparated:
    """Sums of `units` are balances: there are no rows that assert them."""

    media_type = "text/csv; charset=utf-8; header=present"
    suffix = "csv"

    def begin(self, org: str) -> str:
        return _rows([COLUMNS])

    def commodity(self, day: date, asset: str) -> str:
        return ""

    def account(self, day: date, account: str) -> str:
        return ""

    def entry(self, entry: Entry) -> str:
        return _rows(_row(entry, number, leg) for number, leg in enumerate(entry.legs))

    def balances(self, day: date, balances: Balances) -> str:
        return ""

    def end(self, entries: int, sequence: int, digest: bytes) -> str:
        return ""


def _row(entry: Entry, number: int, leg: Leg) -> list[object]:
    return [
        entry.sequence,
        number,
        entry.day,
        "" if entry.recorded_us is None else format_time(entry.recorded_us),
        entry.kind,
        leg.owner or "",
        leg.account,
        commodity_of(leg.asset),
        decimal_of(leg.amount, leg.asset),
        leg.amount,
        _inert(entry.key),
        _inert(entry.reference),
        "" if entry.hash is None else entry.hash.hex(),
    ]


def _inert(text: str) -> str:
    """A text of a caller's, which no spreadsheet may take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _rows(rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
