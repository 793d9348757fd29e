"""Client: every operation of a ledger as a typed method, waited for or awaited.

with Client("http://127.0.0.1:8080", key) as ledger:
    ledger.deposit(user="ann", amount=Decimal(5000))
    ledger.record_usage(user="ann", model="large", input_tokens=374, output_tokens=44)
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from types import TracebackType

from tallystick.async_operations import AsyncOperations
from tallystick.holding import AsyncHolding, Holding, OnError
from tallystick.operations import Operations


class Client(Operations):
    """A ledger, as the holder of a key sees it. Threads may share one."""

    def holding(
        self,
        *,
        user: str | None = None,
        amount: Decimal | int | None = None,
        service: str | None = None,
        project: str | None = None,
        provider: str | None = None,
        model: str | None = None,
        input_tokens: int | None = None,
        cached_tokens: int | None = None,
        cache_write_tokens: int | None = None,
        max_output_tokens: int | None = None,
        quantities: Mapping[str, int] | None = None,
        expires_in: int | None = None,
        reference: str | None = None,
        on_error: OnError = "release",
    ) -> Holding:
        """Return a context that places a hold, and captures what its `used` was told."""
        place = partial(
            self.place_hold,
            user=user,
            amount=amount,
            service=service,
            project=project,
            provider=provider,
            model=model,
            input_tokens=input_tokens,
            cached_tokens=cached_tokens,
            cache_write_tokens=cache_write_tokens,
            max_output_tokens=max_output_tokens,
            quantities=quantities,
            expires_in=expires_in,
            reference=reference,
        )
        return Holding(self, place, on_error)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(AsyncOperations):
    """The same for an event loop: asyncio or trio."""

    def holding(
        self,
        *,
        user: str | None = None,
        amount: Decimal | int | None = None,
        service: str | None = None,
        project: str | None = None,
        provider: str | None = None,
        model: str | None = None,
        input_tokens: int | None = None,
        cached_tokens: int | None = None,
        cache_write_tokens: int | None = None,
        max_output_tokens: int | None = None,
        quantities: Mapping[str, int] | None = None,
        expires_in: int | None = None,
        reference: str | None = None,
        on_error: OnError = "release",
    ) -> AsyncHolding:
        """Return a context that places a hold, and captures what its `used` was told."""
        place = partial(
            self.place_hold,
            user=user,
            amount=amount,
            service=service,
            project=project,
            provider=provider,
            model=model,
            input_tokens=input_tokens,
            cached_tokens=cached_tokens,
            cache_write_tokens=cache_write_tokens,
            max_output_tokens=max_output_tokens,
            quantities=quantities,
            expires_in=expires_in,
            reference=reference,
        )
        return AsyncHolding(self, place, on_error)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self.close()
