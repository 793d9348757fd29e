"""Do one org's long reads make another wait?

An org sends single lines evenly: alone, then while another, whose log is events of a thousand
lines, reads all it can of it: pages of events, exports that it begins and never reads, balances of
the past, statements and filtered lists, over as many connections as nobody should need.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from urllib.parse import urlsplit

from bench.answer import Answer, Target, percentiles
from bench.load import Load, Run
from bench.question import Question
from bench.report import main
from bench.series import check
from bench.session import Session
from bench.stand import POOLED, Stand
from bench.traffic import Batches, Door, SingleLines

CONNECTIONS, LINES_PER_S = 16, 200
HISTORY, LINES = 400, 1_000
"""Events of the org that reads, and lines of each."""

UNREAD = 100
TARGET = Target(must=3.0, at_most=True)
EVERYTHING = ("--projections", "--seal")


@dataclass(frozen=True)
class Gets:
    """The same questions, endlessly."""

    door: Door
    paths: tuple[bytes, ...]

    def __iter__(self) -> Iterator[bytes]:
        return cycle([self.door.get(path) for path in self.paths])


EVENTS = (b"/v1/audit/events?limit=1000&lines=true", b"/v1/audit/events?limit=1000&user=u0000001")
PAST = tuple(b"/v1/billing/balance?user=@pool&as_of=%d" % n for n in range(HISTORY // 2, HISTORY))
LISTS = (
    b"/v1/billing/statement?user=@pool&period=%b",
    b"/v1/billing/transactions?limit=1000&category=grant",
    b"/v1/billing/transactions?limit=1000&category=usage&user=u0000001",
)


def answer(session: Session) -> list[Answer]:
    """The 99th percentile beside each kind of reading over the quiet one, of each run."""
    with session.stand(*EVERYTHING) as stand:
        reader = _reader(session, stand)
        _alone(session, stand)
        return [
            made
            for kind in _kinds(session, stand, reader)
            for made in _measured(session, stand, *kind)
        ]


Kind = tuple[str, Callable[[], AbstractContextManager[None]]]


def _kinds(session: Session, stand: Stand, reader: Door) -> list[Kind]:
    """What is read, and over how many connections."""
    month = month_of(stand).encode()
    lists = tuple(path.replace(b"%b", month) for path in LISTS)
    return [
        ("pages of large events", lambda: _reading(session, stand, Gets(reader, EVENTS), 4)),
        ("exports nobody reads", lambda: _unread(stand, reader)),
        ("balances of the past", lambda: _reading(session, stand, Gets(reader, PAST), 60)),
        ("statements and lists", lambda: _reading(session, stand, Gets(reader, lists), 32)),
    ]


def _measured(
    session: Session, stand: Stand, name: str, beside: Callable[[], AbstractContextManager[None]]
) -> list[Answer]:
    pairs = []
    for _ in range(session.scale.runs):
        alone = _alone(session, stand)
        with beside():
            pairs.append((alone, _alone(session, stand)))
    quiet, disturbed = ([percentiles(pair[n].latencies)[99.0] for pair in pairs] for n in (0, 1))
    return [
        Answer(
            work=f"{LINES_PER_S} single lines/s beside {name} (p99)",
            unit="ms",
            figures=disturbed,
            latency_ms=percentiles([each for pair in pairs for each in pair[1].latencies]),
        ),
        Answer(
            work=f"beside {name} against alone (p99)",
            unit="ratio",
            figures=[one / other for one, other in zip(disturbed, quiet, strict=True)],
            target=TARGET,
        ),
    ]


def _alone(session: Session, stand: Stand) -> Run:
    lines = SingleLines(stand.door(), session.scale.wallets)
    run = session.load(Load(stand.url, lines, CONNECTIONS, session.scale.seconds, LINES_PER_S))
    check(run)
    return run


@contextmanager
def _reading(session: Session, stand: Stand, gets: Gets, connections: int) -> Iterator[None]:
    """Another org reads all the time; what it is refused it asks for again at once."""
    reading = session.start_load(Load(stand.url, gets, connections, session.scale.seconds * 1.2))
    try:
        yield
    finally:
        assert set(reading.result().statuses) <= {200, 429, 503}, reading.result().refused


@contextmanager
def _unread(stand: Stand, reader: Door) -> Iterator[None]:
    """Exports of which nothing is read."""
    at = urlsplit(stand.url)
    with ExitStack() as connections:
        for _ in range(UNREAD):
            each = connections.enter_context(
                socket.create_connection((at.hostname or "127.0.0.1", at.port or 80))
            )
            each.sendall(reader.get(b"/v1/audit/export"))
        yield


def _reader(session: Session, stand: Stand) -> Door:
    """An auditor of an org with a history of large events."""
    batches = Batches(stand.door(POOLED), session.scale.wallets, LINES)
    history = Load(stand.url, First(batches, HISTORY), 4, seconds=600)
    check(session.load(history))
    stand.settle()
    return auditor(stand)


def auditor(stand: Stand) -> Door:
    """Someone who may read all of the org whose pool pays."""
    body = {"name": "auditor", "role": "auditor"}
    issued = stand.service.call("POST", f"/v1/orgs/{POOLED}/api-keys", body)
    return Door(stand.door().host, str(issued["secret"]))


@dataclass(frozen=True)
class First:
    """So many of endless requests."""

    requests: Batches
    count: int

    def __iter__(self) -> Iterator[bytes]:
        return islice(self.requests, self.count)


def month_of(stand: Stand) -> str:
    """The month that it is, for the service."""
    events = stand.service.call("GET", "/v1/audit/events?limit=1", org=POOLED)["data"]
    return str(events[0]["recorded_at"])[:7]


QUESTION = Question("long_reads", "One org's long reads, another's wait", 60, answer)

if __name__ == "__main__":
    main(QUESTION)
