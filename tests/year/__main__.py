"""`make year`: 500 payers over 13 months by a moved clock; prints what each month has come to, and
whether all books agree; draws it."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from adapters.clickhouse import tables as clickhouse
from adapters.embedded import Engines
from adapters.postgres.logins import log_in
from adapters.postgres.migrations import migrate
from api.cli.revenue import table_of
from api.container import Endpoints
from api.reports.revenue_plot import plot
from tests.scenarios.commands import ORG
from tests.year.books import ReadModels
from tests.year.comparison import compare
from tests.year.lived import live
from tests.year.payers import END_US


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payers", type=int, default=500)
    parser.add_argument("--picture", type=Path, default=Path("year.png"))
    arguments = parser.parse_args()
    console, begun = Console(width=200), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tally-year-") as name:
        folder = Path(name)
        with Engines(folder / "engines") as engines:
            urls = engines.urls()
            owner = str(urls.database_url)
            migrate(owner)
            clickhouse.migrate(str(urls.clickhouse_url))
            ends = Endpoints(log_in(owner), str(urls.clickhouse_url))
            lived = live(ends, folder / "sandbox", payers=arguments.payers, until_us=END_US)
            took_s = time.monotonic() - begun
            books = lived.books
            size = f"{arguments.payers} payers, {len(books.events):,} events"
            console.print(f"{size}, {lived.charges:,} charges in {took_s:.0f} s")
            console.print(f"{dict(lived.done)}, of which refused {dict(lived.refused)}")
            models = ReadModels(ends, books.until_us, books.from_us)
            console.print(table_of(ORG, "the year", models.months))
            plot(ORG, models.months, arguments.picture)
            models.close()
            found = list(compare(books, folder))
    table = Table("compared", "", title="Books")
    for each in found:
        table.add_row(each.name, "the same" if each.agrees else f"{each.one} is not {each.other}")
    console.print(table)
    console.print(
        f"The picture is in {arguments.picture}; {time.monotonic() - begun:.0f} s in all."
    )
    return int(not all(each.agrees for each in found))


if __name__ == "__main__":
    sys.exit(main())
