"""`tally demo`: replay real input through HTTP and compare every total."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.cli.options import refusals
from api.cli.verify import print_report
from api.container import Opening, endpoints, signing_keys
from api.demo.clients import Tally, plan, replay
from api.demo.report import (
    clickhouse_totals,
    input_totals,
    ledger_totals,
    postgres_totals,
    print_rates,
    print_totals,
)
from api.demo.service import Service, service
from api.demo.trace import Request, TraceError, make_trace, read_trace
from api.http.rating.price_fields import price_of
from api.settings import Settings
from api.verification.options import Options
from api.verification.verify import verify as verify_store

ORG = "demo"
DEPOSIT_USD = "2.00"


def demo(
    trace: Annotated[
        Path | None,
        typer.Option(help="CSV with TIMESTAMP, ContextTokens, GeneratedTokens."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Keep everything in this folder; else it is thrown away.")
    ] = None,
    clients: Annotated[int, typer.Option(min=1, max=1000, help="Clients at once.")] = 64,
    seed: Annotated[int, typer.Option(help="Draws users, twins and retries.")] = 7,
    model: Annotated[str, typer.Option(help="Name of the model.")] = "demo-large",
    input_price: Annotated[str, typer.Option(help="USD per million input tokens.")] = "2.50",
    output_price: Annotated[str, typer.Option(help="USD per million output tokens.")] = "10.00",
) -> None:
    """Replay a trace through the HTTP API, many clients at once, and compare every total."""
    console = Console()
    try:
        requests = read_trace(trace, seed) if trace else make_trace(seed)
    except (OSError, TraceError) as error:
        raise typer.BadParameter(str(error), param_hint="--trace") from error
    with refusals(), ExitStack() as stack:
        prices = _prices(model, input_price, output_price)
        folder = data or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="tally-demo-"))
        )
        with console.status("starting the engines and the service"):
            running = stack.enter_context(service(folder))
            key = _set_up(running, prices, requests)
        started = time.perf_counter()
        tally = _replay(console, running, key, requests, model, clients, seed)
        seconds = time.perf_counter() - started
        settings = Settings(data=folder)
        at = stack.enter_context(endpoints(settings, Opening.WRITE))
        with console.status("waiting for the first checkpoint"):
            running.wait_until_sealed(ORG)
        with console.status("verifying every row"):
            keys = signing_keys(settings).ring().verifiers
            report = verify_store(at, options=Options(keys=keys))
        print_report(report, console)
        equal = print_totals(
            console,
            {
                "input": input_totals(requests, input_price, output_price),
                "ledger": ledger_totals(at, ORG),
                "PostgreSQL": postgres_totals(at, ORG),
                "ClickHouse": clickhouse_totals(at, ORG),
            },
        )
        print_rates(console, tally, seconds)
    if data is not None:
        command = f"tally export --data {data} --org {ORG} evidence.tar.gz"
        console.print(f"The evidence of it, for a stranger to verify: {command}", soft_wrap=True)
    raise typer.Exit(0 if equal and report.exit_code == 0 and not tally.refused else 1)


def _prices(model: str, input_price: str, output_price: str) -> list[dict[str, Any]]:
    """Return the prices of the demonstration, as they are sent. Raises Invalid before anything
    starts."""
    prices = [
        {"model": model, "meter": meter, "price": price, "per": 1_000_000, "currency": "usd"}
        for meter, price in (("input_tokens", input_price), ("output_tokens", output_price))
    ]
    for price, option in zip(prices, ("--input-price", "--output-price"), strict=True):
        price_of(price, option)
    return prices


def _set_up(running: Service, prices: list[dict[str, Any]], requests: Sequence[Request]) -> str:
    """Return an org with a price list, a deposit for each user, and a key for its gateways."""
    running.call("POST", "/v1/orgs", {"id": ORG, "name": "Demonstration"})
    running.call("PUT", "/v1/billing/rate-cards", {"prices": prices}, org=ORG)
    for user in sorted({request.user for request in requests}):
        deposit = {"user": user, "amount": 2_000, "paid": {"amount": DEPOSIT_USD,
                   "currency": "usd"}}  # fmt: skip
        running.call("POST", "/v1/billing/deposits", deposit, org=ORG)
    answer = running.call(
        "POST", f"/v1/orgs/{ORG}/api-keys", {"name": "gateway", "role": "gateway"}
    )
    return str(answer["secret"])


def _replay(
    console: Console,
    running: Service,
    key: str,
    requests: Sequence[Request],
    model: str,
    clients: int,
    seed: int,
) -> Tally:
    bar = Progress(
        TextColumn("usage lines through HTTP"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )
    with bar:
        task = bar.add_task("", total=len(requests))

        def on_progress(lines: int) -> None:
            bar.advance(task, lines)

        return asyncio.run(
            replay(running.url, key, plan(requests, seed), model, clients, on_progress)
        )
