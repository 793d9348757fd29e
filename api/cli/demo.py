"""`tally demo`: replay real input through HTTP, then buy credits; compare every total."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.cli.options import refusals
from api.cli.verify import print_report
from api.container import Opening, endpoints, signing_keys
from api.demo.buying import ORG as BUYING
from api.demo.buying import Buying
from api.demo.clients import Tally, plan, replay
from api.demo.report import (
    clickhouse_totals,
    input_totals,
    ledger_totals,
    postgres_totals,
    print_rates,
    print_totals,
)
from api.demo.restored import BackupUnderLoad
from api.demo.restored import restored as restored_from
from api.demo.service import Service, service
from api.demo.trace import Request, TraceError, make_trace, read_trace
from api.http.rating.price_fields import price_of
from api.settings import Settings
from api.verification.options import Options
from api.verification.verify import verify as verify_store

ORG = "demo"
DEPOSIT_USD = "2.00"
_ACCOUNT = (
    *("TALLY_STRIPE_KEY", "TALLY_STRIPE_KEY_FILE", "TALLY_STRIPE_URL"),
    *("TALLY_STRIPE_WEBHOOK_SECRET", "TALLY_STRIPE_WEBHOOK_SECRET_FILE"),
)
NO_ACCOUNT = dict.fromkeys(_ACCOUNT, "")
"""What a demonstration pays with: no account of ours, whatever the environment names."""


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
    restored: Annotated[
        bool,
        typer.Option(
            "--restored",
            help="Back it up while the clients write, restore that into an empty folder, verify "
            "it with a witness, and repeat all of it there.",
        ),
    ] = False,
) -> None:
    """Replay a trace through the HTTP API, many clients at once, then buy credits at a sandbox;
    compare every total."""
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
        shown = Demonstration(console, requests, model, (input_price, output_price), clients, seed)
        right = _restored(shown, prices, folder) if restored else _once(shown, prices, folder)
    if data is not None:
        command = f"tally export --data {data} --org {ORG} evidence.tar.gz"
        console.print(f"The evidence of it, for a stranger to verify: {command}", soft_wrap=True)
    raise typer.Exit(0 if right else 1)


@dataclass(frozen=True)
class Demonstration:
    """What is shown, and who sends it."""

    console: Console
    requests: list[Request]
    model: str
    prices: tuple[str, str]
    clients: int
    seed: int

    @contextmanager
    def service(self, data: Path, **environment: str) -> Iterator[Service]:
        """Give a running service with everything in a folder."""
        with ExitStack() as stack:
            with self.console.status("starting the engines and the service"):
                running = stack.enter_context(service(data, environment=NO_ACCOUNT | environment))
            yield running

    def show(
        self, running: Service, key: str, data: Path, backup: BackupUnderLoad | None = None
    ) -> bool:
        """Send every request, verify what came of them, and tell whether all totals agree."""
        started = time.perf_counter()
        tally = self._replay(running, key, backup)
        seconds = time.perf_counter() - started
        settings = Settings(data=data)
        with endpoints(settings, Opening.WRITE) as at:
            with self.console.status("waiting for the signature of all"):
                running.wait_until_sealed(ORG)
            with self.console.status("verifying every row"):
                keys = signing_keys(settings).ring().verifiers
                report = verify_store(at, options=Options(keys=keys))
            print_report(report, self.console)
            equal = print_totals(
                self.console,
                {
                    "input": input_totals(self.requests, *self.prices),
                    "ledger": ledger_totals(at, ORG),
                    "PostgreSQL": postgres_totals(at, ORG),
                    "ClickHouse": clickhouse_totals(at, ORG),
                },
            )
        print_rates(self.console, tally, seconds)
        return equal and report.exit_code == 0 and not tally.refused

    def _replay(self, running: Service, key: str, backup: BackupUnderLoad | None) -> Tally:
        bar = Progress(
            TextColumn("usage lines through HTTP"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
        )
        with bar:
            task = bar.add_task("", total=len(self.requests))

            def on_progress(lines: int) -> None:
                bar.advance(task, lines)
                if backup is not None:
                    backup.on_lines(lines)

            posts = plan(self.requests, self.seed)
            turn = None if backup is None else backup.turn
            return asyncio.run(
                replay(running.url, key, posts, self.model, self.clients, on_progress, turn)
            )

    def show_buying(self, running: Service, data: Path) -> bool:
        """Have credits be bought, given back, disputed and recharged, and tell whether the money is
        the same everywhere, and all of it verifies."""
        settings = Settings(data=data)
        self.console.print("Credits are bought:")
        with endpoints(settings, Opening.WRITE) as at:
            equal = Buying(self.console, running, at).show()
            running.wait_until_sealed(BUYING)
            with self.console.status("verifying every row"):
                keys = signing_keys(settings).ring().verifiers
                report = verify_store(at, options=Options(keys=keys))
        if report.exit_code:
            print_report(report, self.console)
        return equal and report.exit_code == 0


def _once(shown: Demonstration, prices: list[dict[str, Any]], data: Path) -> bool:
    with shown.service(data) as running:
        right = shown.show(running, _set_up(running, prices, shown.requests), data)
        return shown.show_buying(running, data) and right


def _restored(shown: Demonstration, prices: list[dict[str, Any]], data: Path) -> bool:
    """Show it, and once more on what a backup of its midst has become: the lines that the backup
    has are answered as before, and the others charged now."""
    witness, file, elsewhere = data / "witness", data / "backup.tar", data / "restored"
    witness.mkdir(parents=True, exist_ok=True)
    settings = Settings(data=data)
    backup = BackupUnderLoad(settings, file, len(shown.requests))
    with shown.service(data, TALLY_WITNESSES=str(witness)) as running:
        key = _set_up(running, prices, shown.requests)
        right = shown.show(running, key, data, backup)
        saved = backup.made().manifest.saved
    with shown.console.status("restoring a backup, and verifying every row of it"):
        keys = signing_keys(settings).ring().verifiers
        report = restored_from(file, Settings(data=elsewhere), keys, witness).report
    print_report(report, shown.console)
    shown.console.print(
        f"Restored: {saved.events:,} events that were backed up while the clients wrote; of "
        f"{len(report.lost):,} orgs the witness has what came later. The same once more:"
    )
    with shown.service(elsewhere, TALLY_SIGNING_KEYS_FILE=str(data / "signing-keys")) as running:
        right &= shown.show(running, key, elsewhere)
        right &= shown.show_buying(running, elsewhere)
    return right and report.exit_code == 0


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
