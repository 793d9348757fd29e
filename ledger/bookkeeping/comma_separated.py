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
GUARD = "'"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001
"""What makes a spreadsheet take a text for a formula, also in its wide forms."""


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
        guarded(leg.owner or ""),
        leg.account,
        commodity_of(leg.asset),
        decimal_of(leg.amount, leg.asset),
        leg.amount,
        guarded(entry.key),
        guarded(entry.reference),
        "" if entry.hash is None else entry.hash.hex(),
    ]


def guarded(text: str) -> str:
    """Return a text of a caller's as no spreadsheet takes it for a formula; `unguarded` undoes
    it."""
    return GUARD + text if text.startswith((*_FORMULA, GUARD)) else text


def unguarded(cell: str) -> str:
    """Return the text that a cell of a caller's text stands for."""
    return cell.removeprefix(GUARD)


def _rows(rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
