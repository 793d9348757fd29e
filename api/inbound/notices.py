"""The inbox of notices: each is kept once, as a deferred call, before it is acknowledged."""

from __future__ import annotations

import msgspec

from api.one_at_a_time import OneAtATime
from ledger.kernel.ids import PLATFORM
from ledger.purchases.inbox import Assigned, KeptNotice
from projections.ports import Call, CallName, Calls

NOTICES = "notices"
"""The effect that acts on notices."""


class NoticeInbox:
    """Keeps what providers told us. Raises Unavailable where the store does not answer."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._alone = OneAtATime()

    async def keep(self, *notices: KeptNotice) -> int:
        """Keep notices durably, all or none, and return how many were not kept already."""
        calls = [Call(_name(kept), kept.content) for kept in notices]
        return await self._alone.do(lambda: self._calls.add(calls))

    async def again(self, kept: KeptNotice, assigned: Assigned | None = None) -> bool:
        """Act on a notice again, perhaps as one of a purchase that a person named; False: it
        waits."""
        content = None
        if assigned is not None:
            content = msgspec.structs.replace(kept, assigned=assigned).content
        return await self._alone.do(lambda: self._calls.again(_name(kept), content))

    def close(self) -> None:
        """Close the connection."""
        self._calls.close()


def _name(kept: KeptNotice) -> CallName:
    return CallName(PLATFORM, NOTICES, kept.key)
