"""The books: what each of them says of a year, to be compared to the unit: the journal, and read
models in PostgreSQL and ClickHouse."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from adapters.clickhouse.connection import connect
from api.container import Endpoints
from api.queries.bookkeeping.revenue import RevenueMonth, revenue
from api.queries.reader import Reader, query_pool
from ledger.bookkeeping.export import Bound, Export
from ledger.bookkeeping.formats import STYLES, Format
from ledger.ports import RecordedEvent
from tests.formats.bookkeeping.programs import csv_rows
from tests.scenarios.commands import ORG

PAGE = (Path(__file__).parents[2] / "docs" / "analysts.md").read_text("utf-8")
QUESTIONS = dict(re.findall(r"^## \d+\. (.*?)\n.*?```sql\n(.*?)```", PAGE, re.M | re.S))

Amounts = dict[tuple[str, str], int]
"""By month and account, in cents."""


def journal_of(events: Sequence[RecordedEvent], format: Format, until_us: int) -> str:
    """Return the journal of events up to a moment."""
    export = Export(ORG, STYLES[format], None, Bound(us=until_us), until_us)
    return export.take(events) + export.end()


class Journal:
    """What a journal says of money in dollars, as it is read by somebody who has only the file."""

    def __init__(self, text: str) -> None:
        self._rows = [row for row in csv_rows(text) if row["commodity"] == "USD"]
        self.credits = [row for row in csv_rows(text) if row["commodity"] == "CREDIT"]

    def earned(self) -> Amounts:
        """Return what each month has earned of what was sold."""
        found: Counter[tuple[str, str]] = Counter()
        for row in self._rows:
            if row["account"].startswith("Income:"):
                found[row["date"][:7], row["account"]] -= int(row["units"])
        return {place: amount for place, amount in found.items() if amount}

    def deferred(self, months: Iterable[str]) -> Amounts:
        """Return what is deferred at the end of months."""
        found: Amounts = {}
        for month in months:
            sums: Counter[str] = Counter()
            for row in self._rows:
                if row["account"].startswith("Liabilities:Deferred:") and row["date"][:7] <= month:
                    sums[row["account"]] -= int(row["units"])
            found |= {(month, account): amount for account, amount in sums.items() if amount}
        return found

    def balance(self, account: str) -> int:
        """Return what an account holds at the end."""
        return sum(int(row["units"]) for row in self._rows if row["account"] == account)

    def in_wallets(self) -> int:
        """Return what all wallets hold, less what they owe."""
        return -sum(
            int(row["units"])
            for row in self.credits
            if re.match("Liabilities:(Credits|Held):|Assets:Receivable$", row["account"])
        )


class ReadModels:
    """What the tables say that follow the events."""

    def __init__(self, ends: Endpoints, until_us: int, from_us: int) -> None:
        self._ends = ends
        self._client = connect(ends.clickhouse_url)
        self.months: list[RevenueMonth] = asyncio.run(self._revenue(from_us, until_us))

    def close(self) -> None:
        """Close connections."""
        self._client.close()

    def earned(self) -> Amounts:
        """Return what each month has earned."""
        return {
            (each.month, account): amount
            for each in self.months
            for account, amount in each.earned.items()
            if amount
        }

    def deferred(self) -> Amounts:
        """Return what is deferred at the end of each month."""
        return {
            (each.month, account): amount
            for each in self.months
            for account, amount in each.deferred.items()
            if account.startswith("Liabilities:")
        }

    def analysts(self, title: str, month: str) -> list[tuple[Any, ...]]:
        """Return what ClickHouse answers to a question of the cookbook."""
        asked = {"month": f"{month}-01"}
        return [tuple(row) for row in self._client.query(QUESTIONS[title], asked).result_rows]

    def analysts_sum(self, query: str) -> int:
        """Return one sum of ClickHouse's."""
        ((found,),) = self._client.query(query).result_rows
        return int(found)

    async def _revenue(self, from_us: int, until_us: int) -> list[RevenueMonth]:
        async with query_pool(self._ends.database.query, size=2) as pool:
            return await revenue(Reader(pool), ORG, from_us, until_us)
