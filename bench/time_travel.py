"""How long does it take to say what was, in a wallet of a million events?

One wallet has a long history, inserted straight, and a hold from before it. Its balance at random
moments, its statement as of them, that hold by its id and its capture sent again are asked for one
by one, and beside them its balance now, which is the limit.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, repeat

from bench import store
from bench.answer import Answer, Target, percentiles
from bench.load import Load, Run
from bench.question import Question
from bench.report import main
from bench.series import check
from bench.session import BASELINE, Session
from bench.stand import ORG, Stand, stand
from bench.traffic import Door, user

EVERYTHING = ("--projections", "--no-seal")
OWNER = user(1)
MOMENTS = 2_000
TARGET = Target(must=100.0, aim=20.0, at_most=True)
KEY = b"old-capture"
NOW = "its balance now"


@dataclass(frozen=True)
class Gets:
    """Questions about moments, endlessly: the path of each has a place for a sequence."""

    door: Door
    path: bytes
    sequences: range

    def __iter__(self) -> Iterator[bytes]:
        drawn = random.Random("moments").choices(self.sequences, k=MOMENTS)
        return cycle([self.door.get(self.path % sequence) for sequence in drawn])


@dataclass(frozen=True)
class Again:
    """One request, endlessly."""

    request: bytes

    def __iter__(self) -> Iterator[bytes]:
        return repeat(self.request)


def answer(session: Session) -> list[Answer]:
    """The 99th percentile of each run, of each question."""
    data = session.copy(session.funded())
    with stand(data, *BASELINE) as running:
        hold = _old_hold(session, running)
        moments = store.add_history(data, OWNER.decode(), session.scale.history)
    with session.stand(*EVERYTHING, data=data) as running:
        return _asked(session, running, hold, moments)


def _old_hold(session: Session, at: Stand) -> bytes:
    """A hold of the wallet, captured before its history."""
    body = {"user": OWNER.decode(), "amount": "1"}
    hold = str(at.service.call("POST", "/v1/billing/holds", body, org=ORG)["id"]).encode()
    check(session.load(Load(at.url, [_capture(at, hold)], 1, session.scale.seconds)))
    return hold


def _capture(at: Stand, hold: bytes) -> bytes:
    return at.door().post(b"/v1/billing/holds/%b/capture" % hold, b'{"amount":"0.5"}', KEY)


def _asked(session: Session, at: Stand, hold: bytes, moments: range) -> list[Answer]:
    door, month = _reader(at), _month(at)
    balance = b"/v1/billing/balance?user=%b" % OWNER
    statement = b"/v1/billing/statement?user=%b&period=%b&as_of=%%d" % (OWNER, month)
    now = _runs(session, at, Again(door.get(balance)))
    questions: dict[str, Iterable[bytes]] = {
        "its balance at a moment": Gets(door, balance + b"&as_of=%d", moments),
        "its statement at a moment": Gets(door, statement, moments),
        "a hold from before, by its id": Again(door.get(b"/v1/billing/holds/%b" % hold)),
        "its capture, sent again": Again(_capture(at, hold)),
    }
    runs = {name: _runs(session, at, requests) for name, requests in questions.items()}
    return [_answer(NOW, now), *(_answer(name, each, now) for name, each in runs.items())]


def _runs(session: Session, at: Stand, requests: Iterable[bytes]) -> list[Run]:
    """One connection: how long one answer takes, and not how many there are."""
    load = Load(at.url, requests, 1, session.scale.seconds)
    runs = [session.load(load) for _ in range(1 + session.scale.runs)][1:]
    for run in runs:
        check(run)
    return runs


def _answer(name: str, runs: Sequence[Run], now: Sequence[Run] = ()) -> Answer:
    return Answer(
        work=f"{name} (p99)",
        unit="ms",
        figures=_p99(runs),
        target=TARGET if now else None,
        latency_ms=percentiles([each for run in runs for each in run.latencies]),
        limits={NOW: _p99(now)} if now else {},
    )


def _p99(runs: Sequence[Run]) -> list[float]:
    return [percentiles(run.latencies)[99.0] for run in runs]


def _reader(at: Stand) -> Door:
    """An auditor of the org."""
    body = {"name": "auditor", "role": "auditor"}
    issued = at.service.call("POST", f"/v1/orgs/{ORG}/api-keys", body)
    return Door(at.door().host, str(issued["secret"]))


def _month(at: Stand) -> bytes:
    """The month that it is, for the service."""
    events = at.service.call("GET", "/v1/audit/events?limit=1", org=ORG)["data"]
    return str(events[0]["recorded_at"])[:7].encode()


QUESTION = Question("time_travel", "The past of a wallet with a long history", 240, answer)

if __name__ == "__main__":
    main(QUESTION)
