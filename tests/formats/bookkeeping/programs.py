"""Beancount, hledger and a reader of CSV: what each says a journal's balances are."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

from beancount import loader
from beancount.core import data
from beancount.core.amount import Amount

from ledger.bookkeeping.export import Bound, Export
from ledger.bookkeeping.formats import STYLES, Format
from ledger.ports import RecordedEvent

Sums = dict[tuple[str, str], Decimal]
"""Account and commodity → balance, without those that are zero."""


def exported(
    events: list[RecordedEvent],
    format: Format,
    since: Bound | None = None,
    until: Bound | None = None,
    *,
    page: int = 7,
    now_us: int = 0,
) -> str:
    """An org's journal, made from pages of its events."""
    export = Export(events[0].org, STYLES[format], since, until, now_us)
    pages = [events[at : at + page] for at in range(0, len(events), page)]
    return "".join([export.take(each) for each in pages] + [export.end()])


def beancount(text: str) -> list[data.Directive]:
    """The directives of a journal that Beancount has nothing against."""
    entries, errors, _ = loader.load_string(text)
    assert [str(each) for each in errors] == []
    return list(entries)


def beancount_sums(entries: list[data.Directive], before: date = date.max) -> Sums:
    """Balances at the beginning of a day."""
    sums: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        if isinstance(entry, data.Transaction) and entry.date < before:
            for posting in entry.postings:
                assert isinstance(posting.units, Amount)
                assert posting.units.number is not None
                sums[posting.account, posting.units.currency] += posting.units.number  # type: ignore[assignment]
    return _told(sums)


def bean_check(file: Path) -> subprocess.CompletedProcess[str]:
    """The program that Beancount's users run."""
    program = Path(sys.executable).with_name("bean-check")
    command = [str(program), "--no-cache", str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


class Hledger:
    """hledger, run on files."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._file = folder / "hledger.journal"

    def check(self, text: str) -> str:
        """What `check --strict` says of a journal: nothing, or what is wrong."""
        return self._run(text, "check", "--strict", "ordereddates").stderr

    def sums(self, text: str, *query: str) -> Sums:
        """The balances that it adds up, of postings that a query chooses."""
        layout = ["--flat", "--no-total", "--output-format=csv", "--layout=bare"]
        done = self._run(text, "balance", *layout, *query)
        assert done.returncode == 0, done.stderr
        rows = csv.DictReader(io.StringIO(done.stdout))
        return _told({(r["account"], r["commodity"]): Decimal(r["balance"]) for r in rows})

    def _run(self, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        self._file.write_text(text, "ascii")
        command = [self._program, "-f", str(self._file), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=300, env={})


def csv_rows(text: str) -> list[dict[str, str]]:
    """The rows of a journal as comma-separated values."""
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def csv_sums(text: str, column: str = "account") -> Sums:
    """Balances by account, or by another column."""
    sums: Counter[tuple[str, str]] = Counter()
    for row in csv_rows(text):
        sums[row[column], row["commodity"]] += Decimal(row["amount"])  # type: ignore[assignment]
    return _told(sums)


def _told(sums: dict[tuple[str, str], Decimal] | Counter[tuple[str, str]]) -> Sums:
    return {place: Decimal(amount) for place, amount in sums.items() if amount}
