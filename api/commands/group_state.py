"""Group state: what is kept of the group being decided, and of the one in flight until it ends."""

from __future__ import annotations

from ledger.ports import Batch


class GroupState:
    """Told how each group goes. Used by one thread.

    At most one group is in flight; the next is decided as if that one had committed.
    """

    def begin(self) -> None:
        """Begin a group, which has done nothing yet."""

    def write(self, batch: Batch) -> None:
        """Add what the group did to the commit that stores it."""

    def fail(self) -> None:
        """Undo the group being decided: it did not commit."""

    def commit_started(self) -> None:
        """Have what the group did stand while the next is decided."""

    def commit_succeeded(self) -> None:
        """Take what the group in flight did for stored."""

    def commit_failed(self) -> None:
        """Undo the group in flight: it did not commit."""

    def forget(self, org: str, since: int, until: int) -> None:
        """Drop what others may have changed, who have written to an org after a sequence, up to
        another."""

    def distrust(self, org: str) -> None:
        """Drop all that is kept of an org, whose history is not what it was."""
