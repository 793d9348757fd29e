"""CSV: a table for spreadsheets, in which no cell is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

CSV = "text/csv"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return the text of a table, of texts and exact numbers."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()


def cell(value: object) -> str:
    """Return what a cell shows. Spreadsheets run what begins like a formula, whoever wrote it: an
    apostrophe makes it a text (OWASP, CSV Injection)."""
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def wants_csv(accept: str | None) -> bool:
    """Tell whether an Accept header names CSV before JSON."""
    named = [each.partition(";")[0].strip().lower() for each in (accept or "").split(",")]
    return CSV in named and not (
        "application/json" in named and named.index("application/json") < named.index(CSV)
    )
