"""Holding: credit set aside for a piece of work, and captured for what the work used."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from decimal import Decimal
from types import TracebackType
from typing import Any, Literal

import anyio

from tallystick.async_operations import AsyncOperations
from tallystick.operations import Operations
from tallystick.problem import TallystickError
from tallystick.values import Capture, Hold

OnError = Literal["release", "capture"]
"""What an error in the work does to a hold of which something was used."""


class Work:
    """What the work has used so far; the last word counts."""

    def __init__(self, on_error: OnError) -> None:
        self._on_error = on_error
        self._use: dict[str, Any] | None = None
        self._hold: Hold | None = None
        self.captured: Capture | None = None
        """The capture, after the work."""

    @property
    def hold(self) -> Hold:
        """The hold, within the work and after it."""
        if self._hold is None:
            raise RuntimeError("the hold is placed by `with`")
        return self._hold

    def used(
        self,
        *,
        id: str | None = None,
        occurred_at: datetime | None = None,
        service: str | None = None,
        project: str | None = None,
        provider: str | None = None,
        model: str | None = None,
        input_tokens: int | None = None,
        cached_tokens: int | None = None,
        cache_write_tokens: int | None = None,
        output_tokens: int | None = None,
        quantities: Mapping[str, int] | None = None,
        amount: Decimal | int | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        """Say what has been used in all, in place of what was said before."""
        given = {name: value for name, value in locals().items() if name != "self"}
        self._use = {name: value for name, value in given.items() if value is not None}

    def _ends_with(self, failed: bool) -> dict[str, Any] | None:
        """Return the use to be captured; None to release."""
        return None if failed and self._on_error == "release" else self._use


class Holding(Work):
    """A hold as a context: captured at its end for what was used, else released."""

    def __init__(self, client: Operations, place: Callable[[], Hold], on_error: OnError) -> None:
        super().__init__(on_error)
        self._client = client
        self._place = place

    def __enter__(self) -> Holding:
        self._hold = self._place()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        use = self._ends_with(failed=error is not None)
        try:
            if use is None:
                self._client.release_hold(self.hold.id)
            else:
                self.captured = self._client.capture_hold(self.hold.id, **use)
        except TallystickError as failure:
            _say(failure, error)


class AsyncHolding(Work):
    """The same, awaited. Its end is not cancelled: a caller who has gone is charged, too."""

    def __init__(
        self,
        client: AsyncOperations,
        place: Callable[[], Awaitable[Hold]],
        on_error: OnError,
    ) -> None:
        super().__init__(on_error)
        self._client = client
        self._place = place

    async def __aenter__(self) -> AsyncHolding:
        self._hold = await self._place()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        use = self._ends_with(failed=error is not None)
        try:
            with anyio.CancelScope(shield=True):
                if use is None:
                    await self._client.release_hold(self.hold.id)
                else:
                    self.captured = await self._client.capture_hold(self.hold.id, **use)
        except TallystickError as failure:
            _say(failure, error)


def _say(failure: TallystickError, error: BaseException | None) -> None:
    """Raise a failure at the end of good work; where the work failed, its error goes first."""
    if error is None:
        raise failure
    error.add_note(f"and the hold was not ended: {failure}")
