"""The service listening on a free port, in a thread of this process, and a client of it."""

from __future__ import annotations

import itertools
import math
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg
import pytest
from starlette.types import ASGIApp

from api.container import Endpoints, projections
from api.deadline import READY_S, REQUEST_S
from api.http.app import create_front
from api.http.server.server import Limits, Server
from api.http.service import Service
from api.limits import LIMITS
from api.serving import service_over
from api.settings import Settings
from projections.engine import Runner
from tests.writer_threads import writers_in_threads, writing

from . import contract

OPERATOR_KEY = "an operator key that is only for tests, 0123456789"
Json = dict[str, Any]
LIFTED: dict[str, int | None] = {name: None for name, limit in LIMITS.items() if limit.seconds}
"""Tests ask as often as they like, but for those that are about rates."""

_numbers = itertools.count(1)


class Api:
    """A caller with a credential. Answers are `httpx.Response`s, nothing is raised."""

    def __init__(
        self,
        http: httpx.Client,
        secret: str | None,
        org: str | None = None,
        x_org: str | None = None,
    ) -> None:
        self.http = http
        self.secret = secret
        self.org = org
        self.headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        if x_org is not None:
            self.headers["X-Org"] = x_org

    def get(self, path: str, **query: Any) -> httpx.Response:
        parameters = {name.rstrip("_"): value for name, value in query.items()}
        return self.http.get(path, params=parameters, headers=self.headers)

    def send(
        self, path: str, body: object = None, *, method: str = "POST", key: str | None = "new"
    ) -> httpx.Response:
        """A command; `key` is its Idempotency-Key: a new one unless given, none if None."""
        headers = dict(self.headers)
        if key is not None:
            headers["Idempotency-Key"] = str(uuid.uuid4()) if key == "new" else key
        if body is None:
            return self.http.request(method, path, headers=headers)
        return self.http.request(method, path, json=body, headers=headers)

    def raw(self, path: str, content: bytes, content_type: str | None = None) -> httpx.Response:
        """A POST of bytes as they are."""
        headers = self.headers | {"Idempotency-Key": str(uuid.uuid4())}
        headers |= {"Content-Type": content_type} if content_type else {}
        return self.http.post(path, content=content, headers=headers)

    def deposit(self, user: str, amount: str, **more: Any) -> Json:
        return done(self.send("/v1/billing/deposits", {"user": user, "amount": amount, **more}))

    def use(self, user: str, amount: str, **more: Any) -> httpx.Response:
        body = {"id": str(uuid.uuid4()), "user": user, "amount": amount, **more}
        return self.send("/v1/billing/usage", body, key=None)

    def hold(self, user: str, amount: str, **more: Any) -> Json:
        return done(self.send("/v1/billing/holds", {"user": user, "amount": amount, **more}))

    def erase(self, user: str, **more: Any) -> Json:
        return done(self.send("/v1/audit/erasures", {"user": user, **more}))

    def balance(self, user: str, **more: Any) -> Json:
        return done(self.get("/v1/billing/balance", user=user, **more))


def done(response: httpx.Response) -> Json:
    """The value of a successful answer."""
    assert response.is_success, response.text
    value: Json = response.json()
    return value


# A client that many threads share may close a connection in one that another reads from.
_ALL_STAY_OPEN = httpx.Limits(keepalive_expiry=None)


