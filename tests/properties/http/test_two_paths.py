"""The fast path and the framework answer every request alike, and leave the same ledger.

600 drawn requests; with `HYPOTHESIS_PROFILE=nightly` (`make properties`) 10,000 with a fresh seed,
which `TALLY_SEED` repeats.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from random import Random
from typing import NamedTuple

import pytest

from api.container import Endpoints
from tests.api.raw import Answer, Raw, raw
from tests.api.served import Api, Served, done, served
from tests.api.two_paths import FRAMEWORK, both_paths
from tests.properties.drawn_requests import CALLER, CRLF, HOLD, Drawn, drawn

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
SEED = int(os.environ.get("TALLY_SEED") or (time.time_ns() % 10**9 if NIGHTLY else 1))
REQUESTS, CALLERS = (10_000, 4) if NIGHTLY else (600, 2)

CARD = {"prices": [{"model": "m", "meter": "input_tokens", "price": "1", "per": 1000}]}
_UNSAID = ("date", "x-request-id", "content-length")
_OWN = re.compile(
    rb'(hold|key)_[0-9a-f]{24}|\d{4}-\d\d-\d\dT[\d:.]+Z|"hash":"[^"]+"|org-\d+|"lot":"[^"]+"'
)
"""What two orgs cannot have alike."""


@pytest.fixture(scope="module")
def service(ends: Endpoints) -> Iterator[Served]:
    with served(ends, read_models=False, front=both_paths) as running:
        yield running


class Path(NamedTuple):
    """One of the two ways to the ledger, with an org of its own."""

    service: Served
    admin: Api
    line: bytes
    holds: list[str]

    def send(self, request: Drawn, hold: int, to: Raw) -> Answer:
        """The answer to a request by this path."""
        to.send(self.bytes_of(request, hold))
        answer = to.answer(to_head=request.method == b"HEAD")
        if request.path.endswith(b"/holds") and answer.status == 201:
            self.holds.append(answer.json["id"])
        return answer

    def bytes_of(self, request: Drawn, hold: int) -> bytes:
        head = [request.method + b" " + request.path + b" HTTP/1.1", self.line, *request.lines]
        body = request.body
        if request.chunks:
            head.append(b"Transfer-Encoding: chunked")
            size = -(-len(body) // request.chunks)
            parts = [body[at : at + size] for at in range(0, len(body), size)]
            body = b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in [*parts, b""])
        elif body:
            head.append(b"Content-Length: %d" % len(body))
        known = self.holds[hold % len(self.holds)]
        text = CRLF.join(head).replace(CALLER, str(self.admin.secret).encode())
        return text.replace(HOLD, known.encode()) + CRLF * 2 + body


def _path(service: Served, line: bytes) -> Path:
    admin = service.new_admin()
    done(admin.send("/v1/billing/rate-cards", CARD, method="PUT"))
    admin.deposit("ada", "5000")
    return Path(service, admin, line, [admin.hold("ada", "1", expires_in=86400)["id"]])


def _seen(answer: Answer) -> tuple[int, dict[str, str], bytes]:
    headers = {name: text for name, text in answer.headers.items() if name not in _UNSAID}
    return answer.status, headers, _OWN.sub(b"own", answer.body)


def _compare(service: Served, seed: int, requests: int) -> dict[int, int]:
    """Send drawn requests by both paths; how often each status was answered."""
    random = Random(seed)  # to be drawn again
    paths = [_path(service, line) for line in (b"X-Path: fast", b"X-Path: " + FRAMEWORK)]
    counts: dict[int, int] = {}
    with ExitStack() as stack:
        lines = [stack.enter_context(raw(service)) for _ in paths]
        for number in range(requests):
            request, hold = drawn(random), random.randrange(1000)
            answers = [path.send(request, hold, to) for path, to in zip(paths, lines, strict=True)]
            fast, framework = map(_seen, answers)
            assert fast == framework, f"TALLY_SEED={seed}, {number}: {request}\n{answers}"
            counts[fast[0]] = counts.get(fast[0], 0) + 1
            if fast[1].get("connection") == "close":
                lines = [stack.enter_context(raw(service)) for _ in paths]
    balances = [path.admin.balance(user) for user in ("ada", "bob", "@pool") for path in paths]
    for one, other in zip(balances[::2], balances[1::2], strict=True):
        assert _OWN.sub(b"own", repr(one).encode()) == _OWN.sub(b"own", repr(other).encode())
    assert service.events(paths[0].admin.org) == service.events(paths[1].admin.org)
    return counts


def test_both_paths_answer_alike(service: Served) -> None:
    print(f"TALLY_SEED={SEED}")
    with ThreadPoolExecutor(CALLERS) as pool:
        runs = [
            pool.submit(_compare, service, SEED + number, REQUESTS // CALLERS)
            for number in range(CALLERS)
        ]
        counts = [each.result() for each in runs]
    statuses = {status for each in counts for status in each}
    assert statuses >= {200, 201, 400, 401, 404, 405, 415, 422}
    assert not {status for status in statuses if status >= 500}
    print({status: sum(each.get(status, 0) for each in counts) for status in sorted(statuses)})
