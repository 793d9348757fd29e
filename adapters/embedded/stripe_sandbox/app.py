"""The app: API, pages and control of one sandbox, and what it does by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
from starlette.applications import Starlette

from adapters.embedded.stripe_sandbox.access import Access
from adapters.embedded.stripe_sandbox.api import Api
from adapters.embedded.stripe_sandbox.control import Control
from adapters.embedded.stripe_sandbox.deliveries import Deliveries
from adapters.embedded.stripe_sandbox.due_actions import do_due
from adapters.embedded.stripe_sandbox.faults import Faults
from adapters.embedded.stripe_sandbox.hosted_pages import HostedPages
from adapters.embedded.stripe_sandbox.resources.webhook_endpoints import keep_endpoint
from adapters.embedded.stripe_sandbox.sandbox import Sandbox
from adapters.embedded.stripe_sandbox.store import Store

_LOOK_S = 0.05
"""How often it looks for what is due."""


def sandbox_app(home: Path, access: Access, notify: str | None = None) -> Starlette:
    """Return the app of the sandbox in a folder. `notify`: a URL that is told of everything."""
    store = Store(home / "sandbox.sqlite")
    sandbox = Sandbox(store, access.url())
    faults = Faults(store)
    deliveries = Deliveries(sandbox, faults)
    api = Api(sandbox, faults, access.api_key)
    if notify is not None:
        with store.transaction():
            keep_endpoint(sandbox, notify, access.webhook_secret)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        working = asyncio.create_task(_work(sandbox, deliveries))
        try:
            yield
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working
            store.close()

    routes = [
        *api.routes(),
        *HostedPages(sandbox).routes(),
        *Control(sandbox, faults, deliveries, api).routes(),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


async def _work(sandbox: Sandbox, deliveries: Deliveries) -> None:
    async with httpx.AsyncClient(follow_redirects=False, trust_env=False) as client:
        while True:
            do_due(sandbox)
            if not await deliveries.deliver_due(client):
                await asyncio.sleep(_LOOK_S)
