"""The import report: what of a file was taken, what was there already, and what could not be taken
and why."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.imports.csv_rows import Row
from api.imports.html_text import clean_line
from api.imports.imported_customer import ImportedCustomer
from api.imports.imported_item import ImportedItem
from api.imports.imported_order import ImportedOrder
from api.imports.read_item import NotTaken, Remark
from api.imports.row_file import ItemRows

PARTS = ("published", "variants", "prices", "units")
"""What is counted of the items that were taken."""

SHOWN_MAX = 20
KEPT_MAX = 1_000
"""Refusals and kinds of remarks that are kept; the file of what was not taken has all."""

_LINES_MAX = 5
_WHY_MAX = 500
_FORMULA = re.compile(r"[=+\-@\t\r\n|%\uff1d\uff0b\uff0d\uff20]")  # wide ones are computed in Japan
_NUMBER = re.compile(r"[+-]?[0-9.,]+")


class NotTakenRows:
    """The file of the rows that were not taken, as they stand in their file, each after its line
    and why. A spreadsheet that opens it computes nothing."""

    def __init__(self, file: TextIO, header: Sequence[str]) -> None:
        self._writer = csv.writer(file)
        self._writer.writerow(map(harmless, ["line", "why", *header]))

    def write(self, rows: Iterable[Row], why: str) -> None:
        """Add rows that were not taken for one reason."""
        for row in rows:
            self._writer.writerow(map(harmless, [str(row.line), why, *row.cells]))


class Rejects(Protocol):
    """Where rows that are not taken go."""

    def write(self, rows: Iterable[Row], why: str) -> None:
        """Take them."""


@dataclass
class ImportReport:
    """What became of a file of items, of customers or of orders."""

    file: str
    digest: str
    platform: str
    what: str = "items"
    rejects: Rejects | None = None
    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    refused: list[dict[str, Any]] = field(default_factory=list)
    remarks: dict[str, list[int]] = field(default_factory=dict)
    """How often each was made, then the first lines of which it was."""

    stopped: str | None = None

    def take(
        self, item: ImportedItem | ImportedCustomer | ImportedOrder, remarks: Iterable[Remark]
    ) -> None:
        """Count an item, a customer or an order that was taken."""
        self.counts["all"] += 1
        if isinstance(item, ImportedItem):
            self.counts["published"] += item.is_published
            self.counts["variants"] += len(item.variants)
            self.counts["prices"] += sum(len(each.prices) for each in item.variants)
            self.counts["units"] += sum(each.units for each in item.variants)
        for remark in (*item.remarks, *remarks):
            self._remark(remark)

    def pass_over(self) -> None:
        """Count an item that was there already."""
        self.counts["there"] += 1

    def refuse(self, rows: ItemRows, refusal: NotTaken) -> None:
        """Count an item that could not be taken, with all of its rows."""
        self.counts["refused"] += 1
        self.counts["refused rows"] += rows.total
        why = clean_line(refusal.why)[:_WHY_MAX]
        if len(self.refused) < KEPT_MAX:
            self.refused.append({"line": refusal.line, "rows": rows.total, "why": why})
        if self.rejects is not None:
            self.rejects.write(rows.rows, why)

    def _remark(self, remark: Remark) -> None:
        what = clean_line(remark.what)[:_WHY_MAX]
        if what in self.remarks or len(self.remarks) < KEPT_MAX:
            found = self.remarks.setdefault(what, [0])
            found[0] += 1
            if len(found) <= _LINES_MAX:
                found.append(remark.line)

    @property
    def exit_code(self) -> int:
        """0: all is there; 1: something could not be taken; 2: it was stopped."""
        return 2 if self.stopped else int(self.counts["refused"] > 0)

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "file": self.file,
            "sha256": self.digest,
            "platform": self.platform,
            "rows": self.rows,
            self.what: {
                "taken": self.counts["all"],
                "there_already": self.counts["there"],
                "not_taken": self.counts["refused"],
            },
            "of_these": {name: self.counts[name] for name in PARTS},
            "not_taken": self.refused,
            "not_taken_rows": self.counts["refused rows"],
            "remarks": [
                {"what": what, "times": times, "lines": lines}
                for what, (times, *lines) in self.remarks.items()
            ],
            "stopped": self.stopped,
        }


def print_report(report: ImportReport, console: Console, *, is_dry: bool) -> None:
    """Print what became of a file, for people."""
    if report.remarks:
        table = Table("taken otherwise, or left out", "times", "lines", title="remarks")
        for what, (times, *lines) in sorted(report.remarks.items(), key=lambda each: -each[1][0]):
            more = ", …" if times > len(lines) else ""
            table.add_row(Text(what), f"{times:,}", ", ".join(map(str, lines)) + more)
        console.print(table)
    if report.refused:
        table = Table("line", "rows", "why", title="not taken")
        for each in report.refused[:SHOWN_MAX]:
            table.add_row(str(each["line"]), str(each["rows"]), Text(each["why"]))
        console.print(table)
        if report.counts["refused"] > SHOWN_MAX:
            console.print(f"and {report.counts['refused'] - SHOWN_MAX:,} more (--not-taken FILE).")
    verb = "can be taken" if is_dry else "taken"
    counts = report.counts
    of_these = ", ".join(f"{counts[name]:,} {name}" for name in PARTS if counts[name])
    console.print(
        f"{report.rows:,} rows: {counts['all']:,} {report.what} {verb}"
        f"{f' ({of_these})' if of_these else ''}, {counts['there']:,} were there already, "
        f"{counts['refused']:,} not taken."
    )
    if report.stopped:
        again = "What was done is done: the same command goes on where it stopped."
        console.print(Text(f"Stopped: {clean_line(report.stopped)} {again}"), style="red")


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    is_formula = bool(_FORMULA.match(cell)) and not _NUMBER.fullmatch(cell)
    return "'" + cell if is_formula else cell
