"""The content of messages: what a kind of event says, with the names that answers have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, get_type_hints

from api.http.answers import Answer
from ledger.ports import RecordedEvent


class Content(Answer):
    """What an event says of itself. Empty: that it happened, and GET /v1/audit/events the rest."""


ContentOf: TypeAlias = Callable[[RecordedEvent, Any], Content]
"""Returns what an event says, of which the fact is known."""

Contents: TypeAlias = Mapping[str, ContentOf]
"""Stored type → what its events say."""


def nothing(event: RecordedEvent, fact: object) -> Content:
    """Return what says no more than the message around it."""
    return Content()


def kind_of_content(content_of: ContentOf) -> type[Content]:
    """Return the struct that a function returns."""
    kind: type[Content] = get_type_hints(content_of)["return"]
    return kind
