"""A receiver in memory: takes what it is handed, once for each id."""

from __future__ import annotations

from ledger.kernel.errors import LedgerError


class MemoryReceiver:
    """Keeps what it was told; fails with the next of `failures` while there are any."""

    def __init__(self, *failures: LedgerError) -> None:
        self.failures = list(failures)
        self.ids: list[str] = []
        """Every call, also those that failed."""

        self.taken: dict[str, bytes] = {}

    async def post(self, id: str, content: bytes) -> None:
        self.ids.append(id)
        if self.failures:
            raise self.failures.pop(0)
        self.taken.setdefault(id, content)
