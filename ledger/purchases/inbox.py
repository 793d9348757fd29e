"""The inbox: notices as providers told us, kept until each has been recorded or a person has said
where it belongs."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ledger.kernel.actor import Actor
from ledger.kernel.decoding import decoder
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text
from ledger.purchases.notice import Notice, Other

EVENT_ID_MAX = 255


class InboxState(StrEnum):
    """What became of a notice. `kept`: it is of a type that nothing here acts on yet."""

    WAITING = "waiting"
    DONE = "done"
    PARKED = "parked"
    KEPT = "kept"


class Assigned(msgspec.Struct, frozen=True):
    """Where a person has said that a notice belongs; `actor`: who."""

    org: str
    purchase: str
    actor: Actor


class KeptNotice(msgspec.Struct, frozen=True, omit_defaults=True):
    """A notice, of which provider, as it is kept."""

    provider: str
    received_us: int
    notice: Notice
    assigned: Assigned | None = None

    @property
    def key(self) -> str:
        """What it is kept under: once, however often it is told."""
        return notice_key(self.provider, self.notice.id)

    @property
    def content(self) -> str:
        """The text that is kept."""
        return msgspec.json.encode(self).decode()

    @property
    def is_acted_on(self) -> bool:
        """Whether a part of this ledger acts on its type."""
        return not isinstance(self.notice.happening, Other)


def notice_key(provider: str, event: str) -> str:
    """Return what a notice is kept under. Raises Invalid."""
    check_text(event, "id", EVENT_ID_MAX)
    if "/" in event:
        raise Invalid("id must be the id of a provider's event.", field="id")
    return f"{provider}/{event}"


kept_notice = decoder(KeptNotice)
"""Reads a notice as it is kept."""
