"""Conditions: fields of a request that say for which lines of orders, and in which currency,
something holds."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.http.fields import Label, Sku
from ledger.kernel.limits import SKUS_PER_CONDITION_MAX
from ledger.kernel.money import scale_of

Skus = Annotated[list[Sku], Field(max_length=SKUS_PER_CONDITION_MAX)]
ItemTypes = Annotated[list[Label], Field(max_length=SKUS_PER_CONDITION_MAX)]


def currency_in(asset: object) -> str:
    """Return the currency that is named, if there is one of that name. Raises Invalid."""
    scale_of(asset, "currency")
    return str(asset)
