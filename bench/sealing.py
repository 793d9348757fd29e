"""How many events a second the sealer seals, and what a proof costs then.

python -m bench.sealing --events 1000000 --orgs 1
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from pathlib import Path

from adapters.embedded import Engines
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.logins import log_in
from adapters.postgres.migrations import migrate
from adapters.postgres.sealing import PostgresSealing
from adapters.signing_keys import SigningKeys
from api.container import clock_us
from api.queries.proof.checkpoints import prove_consistency, prove_inclusion
from api.queries.reader import Reader, query_pool
from api.sealing.sealer import Sealer
from ledger.kernel.chain import EMPTY, Entry, Head, extend
from ledger.ports import Batch

BODY = b'{"line":"' + b"x" * 600 + b'"}'
"""About what an event of one usage line has."""

PROOFS = 200
_COMMIT = 5_000


def main() -> None:
    """Fill a store, seal it, prove, and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--orgs", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        with Engines(path / "data", clickhouse=False) as engines:
            url = str(engines.urls().database_url)
            migrate(url)
            urls = log_in(url)
            _fill(urls.writer, asked.events, asked.orgs)
            keys = SigningKeys("bench", path / "signing-keys", path / "verifier-keys")
            started = time.perf_counter()
            assert Sealer(PostgresSealing(urls.writer), keys, clock_us).catch_up()
            seconds = time.perf_counter() - started
            proofs = asyncio.run(_prove(urls.query, asked.events // asked.orgs))
    figures = {"events": asked.events, "orgs": asked.orgs, "seconds": round(seconds, 2)}
    print(json.dumps(figures | {"leaves_per_s": round(asked.events / seconds)} | proofs))


def _fill(url: str, events: int, orgs: int) -> None:
    event_store = PostgresEventStore(url)
    heads: dict[str, Head] = {}
    for first in range(0, events, _COMMIT):
        now = clock_us()
        entries = [
            Entry(f"org-{n % orgs}", "s", n // orgs + 1, "test:Noted", now, "{}", "", BODY)
            for n in range(first, min(first + _COMMIT, events))
        ]
        before = {each.org: heads.get(each.org, EMPTY) for each in entries}
        after = dict(before)
        links = extend(after, entries)
        event_store.append(Batch(now, before, after, links))
        heads |= after
    event_store.close()


async def _prove(url: str, size: int) -> dict[str, object]:
    chosen = random.Random(1)
    async with query_pool(url, size=2) as pool:
        reader = Reader(pool)
        inclusion, consistency = [], []
        for _ in range(PROOFS):
            started = time.perf_counter()
            proof = await prove_inclusion(reader, "org-0", chosen.randint(1, size), None)
            inclusion.append(time.perf_counter() - started)
            started = time.perf_counter()
            await prove_consistency(reader, "org-0", chosen.randint(1, size), None)
            consistency.append(time.perf_counter() - started)
    return {
        "hashes": len(proof.hashes),
        "inclusion_ms_p50": round(statistics.median(inclusion) * 1000, 2),
        "consistency_ms_p50": round(statistics.median(consistency) * 1000, 2),
    }


if __name__ == "__main__":
    main()
