"""The item state: whether a catalogue item is to be seen and sold."""

from __future__ import annotations

from enum import StrEnum


class ItemState(StrEnum):
    """A draft is published, what is published is archived, and may be published again."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"
