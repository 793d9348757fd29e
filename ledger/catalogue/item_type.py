"""The item type: how catalogue items of one kind are fulfilled, and which fields of their own they
have."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec


class Kind(StrEnum):
    """How what is sold is fulfilled."""

    PHYSICAL = "physical"
    DIGITAL_DOWNLOAD = "digital_download"
    DIGITAL_ACCESS = "digital_access"
    APPOINTMENT = "appointment"
    INTERNAL_TRANSFER = "internal_transfer"
    CREDITS = "credits"
    PLAN = "plan"


class ItemType(msgspec.Struct, frozen=True):
    """An item type in one version. `schema`: the JSON Schema of the custom fields of its items."""

    id: str
    version: int
    kind: Kind
    schema: dict[str, Any]
