"""The server of a sandbox: in a process of its own, or in a thread of a test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from adapters.embedded.stripe_sandbox.access import Access, access_of
from adapters.embedded.stripe_sandbox.app import sandbox_app
from adapters.embedded.stripe_sandbox.listener import listener_of

KEPT_S = 75
"""How long an idle connection is kept. The SDK's client gives one up after 5 s, as uvicorn does by
itself: a call could go out on one that was just closed."""


def server_of(home: Path, notify: str | None = None) -> uvicorn.Server:
    """Return the server of the sandbox in a folder, not started yet."""
    app = sandbox_app(home, access_of(home), notify)
    config = uvicorn.Config(
        app,
        log_level="error",
        access_log=False,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=KEPT_S,
        ws="none",
    )
    return uvicorn.Server(config)


@contextmanager
def served(home: Path, notify: str | None = None) -> Iterator[Access]:
    """Serve the sandbox in a folder from a thread meanwhile."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    listener = listener_of(home)
    server = server_of(home, notify)
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, name="sandbox", daemon=True
    )
    thread.start()
    try:
        yield access_of(home)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
