"""`tally rates import`: publish the price list of `genai-prices` as a version of a rate card."""

from __future__ import annotations

import fnmatch
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.cli.options import DATA_DEFAULT, DataOption
from api.cli.rates_publishing import (
    TIMEOUT_S,
    Content,
    ImportRefused,
    Published,
    check,
    publish_directly,
    publish_over_http,
)
from api.container import price_list
from api.settings import SettingRefused, Settings
from ledger.kernel.errors import LedgerError
from ledger.kernel.ids import PLATFORM
from ledger.kernel.money import CREDIT
from ledger.rating.imported import Imported, imported
from ledger.rating.listed import PriceList, Skipped

CURRENCIES = ("usd", CREDIT)
PARTS = (
    "Meters are parts of each other as in the list: what is cached, written to a cache, audio or "
    "images is counted in input_tokens, too, what is written for an hour in cache_write_tokens."
)

app = typer.Typer(no_args_is_help=True, help="Rate cards.")


@app.callback()
def rates() -> None:
    """Rate cards."""


@app.command("import")
def import_prices(
    org: Annotated[str, typer.Option(help="Whose card; platform's is the default one.")] = PLATFORM,
    provider: Annotated[
        list[str] | None, typer.Option(help="Only these providers (may be repeated).")
    ] = None,
    model: Annotated[
        list[str] | None, typer.Option(help="Only models like this glob (may be repeated).")
    ] = None,
    currency: Annotated[str, typer.Option(help="usd, or credit at the fixed rate.")] = "usd",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it, publish nothing.")] = False,
    url: Annotated[str | None, typer.Option(help="Publish through this service's API.")] = None,
    key: Annotated[
        str | None, typer.Option(envvar="TALLY_OPERATOR_KEY", help="The API key for --url.")
    ] = None,
    data: DataOption = DATA_DEFAULT,
) -> None:
    """Publish the price list of genai-prices as a version of a rate card, in force at once.

    The version holds these prices and the names that the list knows models and providers by, and no
    others. Nothing is published when the version in force holds them already.
    """
    console = Console()
    if currency not in CURRENCIES:
        raise typer.BadParameter("must be usd or credit", param_hint="--currency")
    if url is not None and not key:
        raise typer.BadParameter("--url needs one", param_hint="--key")
    found = narrowed(price_list(datetime.now(UTC).date()), provider, model)
    card = imported(found.listed, currency, found.providers)
    content = Content(card.prices, card.names, card.providers)
    print_summary(console, found, card)
    try:
        check(content)
        if dry_run:
            console.print("Nothing was published: --dry-run.")
            return
        published = _publish(url, key, Settings.from_environment(data), org, content)
    except (ImportRefused, LedgerError, SettingRefused, httpx.HTTPError) as error:
        console.print(Text(f"Nothing was published: {error}"), style="red")
        raise typer.Exit(2) from None
    name = "the default card" if org == PLATFORM else f"the card of {org}"
    outcome = "holds these prices already" if published.known else "is published"
    console.print(Text(f"Version {published.version} of {name} {outcome}."), style="green")


def _publish(
    url: str | None, key: str | None, settings: Settings, org: str, content: Content
) -> Published:
    if url is None:
        return publish_directly(settings, org, content)
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT_S) as client:
        return publish_over_http(client, org, content)


def narrowed(
    found: PriceList, providers: Sequence[str] | None, models: Sequence[str] | None
) -> PriceList:
    """Return the part of a list about these providers and models."""
    known = {each.id for each in found.providers}
    for name in providers or ():
        if name not in known:
            raise typer.BadParameter(
                f"{name} is none of {', '.join(sorted(known))}", param_hint="--provider"
            )

    def wanted(provider: str, model: str) -> bool:
        return (not providers or provider in providers) and (
            not models or any(fnmatch.fnmatchcase(model, glob) for glob in models)
        )

    return PriceList(
        found.source,
        [each for each in found.listed if wanted(each.provider, each.model)],
        found.providers,
        [each for each in found.skipped if wanted(each.provider, each.model)],
        [each for each in found.later if wanted(each.provider, each.model)],
    )


# -- the summary -------------------------------------------------------------------------------


def print_summary(console: Console, found: PriceList, card: Imported) -> None:
    """Print what is in the version, of whom; and what is not, or not as it is there, with why."""
    console.print(_providers(found, card))
    _print_reasons(console, "not in the card", [*found.skipped, *card.skipped])
    _print_reasons(console, "rounded to 12 decimals of a dollar", card.rounded)
    _print_reasons(console, "begins later: import again then", found.later)
    _print_contested(console, card)
    console.print(Text(PARTS, style="dim"))
    models = len({(price.provider, price.model) for price in card.prices})
    counts = f"{models:,} models, {len(card.prices):,} prices, {len(card.names):,} names"
    console.print(f"{found.source}: {counts}.")


def _providers(found: PriceList, card: Imported) -> Table:
    columns = ("provider", "models", "names", "prices", "by context", "by hour", "skipped")
    table = Table(*columns, title="price list")
    for column in table.columns[1:]:
        column.justify = "right"
    models = {(str(price.provider), price.model) for price in card.prices}
    counts = (
        Counter(provider for provider, _ in models),
        Counter(str(name.provider) for name in card.names),
        Counter(str(price.provider) for price in card.prices),
        Counter(str(price.provider) for price in card.prices if price.context_over),
        Counter(str(price.provider) for price in card.prices if price.hours),
        Counter(entry.provider for entry in (*found.skipped, *card.skipped)),
    )
    for name in sorted(counts[0].keys() | counts[-1].keys()):
        table.add_row(name, *(f"{count[name]:,}" for count in counts))
    return table


def _print_reasons(console: Console, title: str, entries: Iterable[Skipped]) -> None:
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in entries:
        grouped[entry.provider, entry.reason].append(entry.model)
    if not grouped:
        return
    table = Table("provider", "reason", "models", title=title)
    for (provider, reason), models in sorted(grouped.items()):
        table.add_row(provider, Text(reason), Text(", ".join(sorted(set(models)))))
    console.print(table)


def _print_contested(console: Console, card: Imported) -> None:
    """Models whose id alone does not mean their price."""
    if not card.contested:
        return
    by_provider: dict[str, list[str]] = defaultdict(list)
    for provider, model in card.contested:
        by_provider[provider].append(model)
    title = "ids that providers price differently: lines must name the provider"
    table = Table("provider", "models", title=title)
    for provider, models in sorted(by_provider.items()):
        table.add_row(provider, Text(", ".join(sorted(models))))
    console.print(table)
