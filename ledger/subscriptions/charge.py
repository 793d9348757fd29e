"""The charge: how one for an invoice of a subscription is called at its provider, always alike."""

from __future__ import annotations

import hashlib
import re

_CHARGE = re.compile(r"(sub_[0-9a-f]{24})-[0-9]+")


def invoice_of(subscription: str, number: int) -> str:
    """Return the id of a subscription's invoice, by the subscription's stream: there is one."""
    digest = hashlib.sha256(f"{subscription} {number}".encode()).hexdigest()
    return f"sub_{digest[:24]}"


def charge_of(invoice: str, version: int) -> str:
    """Return the id of the charge that the fact of a version asks for."""
    return f"{invoice}-{version}"


def is_charge(name: str) -> bool:
    """Tell whether an id is that of a charge."""
    return _CHARGE.fullmatch(name) is not None


def invoice_of_charge(charge: str) -> str:
    """Return the id of the invoice that a charge is for."""
    return charge.rpartition("-")[0]
