"""How many usage debits a second reach the chain over HTTP, beside the database's own limit.

One run measures, on the same machine and one after the other: debits posted one by one, debits
posted in batches of 100, and the rows those debits became (events, keys, balances) inserted
straight into the same tables of a fresh database, without HTTP, decisions or hashing. The ratio
is the part of the limit that the service reaches.

    make bench            (or: .venv/bin/python -m bench.debits --lines 20000 --runs 5)
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from api.demo.service import Service, service
from bench import load
from bench.straight import insert_straight

ORG = "bench"
WALLETS = 1_000
BATCH = 100
SINGLE_CONNECTIONS = 64
BATCH_CONNECTIONS = 8


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    console = Console()
    rates: dict[str, list[float]] = {}
    latencies: dict[str, load.Measured] = {}
    with (
        tempfile.TemporaryDirectory(prefix="tally-bench-") as folder,
        service(Path(folder), "--no-projections") as running,
    ):
        key = _set_up(running)
        for run in range(-1, arguments.runs):  # the first warms up and is not counted
            for name, size, connections in (
                ("one by one", 1, SINGLE_CONNECTIONS),
                (f"batches of {BATCH}", BATCH, BATCH_CONNECTIONS),
            ):
                lines = arguments.lines if size > 1 else arguments.lines // 2
                requests = _requests(running.url, key, f"{run}.{size}", lines, size)
                with console.status(f"run {run + 1} of {arguments.runs}: {name}"):
                    measured = load.run(running.url, requests, connections)
                assert set(measured.statuses) <= {200, 201}, measured.statuses
                if run >= 0:
                    rates.setdefault(name, []).append(lines / measured.seconds)
                    latencies[name] = measured
        with console.status("inserting the same rows straight into the same tables"):
            limits = insert_straight(Path(folder), ORG)
    _print(console, rates, latencies, limits)
    _write(rates, limits)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    return parser.parse_args()


def _set_up(running: Service) -> str:
    running.call("POST", "/v1/orgs", {"id": ORG, "name": "Benchmark"})
    price = {"model": "m", "meter": "input_tokens", "price": "2.5", "per": 1_000_000}
    prices = [price | {"currency": "usd"}]
    running.call("PUT", "/v1/billing/rate-cards", {"prices": prices}, org=ORG)
    body = {"name": "gateway", "role": "gateway"}
    return str(running.call("POST", f"/v1/orgs/{ORG}/api-keys", body)["secret"])


def _requests(url: str, key: str, prefix: str, lines: int, size: int) -> list[bytes]:
    draw = random.Random(prefix)
    users = [f"u{rank}" for rank in range(1, WALLETS + 1)]
    weights = [1 / rank for rank in range(1, WALLETS + 1)]
    drawn = draw.choices(users, weights, k=lines)
    uses = [
        {"id": f"{prefix}.{place}", "user": user, "model": "m", "input_tokens": 1 + place % 4000}
        for place, user in enumerate(drawn)
    ]
    if size == 1:
        bodies = [json.dumps(use).encode() for use in uses]
        return [load.http_request(url, "/v1/billing/usage", key, body) for body in bodies]
    groups = [uses[place : place + size] for place in range(0, lines, size)]
    bodies = [json.dumps({"mode": "independent", "items": group}).encode() for group in groups]
    return [load.http_request(url, "/v1/billing/usage/batch", key, body) for body in bodies]


def _print(
    console: Console,
    rates: dict[str, list[float]],
    latencies: dict[str, load.Measured],
    limits: dict[str, float],
) -> None:
    table = Table(title="Usage debits over HTTP against the database's limit, this run")
    table.add_column("work")
    for name in ("lines/s (median)", "spread", "p50 ms", "p99 ms", "straight insert", "ratio"):
        table.add_column(name, justify="right")
    for (name, each), limit in zip(rates.items(), limits.values(), strict=True):
        median = statistics.median(each)
        table.add_row(
            name,
            f"{median:,.0f}",
            f"{min(each):,.0f} to {max(each):,.0f}",
            f"{latencies[name].percentile(50):.1f}",
            f"{latencies[name].percentile(99):.1f}",
            f"{limit:,.0f}",
            f"{median / limit:.2f}",
        )
    console.print(table)


def _write(rates: dict[str, list[float]], limits: dict[str, float]) -> None:
    results = Path("bench/results")
    results.mkdir(parents=True, exist_ok=True)
    path = results / "debits.json"
    path.write_text(json.dumps({"lines_per_second": rates, "straight_insert": limits}, indent=2))


if __name__ == "__main__":
    main()
