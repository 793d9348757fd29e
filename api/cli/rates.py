"""`tally rates import`: publish the price list of `genai-prices` as a version of a rate card."""

from __future__ import annotations

import fnmatch
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from adapters.genai_prices import PriceList, read, today
from api.cli.options import DATA_DEFAULT, DataOption
from api.cli.rates_publishing import (
    TIMEOUT_S,
    ImportRefused,
    Published,
    check,
    publish_directly,
    publish_over_http,
)
from api.settings import SettingRefused, Settings
from ledger.kernel.errors import LedgerError
from ledger.kernel.ids import PLATFORM
from ledger.kernel.money import CREDIT
from ledger.rating.card import Price
from ledger.rating.imported import Imported, Skipped, imported

CURRENCIES = ("usd", CREDIT)
BESIDE = (
    "Other meters than input, cached, cache-write and output tokens are billed beside them: what "
    "is reported as one of those must not be in input_tokens or output_tokens too."
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
    """Publish the price list of genai-prices as the next version of a rate card.

    The version holds these prices and no others. Nothing is published when the newest version
    holds them already.
    """
    console = Console()
    if currency not in CURRENCIES:
        raise typer.BadParameter("must be usd or credit", param_hint="--currency")
    if url is not None and not key:
        raise typer.BadParameter("--url needs one", param_hint="--key")
    found = narrowed(read(today()), provider, model)
    card = imported(found.listed, currency)
    print_summary(console, found, card)
    try:
        check(card.prices)
        if dry_run:
            console.print("Nothing was published: --dry-run.")
            return
        published = _publish(url, key, Settings.from_environment(data), org, card.prices)
    except (ImportRefused, LedgerError, SettingRefused, httpx.HTTPError) as error:
        console.print(Text(f"Nothing was published: {error}"), style="red")
        raise typer.Exit(2) from None
    name = "the default card" if org == PLATFORM else f"the card of {org}"
    said = "holds these prices already" if published.known else "is published"
    console.print(Text(f"Version {published.version} of {name} {said}."), style="green")


def _publish(
    url: str | None, key: str | None, settings: Settings, org: str, prices: Sequence[Price]
) -> Published:
    if url is None:
        return publish_directly(settings, org, prices)
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT_S) as client:
        return publish_over_http(client, org, prices)


def narrowed(
    found: PriceList, providers: Sequence[str] | None, models: Sequence[str] | None
) -> PriceList:
    """The part of a list about these providers and models."""
    known = {each.provider for each in found.listed} | {each.provider for each in found.skipped}
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
        [each for each in found.skipped if wanted(each.provider, each.model)],
        [each for each in found.later if wanted(each.provider, each.model)],
    )


# -- the summary -------------------------------------------------------------------------------


def print_summary(console: Console, found: PriceList, card: Imported) -> None:
    """What is in the version, of whom; and all that is not, with the reason."""
    console.print(_providers(found, card))
    _print_not_in_it(console, "not in the card", [*found.skipped, *card.skipped])
    _print_not_in_it(console, "begins later: import again then", found.later)
    _print_names(console, card)
    console.print(Text(BESIDE, style="dim"))
    models = len({price.model for price in card.prices})
    console.print(f"{found.source}: {models:,} names, {len(card.prices):,} prices.")


def _providers(found: PriceList, card: Imported) -> Table:
    table = Table("provider", "models", "prices", "by context", "skipped", title="price list")
    for column in table.columns[1:]:
        column.justify = "right"
    models, prices, tiers, skipped = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for each in found.listed:
        if (each.provider, each.model) in card.names:
            models[each.provider] += 1
            prices[each.provider] += len(each.prices)
            tiers[each.provider] += sum(price.context_over is not None for price in each.prices)
    for entry in (*found.skipped, *card.skipped):
        skipped[entry.provider] += 1
    for name in sorted(models.keys() | skipped.keys()):
        counts = (each[name] for each in (models, prices, tiers, skipped))
        table.add_row(name, *(f"{count:,}" for count in counts))
    return table


def _print_not_in_it(console: Console, title: str, entries: Iterable[Skipped]) -> None:
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in entries:
        grouped[entry.provider, entry.reason].append(entry.model)
    if not grouped:
        return
    table = Table("provider", "reason", "models", title=title)
    for (provider, reason), models in sorted(grouped.items()):
        table.add_row(provider, Text(reason), Text(", ".join(sorted(set(models)))))
    console.print(table)


def _print_names(console: Console, card: Imported) -> None:
    """Models that are not in the card under their id alone."""
    renamed = [(key, names) for key, names in sorted(card.names.items()) if names != [key[1]]]
    if not renamed:
        return
    table = Table("provider", "model", "named", title="ids that providers price differently")
    for (provider, model), names in renamed:
        table.add_row(provider, Text(model), Text(", ".join(names)))
    console.print(table)
