"""The page on the chain tells the truth, and a stranger who has only read it finds every change."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from adapters.embedded import Engines
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.logins import log_in
from adapters.postgres.migrations import migrate
from api import container
from api.writer.group_commit import GroupCommit
from ledger.ports import RecordedEvent
from tests.contracts.stores import clock_us
from tests.formats import stranger
from tests.formats.example import BEGIN, END, PAGE, events, page_part
from tests.scenarios.commands import deposit, grant, register, usage, use

STRANGER = Path(stranger.__file__)
Lines = list[dict[str, Any]]


def test_the_example_on_the_page_is_what_the_code_computes() -> None:
    page = PAGE.read_text("utf-8")
    assert page.partition(BEGIN)[2].partition(END)[0] == page_part()


def test_the_hex_on_the_page_hashes_to_the_hash_on_the_page() -> None:
    for block in PAGE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0].split("```")[1::2]:
        lines = [line[16:] for line in block.strip().splitlines()]
        preimage = bytes.fromhex("".join(lines[:-1]))
        assert hashlib.sha256(preimage).hexdigest() == lines[-1]


def check(folder: Path, lines: Lines, *heads: str) -> tuple[int, str]:
    """What a stranger says of a dump, on a machine without our code."""
    dump = folder / "dump.jsonl"
    dump.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    command = [sys.executable, "-I", "-S", str(STRANGER), str(dump), *heads]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, cwd=folder)
    return done.returncode, done.stdout.strip()


def dumped(event: RecordedEvent) -> dict[str, Any]:
    return {
        **event._asdict(),
        "body": base64.b64encode(event.body).decode(),
        "hash": event.hash.hex(),
    }


def test_a_stranger_accepts_the_example(tmp_path: Path) -> None:
    assert check(tmp_path, [dumped(event) for event in events()]) == (
        0,
        "2 events of 1 orgs are linked",
    )


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lines]:
    """A dump of a real store, by the query on the page."""
    query = PAGE.read_text("utf-8").partition("```sql\n")[2].partition(";")[0]
    with Engines(tmp_path_factory.mktemp("chain") / "data", clickhouse=False) as engines:
        url = str(engines.urls().database_url)
        migrate(url)
        event_store = PostgresEventStore(log_in(url).writer)
        process = GroupCommit(container.ledger(event_store), clock_us)
        process.run([register(), register("other"), deposit("10", key="schlüssel ☃")])
        process.run([usage([use("1", id=f"u{n}", user=f"user{n}") for n in range(50)])])
        process.run(
            [grant("5", "free", key="g", reason="sorry"), deposit("1", key="d", org="other")]
        )
        event_store.close()
        with psycopg.connect(url) as connection:
            yield [row[0] for row in connection.execute(query.encode()).fetchall()]


def test_a_stranger_recomputes_the_chains_of_a_real_store(tmp_path: Path, dump: Lines) -> None:
    ends = {line["org"]: f"{line['org']}:{line['sequence']}:{line['hash']}" for line in dump}
    code, sentence = check(tmp_path, dump, *ends.values())
    assert (code, sentence) == (0, f"{len(dump)} events of 3 orgs are linked")
    assert len(dump) > 50


def _place(dump: Lines, sequence: int) -> int:
    return next(n for n, e in enumerate(dump) if (e["org"], e["sequence"]) == ("acme", sequence))


def _edit(**changes: Any) -> Callable[[Lines], None]:
    return lambda dump: dump[_place(dump, 7)].update(changes)


def _edit_body(dump: Lines) -> None:
    line = dump[_place(dump, 7)]
    body = bytearray(base64.b64decode(line["body"]))
    body[-1] ^= 1
    line["body"] = base64.b64encode(body).decode()


def _swap(dump: Lines) -> None:
    place = _place(dump, 7)
    dump[place], dump[place + 1] = dump[place + 1], dump[place]


def _swap_contents(dump: Lines) -> None:
    one, other = dump[_place(dump, 7)], dump[_place(dump, 9)]
    one["body"], other["body"] = other["body"], one["body"]


def _delete(dump: Lines) -> None:
    del dump[_place(dump, 7)]


def _insert(dump: Lines) -> None:
    dump.insert(_place(dump, 7), dict(dump[_place(dump, 7)]))


@pytest.mark.parametrize(
    ("tamper", "event"),
    [
        (_edit_body, 7),
        (_edit(actor="{}"), 7),
        (_edit(recorded_us=1), 7),
        (_edit(stream="wallet/credit/bob"), 7),
        (_edit(version=3), 7),
        (_edit(type="credits.CreditsGranted"), 7),
        (_edit(idempotency_key="x"), 7),
        (_edit(hash="00" * 32), 7),
        (_swap, 8),
        (_swap_contents, 7),
        (_delete, 8),
        (_insert, 8),
    ],
)
def test_a_stranger_names_the_first_wrong_event(
    tmp_path: Path, dump: Lines, tamper: Callable[[Lines], None], event: int
) -> None:
    tampered = [dict(line) for line in dump]
    tamper(tampered)
    code, sentence = check(tmp_path, tampered)
    assert code == 1
    assert f": event {event} of acme" in sentence or tamper is _insert


def test_a_cut_tail_is_found_with_a_trusted_head(tmp_path: Path, dump: Lines) -> None:
    last = [line for line in dump if line["org"] == "acme"][-1]
    head = f"acme:{last['sequence']}:{last['hash']}"
    cut = [line for line in dump if line is not last]
    assert check(tmp_path, cut)[0] == 0
    assert check(tmp_path, cut, head) == (1, "the chain of acme does not end at the head given")


def test_what_is_no_event_is_no_traceback(tmp_path: Path, dump: Lines) -> None:
    broken = [{key: value for key, value in dump[0].items() if key != "actor"}]
    code, sentence = check(tmp_path, broken)
    assert (code, sentence.startswith("line 1 is not an event")) == (1, True)
