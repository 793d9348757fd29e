"""The inbox as an operator looks at it: what providers told us, and what became of each."""

from __future__ import annotations

from typing import NamedTuple

from api.queries.reader import Reader, Row
from ledger.kernel.ids import PLATFORM
from ledger.purchases.inbox import InboxState, KeptNotice, kept_notice


class InboxEntry(NamedTuple):
    """A notice: since when it is tried, when that ended (µs; None: it waits), and why it is where
    it is."""

    kept: KeptNotice
    deferred_us: int
    ended_us: int | None
    state: InboxState
    why: str | None
    attempts: int

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the list."""
        return self.deferred_us, self.kept.key


async def entries(
    reader: Reader, state: InboxState | None, before: tuple[int, str], limit: int
) -> list[InboxEntry]:
    """Return notices in a state, or all, the newest first; `before`: the place of the last of the
    page before."""
    asked = {
        "state": None if state is None else str(state),
        "before_us": before[0],
        "before_key": before[1],
        "limit": limit,
    }
    return [_entry(row) for row in await reader.rows(PLATFORM, "purchases/inbox", asked)]


async def entry(reader: Reader, key: str) -> InboxEntry | None:
    """Return one notice."""
    row = await reader.row(PLATFORM, "purchases/inbox_entry", {"key": key})
    return None if row is None else _entry(row)


def _entry(row: Row) -> InboxEntry:
    kept = kept_notice(row["content"])
    return InboxEntry(
        kept,
        row["deferred_us"],
        row["ended_us"],
        _state(row["outcome"], kept),
        row["error"],
        row["attempts"],
    )


def _state(outcome: str | None, kept: KeptNotice) -> InboxState:
    if outcome is None:
        return InboxState.WAITING
    if outcome == "failed":
        return InboxState.PARKED
    return InboxState.DONE if kept.is_acted_on else InboxState.KEPT
