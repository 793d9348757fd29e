"""Erasures: what their events say."""

from __future__ import annotations

from typing import Any

from api.feed.content import Content, Contents
from ledger.ports import RecordedEvent


class ErasureContent(Content):
    """Whose texts were erased, and whether none was left."""

    user: str
    complete: bool


def erased(event: RecordedEvent, fact: Any) -> ErasureContent:
    """Return whose texts were erased."""
    return ErasureContent(fact.user, fact.complete)


CONTENTS: Contents = {"audit.PersonErased": erased}
