"""Report: the demonstration's table: the same totals from four places, added up four ways."""

from __future__ import annotations

from dataclasses import dataclass

import clickhouse_connect
import psycopg
from rich.console import Console
from rich.table import Table

from api.container import Endpoints, event_store
from api.demo.clients import Tally
from api.demo.trace import Request, cost_of
from ledger.credits.debits import UsageRecorded
from ledger.credits.usage import INPUT_TOKENS, OUTPUT_TOKENS
from ledger.kernel.aggregate import restore_fact
from ledger.kernel.ids import stream_id
from ledger.kernel.money import format_usd
from ledger.kernel.times import moment

PAGE = 2_000


@dataclass(frozen=True)
class Totals:
    """Usage lines, their tokens, and their cost in microcredits."""

    lines: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    amount: int = 0


def input_totals(requests: list[Request], input_price: str, output_price: str) -> Totals:
    """Return what the input says, priced without the rating code."""
    return Totals(
        lines=len(requests),
        input_tokens=sum(request.input_tokens for request in requests),
        output_tokens=sum(request.output_tokens for request in requests),
        amount=cost_of(requests, input_price, output_price),
    )


def ledger_totals(at: Endpoints, org: str) -> Totals:
    """Return what the stored events say."""
    store = event_store(at.database, "demo")
    lines = []
    position = 0
    while page := store.select_positions(position, PAGE, topics=[UsageRecorded.TOPIC]):
        position = page[-1].position
        for event in page:
            if event.org == org:
                stream = stream_id(event.org, event.stream)
                recorded_at = moment(event.recorded_us)
                fact = restore_fact(event.type, event.body, stream, event.version, recorded_at)
                assert isinstance(fact, UsageRecorded)
                lines += fact.lines
    store.close()
    return Totals(
        lines=len(lines),
        input_tokens=sum(line.quantities.get(INPUT_TOKENS, 0) for line in lines),
        output_tokens=sum(line.quantities.get(OUTPUT_TOKENS, 0) for line in lines),
        amount=sum(line.amount for line in lines),
    )


def postgres_totals(at: Endpoints, org: str) -> Totals:
    """Return what the list of transactions says."""
    with psycopg.connect(at.database.query) as connection:
        connection.execute("SELECT set_config('tally.org', %s, true)", [org])
        row = connection.execute(
            "SELECT count(*), "
            "sum((detail::jsonb #>> '{usage,quantities,input_tokens}')::bigint), "
            "sum((detail::jsonb #>> '{usage,quantities,output_tokens}')::bigint), "
            "sum(-amount) FROM tally.transactions WHERE category = 'usage'"
        ).fetchone()
    assert row is not None
    return Totals(*(int(value or 0) for value in row))


def clickhouse_totals(at: Endpoints, org: str) -> Totals:
    """Return what the analysts' table says."""
    client = clickhouse_connect.get_client(dsn=at.clickhouse_url)
    result = client.query(
        "SELECT count(), sum(input_tokens), sum(output_tokens), sum(amount) "
        "FROM usage FINAL WHERE org = {org:String}",
        parameters={"org": org},
    )
    client.close()
    return Totals(*(int(value) for value in result.result_rows[0]))


def print_totals(console: Console, totals: dict[str, Totals]) -> bool:
    """Return the table and the difference; true when every place says the same."""
    first = next(iter(totals.values()))
    table = Table(title="The same totals from four places")
    table.add_column("source", no_wrap=True)
    for name in ("lines", "tokens in", "tokens out", "microcredits", "difference"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, each in totals.items():
        difference = each.amount - first.amount
        table.add_row(
            name,
            f"{each.lines:,}",
            f"{each.input_tokens:,}",
            f"{each.output_tokens:,}",
            f"{each.amount:,}",
            f"[{'green' if each == first else 'red'}]{difference:,}[/]",
        )
    console.print(table)
    console.print(f"{first.amount:,} microcredits are {format_usd(first.amount)} USD.")
    return all(each == first for each in totals.values())


def print_rates(console: Console, tally: Tally, seconds: float) -> None:
    """Print what the clients did and how fast they were answered."""
    console.print(
        f"{tally.posted:,} lines sent in {tally.requests:,} requests in {seconds:.1f} s: "
        f"{tally.posted / seconds:,.0f} lines/s, {tally.requests / seconds:,.0f} requests/s; "
        f"{tally.replayed:,} were twins and retries and changed nothing; "
        f"{len(tally.refused):,} refused."
    )