class Served:
    """A running service and its database."""

    def __init__(self, base_url: str, service: Service, ends: Endpoints) -> None:
        self.http = httpx.Client(
            base_url=base_url,
            headers={"User-Agent": "tests"},
            timeout=300,
            limits=_ALL_STAY_OPEN,
            event_hooks={"response": [contract.check]},
        )
        self.base_url = base_url
        self.service = service
        self.ends = ends
        self.operator = self.as_holder_of(OPERATOR_KEY)
        self._owner = psycopg.connect(ends.database.owner, autocommit=True)

    def as_holder_of(self, secret: str | None, x_org: str | None = None) -> Api:
        """A caller with this secret, or with none."""
        return Api(self.http, secret, x_org=x_org)

    def new_org(self, **more: Any) -> str:
        """Register an org of the test's own."""
        org = f"org-{next(_numbers)}"
        done(self.operator.send("/v1/orgs", {"id": org, "name": f"Test {org}", **more}))
        return org

    def issue(self, org: str, role: str, subject: str | None = None, **more: Any) -> Api:
        """A client with a new API key."""
        body = {"name": f"{role} of tests", "role": role, "subject": subject, **more}
        issued = done(self.operator.send(f"/v1/orgs/{org}/api-keys", body))
        return Api(self.http, issued["secret"], org)

    def new_admin(self, **more: Any) -> Api:
        """An admin of a new org."""
        return self.issue(self.new_org(**more), "admin")

    def operator_of(self, org: str) -> Api:
        """The operator, naming an org."""
        return Api(self.http, OPERATOR_KEY, org, x_org=org)

    def events(self, org: str | None = None) -> int:
        """How many events there are, in an org or in all."""
        row = self._owner.execute(
            "SELECT count(*) FROM tally.events WHERE %(org)s::text IS NULL OR org = %(org)s",
            {"org": org},
        ).fetchone()
        assert row is not None
        return int(row[0])

    def let_pass(self, org: str, seconds: float) -> None:
        """Have the ledger believe that time has passed in an org: a decision's moment is never
        before what its head recorded last."""
        self._owner.execute(
            "UPDATE tally.heads SET recorded_us = "
            "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint + %s WHERE org = %s",
            [int(seconds * 1_000_000), org],
        )

    def persons(self, org: str, kind: str) -> set[str]:
        """Whose erasable texts of a kind an org has."""
        rows = self._owner.execute(
            "SELECT person FROM tally.texts WHERE org = %s AND kind = %s", [org, kind]
        ).fetchall()
        return {row[0] for row in rows}

    def erase_texts(self, org: str) -> None:
        """What erasing everyone leaves of the texts of an org."""
        self._owner.execute(
            "UPDATE tally.texts SET salt = NULL, content = NULL WHERE org = %s", [org]
        )

    def close(self) -> None:
        """Let go of what it asked with; the service goes on."""
        self.http.close()
        self._owner.close()


@contextmanager
def served(
    ends: Endpoints,
    *,
    read_models: bool = True,
    settings: Settings | None = None,
    request_s: float = REQUEST_S,
    ready_s: float = READY_S,
    limits: Limits | None = None,
    front: Callable[[Service], ASGIApp] = create_front,
    server: Callable[[Service], Server] | None = None,
    unsealed_max_s: float = math.inf,
    shards: Sequence[int] = (1,),
) -> Iterator[Served]:
    """The service over databases, with its read models kept in threads; nobody seals."""
    with (
        nobody_seals(),
        writers_in_threads(writing(ends.database), shards) as sockets,
        socket.create_server(("127.0.0.1", 0), backlog=2048) as listener,
    ):
        service = service_over(
            settings or Settings(operator_key=OPERATOR_KEY, limits=LIFTED),
            ends,
            sockets.ways,
            request_s,
            ready_s,
            unsealed_max_s,
        )
        serving = server(service) if server else Server(front(service), grace_s=5, limits=limits)
        thread = threading.Thread(target=serving.run, args=([listener],), name="served")
        thread.start()
        try:
            _wait_started(serving, thread)
            with read_models_of(ends if read_models else None):
                running = Served(f"http://127.0.0.1:{listener.getsockname()[1]}", service, ends)
                try:
                    yield running
                finally:
                    running.close()
        finally:
            serving.should_exit = True
            thread.join(60)
        assert not thread.is_alive()


@contextmanager
def nobody_seals() -> Iterator[None]:
    """Let exports wait for no sealer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.http.export.routes.PATIENCE_S", 0.05)
        yield


def _wait_started(server: Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + 90
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        assert time.monotonic() < deadline, "the service did not start in time"
        time.sleep(0.01)


@contextmanager
def read_models_of(ends: Endpoints | None) -> Iterator[None]:
    stop = threading.Event()
    runners = [Runner(each, stop) for each in projections(ends, linger_s=0)] if ends else []
    threads = [threading.Thread(target=runner.run) for runner in runners]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
