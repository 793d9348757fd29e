"""Months: what was used of a meter in one, which the price of the next unit may depend on."""

from __future__ import annotations

from typing import NamedTuple

ORG_WIDE = ""
"""The payer of a counter over all that an org has used."""


class MeterKey(NamedTuple):
    """One counter of one meter.

    `provider` is empty where the price is for any; `month` is that of the time of use, in UTC, as
    2026-02.
    """

    org: str
    payer: str
    provider: str
    model: str
    meter: str
    month: str
