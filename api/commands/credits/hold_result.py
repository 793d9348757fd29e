"""Hold result: what a command on a hold did, with the hold as it was before."""

from __future__ import annotations

from typing import NamedTuple

from api.commands.result import StoredFact


class OpenHold(NamedTuple):
    """An open hold: the recorded fact that placed it, and when it ends now."""

    placed: StoredFact
    expires_us: int


class HoldResult(NamedTuple):
    """What a command on a hold did; `before` is the hold until then, None where that must be read:
    when the command is sent again."""

    stored_fact: StoredFact
    before: OpenHold | None = None
    replayed: bool = False
    erased: bool = False

    @property
    def line(self) -> int:
        """The only line of the fact."""
        return 0
