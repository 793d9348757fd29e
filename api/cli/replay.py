"""`tally replay`: what wallets held at any moment of the past, folded again from the events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.container import Endpoints, Opening, StoreSnapshot, clock_us, endpoints
from api.garbage_collection import rare_collections
from api.http.credits.answers.balance import balance_answer
from api.queries.as_of import Moment, moment_of
from api.queries.reader import Reader, query_pool
from api.queries.tenancy.directory import org_exists
from api.settings import Settings
from api.time_travel.replay import Replay, wallets_at
from ledger.credits.balance import balance_at
from ledger.credits.wallet import Wallet
from ledger.kernel.errors import NotFound
from ledger.kernel.ids import PLATFORM, WALLETS, check_org, check_user
from ledger.kernel.money import scale_of
from ledger.kernel.times import format_time


@dataclass(frozen=True)
class Question:
    """Whose wallets, and when."""

    as_of: str
    org: str
    user: str | None
    asset: str | None


def replay(
    as_of: Annotated[
        str, typer.Option("--as-of", help="A sequence of the org, or an RFC 3339 time in UTC.")
    ],
    org: Annotated[str, typer.Option("--org", help="The org.")],
    user: Annotated[
        str | None, typer.Option("--user", help="One user, or @pool; else every wallet.")
    ] = None,
    asset: Annotated[str | None, typer.Option("--asset", help="credit, usd …; else all.")] = None,
    data: DataOption = DATA_DEFAULT,
    as_json: Annotated[bool, typer.Option("--json", help="Print the balances as JSON.")] = False,
) -> None:
    """Show what wallets held at a moment: exactly what the service said then."""
    with (
        refusals("Nothing was replayed: "),
        endpoints(Settings.from_environment(data), Opening.READ) as ends,
    ):
        found = asyncio.run(balances_at(ends, Question(as_of, org, user, asset)))
    if as_json:
        typer.echo(json.dumps(found, indent=1))
    else:
        _print(found, Console())


async def balances_at(ends: Endpoints, question: Question) -> dict[str, Any]:
    """Return the balances of a moment, each as `GET /v1/billing/balance` answers it."""
    check_org(question.org, "org")
    if question.user is not None:
        check_user(question.user)
    if question.asset is not None:
        scale_of(question.asset)
    async with _reader(ends) as reader:
        if question.org != PLATFORM and not await org_exists(reader, question.org):
            raise NotFound(f"there is no org {question.org}.", field="org")
        moment = await moment_of(reader, question.org, question.as_of, clock_us())
        return {
            "org": question.org,
            "as_of_sequence": moment.sequence,
            "at": format_time(moment.at_us) if moment.at_us else None,
            "data": await _balances(ends, Replay(reader), question, moment),
        }


async def _balances(
    ends: Endpoints, replay: Replay, question: Question, moment: Moment
) -> list[dict[str, Any]]:
    org, asset = question.org, question.asset
    wallets = None
    if question.user is None:
        wallets = await asyncio.to_thread(_all_at_once, ends, org, moment.sequence)
    if wallets is None:
        wallets = [each async for each in replay.all_wallets(org, question.user, asset, moment)]
    return [
        msgspec.to_builtins(
            balance_answer(
                wallet.owner,
                wallet.asset,
                balance_at(wallet.funds, moment.at_us, wallet.credit_line),
                moment.sequence,
                suspended=wallet.is_suspended,
            )
        )
        for wallet in wallets
        if asset in (None, wallet.asset)
    ]


def _all_at_once(ends: Endpoints, org: str, until: int) -> list[Wallet] | None:
    """Return every wallet, from the whole store in order: sooner than stream by stream. None where
    some of it is archived."""
    with StoreSnapshot(ends.database.writer) as store:
        if store.archived.gap:
            return None
        with rare_collections():
            return wallets_at(store.moves(org, until, WALLETS))


@asynccontextmanager
async def _reader(ends: Endpoints) -> AsyncIterator[Reader]:
    pool = query_pool(ends.database.query, size=2)
    await pool.open()
    try:
        yield Reader(pool)
    finally:
        await pool.close()


def _print(found: dict[str, Any], console: Console) -> None:
    names = ("user", "asset", "available", "held", "debt", "pending")
    table = Table(*names)
    for column in table.columns[2:]:
        column.justify = "right"
    for balance in found["data"]:
        table.add_row(*(Text(str(balance[name])) for name in names))
    console.print(table)
    when = f", at {found['at']}" if found["at"] else ": nothing was recorded yet"
    console.print(Text(f"{found['org']} as of sequence {found['as_of_sequence']:,}{when}"))
