"""`tally import`: products, customers and orders of another shop software, from the file that it
exports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.cli.options import refusals
from api.imports.csv_rows import Row, digest_of, open_rows
from api.imports.file_import import AnyPlatform, Imported, Send, keep_rows, read_items, send_items
from api.imports.import_report import ImportReport, NotTakenRows, print_report
from api.imports.imported_customer import OWN_CUSTOMERS, SHOPIFY_CUSTOMERS
from api.imports.imported_item import Wanted
from api.imports.own_csv import OWN_CSV
from api.imports.own_orders import OWN_ORDERS
from api.imports.read_item import Remark
from api.imports.row_file import RowFile
from api.imports.sender import Stopped, connected
from api.imports.shopify import SHOPIFY
from api.imports.shopify_orders import SHOPIFY_ORDERS
from api.imports.woocommerce import WOOCOMMERCE
from api.imports.woocommerce_orders import WOOCOMMERCE_ORDERS
from ledger.catalogue.local_text import check_locale
from ledger.inventory.location import check_location
from ledger.kernel.errors import Invalid
from ledger.pricing.conditions import check_currency

PLATFORMS: dict[str, dict[str, AnyPlatform]] = {
    "shopify": {"items": SHOPIFY, "customers": SHOPIFY_CUSTOMERS, "orders": SHOPIFY_ORDERS},
    "woocommerce": {"items": WOOCOMMERCE, "orders": WOOCOMMERCE_ORDERS},
    "csv": {"orders": OWN_ORDERS, "items": OWN_CSV, "customers": OWN_CUSTOMERS},
}
"""The kinds of files of each, by what they are of."""


class PlatformName(StrEnum):
    """From where a file comes."""

    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    CSV = "csv"


def imports(
    platform: Annotated[PlatformName, typer.Argument(help="From where the file comes.")],
    file: Annotated[Path, typer.Argument(help="Its export of products, customers or orders.")],
    currency: Annotated[
        str | None, typer.Option(help="The currency of a product's prices, such as eur.")
    ] = None,
    url: Annotated[str, typer.Option(help="The service.")] = "http://127.0.0.1:8080",
    key: Annotated[
        str | None,
        typer.Option(envvar="TALLY_API_KEY", help="An API key that may write the catalogue."),
    ] = None,
    org: Annotated[str | None, typer.Option(help="Whose shop; for an operator's key.")] = None,
    locale: Annotated[str, typer.Option(help="The language of its texts.")] = "en",
    location: Annotated[str, typer.Option(help="The location where its stock is.")] = "main",
    encoding: Annotated[
        str | None, typer.Option(help="Its encoding, if not UTF-8 or UTF-16: cp1252.")
    ] = None,
    not_taken: Annotated[
        Path | None, typer.Option(help="Write the rows that were not taken here, with why.")
    ] = None,
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Only say what can be taken.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Begin the products of another shop software as items of the catalogue, with their variants,
    prices and stock, its customers as payers, or record its orders as they were there, and report
    what could not be taken.

    What was killed is begun again with the same command and goes on: nothing is done twice. Items
    that are there already are left as they are. Exit code 0: all is there. 1: something could not
    be taken. 2: nothing was begun, or the service has stopped it.
    """
    console, kinds = Console(stderr=as_json), PLATFORMS[platform]
    with ExitStack() as stack:
        with refusals("Nothing was imported: "):
            check_locale(locale, "locale")
            check_location(location)
            rows = stack.enter_context(open_rows(file, encoding))
            header = _header(rows)
            what = next((each for each, shop in kinds.items() if shop.is_of(header)), "items")
            shop = kinds[what]
            columns = shop.columns_of(header)
            wanted = Wanted(locale, _currency(currency) if what == "items" else "")
            kept = stack.enter_context(RowFile())
            with console.status("reading"):
                keep_rows(rows, shop, columns, kept)
            report = ImportReport(file.name, digest_of(file), shop.name, what, rows=kept.count)
            send = _nothing if is_dry else stack.enter_context(_service(url, key, org, location))
            if not_taken is not None:
                rejects = stack.enter_context(_new(not_taken, file))
                report.rejects = NotTakenRows(rejects, header.cells)
        items = read_items(kept, shop, columns, wanted, report)
        with _bar(console) as bar:
            task = bar.add_task("rows", total=kept.count)
            for done in send_items(items, send, report):
                bar.advance(task, done)
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=1))
    else:
        print_report(report, console, is_dry=is_dry)
    raise typer.Exit(report.exit_code)


def _currency(currency: str | None) -> str:
    if currency is None:
        raise Invalid("no export says the currency of its prices: --currency.", field="currency")
    check_currency(currency)
    return currency


def _header(rows: Iterator[Row]) -> Row:
    header = next(rows, None)
    if header is None:
        raise Invalid("the file is empty.", field="file")
    return header


def _new(not_taken: Path, file: Path) -> TextIO:
    """Return the file of what was not taken, which must not be the one that is imported."""
    if not_taken.exists() and not_taken.samefile(file):
        raise Invalid("--not-taken must be another file.", field="not_taken")
    return not_taken.open("w", encoding="utf-8-sig", newline="")  # so that Excel knows it


def _nothing(_: Imported) -> list[Remark]:
    """Send nothing: a dry run."""
    return []


@contextmanager
def _service(url: str, key: str | None, org: str | None, location: str) -> Iterator[Send]:
    if not key:
        raise Invalid("an API key is needed: --key, or TALLY_API_KEY.", field="key")
    try:
        with connected(url, key, org, location) as sender:
            yield sender.send
    except Stopped as stopped:
        raise Invalid(str(stopped), field="url") from None


def _bar(console: Console) -> Progress:
    columns = (TextColumn("rows"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True)
