"""Outside: doors of others: what a call to one may end in, whoever is behind it."""

from __future__ import annotations

from typing import Protocol

from ledger.kernel.errors import LedgerError


class NotTaken(LedgerError):
    """The other side did not do it, or did not say so: the same call again, with the same id.

    `after_s`: how long it asked us to wait (s).
    """

    code = "not_taken"

    def __init__(self, detail: str, after_s: float | None = None) -> None:
        super().__init__(detail)
        self.after_s = after_s


class NeverTaken(LedgerError):
    """The other side refuses what the call is: the same again would be refused again."""

    code = "never_taken"


class Receiver(Protocol):
    """Somebody who is told things, each under an id."""

    async def post(self, id: str, content: bytes) -> None:
        """Hand it over. Raises NotTaken or NeverTaken.

        It may come twice (its answer was lost): with the same id and the same content then.
        """
