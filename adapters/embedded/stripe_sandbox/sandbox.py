"""The sandbox: objects, events and a clock that can be moved, as its resources work on them."""

from __future__ import annotations

import secrets
import string
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeAlias

from stripe import api_version

from adapters.embedded.stripe_sandbox.errors import no_such
from adapters.embedded.stripe_sandbox.store import Resource, Store

API_VERSION = api_version
_LETTERS = string.ascii_letters + string.digits
_ID_LENGTH = 24
_OF_NO_MODE = ("balance_transaction", "refund", "subscription_item")
"""Kinds of objects that do not say whether they are of a test."""

_OF_NO_TIME = ("invoiceitem", "line_item")
"""Kinds of objects that do not say when they were made."""


class Sandbox:
    """The state of an account, and what happens in it. `url`: where its pages are."""

    def __init__(self, store: Store, url: str) -> None:
        self.store = store
        self.url = url
        self.announce: Callable[[Resource], None] = lambda event: None
        """Who is told of an event, in the transaction that it is kept in."""
        self._then: int | None = None

    def now(self) -> int:
        """Return the time of the sandbox, in seconds: this machine's, moved."""
        if self._then is not None:
            return self._then
        return int(time.time()) + int(self.store.setting("clock_moved_s", 0))

    @contextmanager
    def at(self, then: int) -> Iterator[None]:
        """Have it be the time meanwhile at which something was due."""
        self._then = then
        try:
            yield
        finally:
            self._then = None

    def move_clock(self, seconds: int) -> None:
        """Have more time pass."""
        self.store.set("clock_moved_s", int(self.store.setting("clock_moved_s", 0)) + seconds)

    def new(self, kind: str, prefix: str, **fields: Any) -> Resource:
        """Return a new object, kept as it is."""
        made = {
            "id": new_id(prefix),
            "object": kind,
            "_created" if kind in _OF_NO_TIME else "created": self.now(),
            **({} if kind in _OF_NO_MODE else {"livemode": False}),
            **fields,
        }
        self.store.put(made)
        return made

    def get(self, kind: str, id: str, param: str = "id") -> Resource:
        """Return an object of a kind. Raises Refused where it is not there."""
        found = self.store.get(id)
        if found is None or found["object"] != kind:
            raise no_such(kind.replace(".", "_"), id, param)
        return found

    def change(self, resource: Resource, **fields: Any) -> Resource:
        """Change an object, and return it."""
        resource.update(fields)
        self.store.put(resource)
        return resource

    def emit(self, type: str, resource: Resource, previous: Resource | None = None) -> None:
        """Keep what has happened to an object, and announce it."""
        data: Resource = {"object": shown(resource)}
        if previous is not None:
            data["previous_attributes"] = previous
        event = self.new(
            "event",
            "evt_",
            api_version=API_VERSION,
            data=data,
            pending_webhooks=0,
            request={"id": None, "idempotency_key": None},
            type=type,
        )
        self.announce(event)

    def later(self, seconds: int, action: str, id: str) -> None:
        """Have something done to an object when so much time has passed."""
        self.store.rows(
            "INSERT INTO due (at, action, id) VALUES (?, ?, ?)", (self.now() + seconds, action, id)
        )


class Call(NamedTuple):
    """A request to an operation: the ids of its path, and its parameters."""

    ids: dict[str, str]
    params: dict[str, Any]

    @property
    def id(self) -> str:
        """The id of the object that it is about."""
        return self.ids["id"]


Handler: TypeAlias = Callable[[Sandbox, Call], Resource]


class Operation(NamedTuple):
    """An operation of the API: its parameters by the name of the SDK's type."""

    method: str
    path: str
    params: str
    handle: Handler


def new_id(prefix: str) -> str:
    """Return an id that nothing has."""
    return prefix + "".join(secrets.choice(_LETTERS) for _ in range(_ID_LENGTH))


def shown(resource: Resource) -> Resource:
    """Return an object without what is the sandbox's own."""
    return {name: each for name, each in resource.items() if not name.startswith("_")}
