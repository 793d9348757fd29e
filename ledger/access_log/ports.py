"""The store of access logs, as a Protocol with the promise it must keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from ledger.access_log.log import AccessLink
from ledger.kernel.chain import Head
from ledger.kernel.texts import Text


class KnownSecret(NamedTuple):
    """Whose a secret is, open or revoked."""

    org: str
    key_id: str
    subject: str


class AccessLogStore(Protocol):
    """The access logs, written. Used by one thread; each method raises Unavailable."""

    def close(self) -> None:
        """Close the connection; the next use opens another."""

    def heads(self, orgs: Iterable[str]) -> dict[str, Head]:
        """Return the ends of orgs' logs."""

    def owners_of(self, secret_hashes: Iterable[str]) -> dict[str, KnownSecret]:
        """Return whose secrets with these hashes are or were."""

    def append(
        self,
        before: Mapping[str, Head],
        after: Mapping[str, Head],
        links: Sequence[AccessLink],
        texts: Sequence[tuple[str, Text]],
    ) -> None:
        """Commit links whose heads move from `before` to `after`. Durable when it returns.

        Raises RaceLost or OutcomeUnknown.
        """

    def is_committed(self, link: AccessLink) -> bool:
        """Tell whether a link whose outcome was unknown has committed. Exact: waits for its
        locks."""
