"""The doors of webhooks, as Protocols with the promise each must keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ledger.kernel.outside import Receiver
from ledger.ports import RecordedEvent
from ledger.webhooks.webhook import Webhook


class Webhooks(Protocol):
    """The webhooks of every org, and what they are told. Used by one thread at a time.

    Every method raises Unavailable when the store does not answer.
    """

    def of(self, org: str) -> list[Webhook]:
        """Return the webhooks of an org, as they are now."""

    def event(self, org: str, sequence: int) -> RecordedEvent | None:
        """Return an event; None: it is not there, or archived."""

    def key(self) -> bytes:
        """Return what secrets are made of."""


class ReceiverAt(Protocol):
    """Calls who is at a URL, where it may be called."""

    def __call__(self, url: str, secrets: Sequence[bytes]) -> Receiver:
        """Return who is there; its calls are signed with these."""
