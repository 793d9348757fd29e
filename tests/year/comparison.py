"""The comparison of a year's books, each with another, to the unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import psycopg

from api.container import Endpoints
from api.verification.verify import verify
from ledger.bookkeeping.formats import Format
from ledger.ports import RecordedEvent
from ledger.registry import fact_of
from tests.formats.bookkeeping.programs import Hledger, bean_check, csv_sums
from tests.sandbox_book import SandboxBook
from tests.scenarios.commands import ORG
from tests.year.books import Journal, ReadModels, journal_of
from tests.year.dunning import dunned, wrong

PURCHASES = ("Income:Purchases", "Income:Breakage:Purchases")
"""What is earned by use: ClickHouse has no lots."""

_BALANCES = (
    "SELECT sum(credits + held - debt) FROM tally.balances WHERE org = %s AND asset = 'credit'"
)
_STATEMENTS = """
SELECT sum(closing) FROM (
    SELECT DISTINCT ON (owner) closing FROM tally.statements
     WHERE org = %s AND asset = 'credit' ORDER BY owner, month DESC) AS last
"""
_BILLED = "SELECT coalesce(sum(total), 0) FROM tally.invoice_lines WHERE org = %s"


class Compared(NamedTuple):
    """Two books that should say the same."""

    name: str
    one: object
    other: object

    @property
    def agrees(self) -> bool:
        """Whether they do."""
        return self.one == self.other


class Books(NamedTuple):
    """All there is of a year."""

    ends: Endpoints
    events: Sequence[RecordedEvent]
    sandbox: Path
    hledger: str
    from_us: int
    until_us: int


def compare(books: Books, folder: Path) -> Iterator[Compared]:
    """Yield what each pair of books says."""
    journal = Journal(journal_of(books.events, Format.CSV, books.until_us))
    models = ReadModels(books.ends, books.until_us, books.from_us)
    try:
        yield from _programs(books, folder)
        yield from _months(journal, models)
        yield from _money(books, journal, models)
    finally:
        models.close()
    facts = [(event, fact_of(event)) for event in books.events]
    steps = dunned(facts)
    yield Compared(
        "dunning", {name: wrong(each) for name, each in steps.items() if wrong(each)}, {}
    )
    report = verify(books.ends)
    yield Compared("tally verify", report.exit_code, 0)


def _programs(books: Books, folder: Path) -> Iterator[Compared]:
    """Yield what programs of accountants say of the journal."""
    file = folder / "year.beancount"
    file.write_text(journal_of(books.events, Format.BEANCOUNT, books.until_us), "utf-8")
    checked = bean_check(file)
    yield Compared("bean-check", checked.stdout + checked.stderr, "")
    text = journal_of(books.events, Format.HLEDGER, books.until_us)
    hledger = Hledger(books.hledger, folder)
    yield Compared("hledger check", hledger.check(text), "")
    sums = csv_sums(journal_of(books.events, Format.CSV, books.until_us))
    yield Compared("hledger balance", hledger.sums(text), sums)


def _months(journal: Journal, models: ReadModels) -> Iterator[Compared]:
    months = sorted({each.month for each in models.months})
    yield Compared("tally revenue and the journal: earned", models.earned(), journal.earned())
    yield Compared("... and deferred", models.deferred(), journal.deferred(months))
    for month in months:
        asked = models.analysts("Revenue and what is deferred", month)
        found = {f"Income:{earns}": int(earned) for _, earns, earned, _ in asked if earned}
        right = {
            account: amount
            for (at, account), amount in journal.earned().items()
            if at == month and account not in PURCHASES
        }
        yield Compared(f"ClickHouse and the journal: {month}", found, right)
        recurs = {each.month: each.recurring.recurring for each in models.months}
        plans = models.analysts("Recurring revenue", month)
        yield Compared(f"MRR of {month}", sum(int(row[3]) for row in plans), recurs[month])


def _money(books: Books, journal: Journal, models: ReadModels) -> Iterator[Compared]:
    sandbox = SandboxBook(books.sandbox)
    processor = journal.balance("Assets:Processor:Stripe")
    yield Compared("the sandbox and the journal", sum(sandbox.moved().values()), processor)
    sandbox.close()
    owed = models.analysts_sum("SELECT sum(amount) FROM invoices FINAL")
    receivable = journal.balance("Assets:Receivable:Invoices")
    yield Compared("what is owed by invoices in ClickHouse", owed, receivable)
    lines = models.analysts_sum("SELECT sum(total) FROM invoice_lines FINAL")
    with psycopg.connect(books.ends.database.owner) as connection:
        (billed, wallets, statements) = (
            connection.execute(query, [ORG]).fetchall()[0][0]
            for query in (_BILLED, _BALANCES, _STATEMENTS)
        )
    yield Compared("what was billed in both databases", lines, int(billed))
    yield Compared("wallets and the journal", int(wallets), journal.in_wallets())
    yield Compared("statements and wallets", int(statements), int(wallets))
