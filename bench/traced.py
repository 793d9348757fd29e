"""`tally serve` and its writer with their steps noted: `python -m bench.traced serve ...`.

Each step is a call that is looked up by its name and timed by the clock that all processes share.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from adapters.postgres import event_store
from api.http.credits.routes import usage
from api.http.fast_path import routes as fast_routes
from api.http.server.connection import Connection
from api.http.server.exchange import Exchange
from api.writer.client_protocol import ClientProtocol
from api.writer.group_commit import GroupCommit
from api.writer.pipeline import Pipeline
from api.writer.server import WriterServer
from bench.marks import serve

LOOP, SEQUENCER, COMMITTER = "event loop", "writer: sequencer", "writer: committer"


class Step(NamedTuple):
    """A call: on which thread, what it is called in the picture, and where it stands."""

    thread: str
    name: str
    owner: Any
    attribute: str


STEPS = (
    Step(LOOP, "read and parse", Connection, "data_received"),
    Step(LOOP, "hand over", ClientProtocol, "_flush"),
    Step(LOOP, "outcomes", ClientProtocol, "data_received"),
    Step(LOOP, "read a batch", usage, "uses_of"),
    Step(LOOP, "encode an answer", fast_routes, "encode"),
    Step(LOOP, "send answer", Exchange, "answer"),
    Step(SEQUENCER, "receive", WriterServer, "receive"),
    Step(SEQUENCER, "decide", GroupCommit, "decide_ahead"),
    Step(SEQUENCER, "decide and commit", GroupCommit, "run"),
    Step(SEQUENCER, "wait for the commit", Pipeline, "settle"),
    Step(SEQUENCER, "wait for commands", WriterServer, "wait"),
    Step(COMMITTER, "commit", GroupCommit, "commit"),
    Step(COMMITTER, "pack", event_store, "parameters"),
    Step(COMMITTER, "send outcomes", WriterServer, "answer"),
)
"""What waits is waiting, and what is inside another step is a part of it: `pack` of `commit`."""

Noted = tuple[str, str, float, float]
"""Thread, name, begin and end in seconds."""

_noted: list[Noted] = []


def taken() -> list[Noted]:
    """Return what was noted, and begin anew."""
    noted = _noted[:]
    del _noted[: len(noted)]
    return noted


def note_steps() -> None:
    """Have every step noted."""
    for step in STEPS:
        call = getattr(step.owner, step.attribute)
        setattr(step.owner, step.attribute, _timed(step, call))


def _timed(step: Step, call: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(call)
    def timed(*arguments: Any, **named: Any) -> Any:
        begin = time.monotonic()
        try:
            return call(*arguments, **named)
        finally:
            _noted.append((step.thread, step.name, begin, time.monotonic()))

    return timed


if __name__ == "__main__":
    note_steps()
    serve("bench.traced", taken)
