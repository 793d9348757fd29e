"""The condition: whether units can be sold."""

from __future__ import annotations

from enum import StrEnum


class Condition(StrEnum):
    """In which condition units are. Damaged ones are counted apart: they are not on hand."""

    SELLABLE = "sellable"
    DAMAGED = "damaged"
