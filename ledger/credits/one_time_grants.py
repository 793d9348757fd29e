"""Grants that happen once for ever: each has a key of its own, which its fact says."""

from __future__ import annotations

from ledger.kernel.keys import Key

STARTER = "starter"
"""The key space of starter credits: one for each user, for ever."""

ALLOWANCE = "allowance"
"""The key space of monthly allowances: one for each user and month."""

IDENTITY = "identity"
"""The key space of identities: one starter credit for each, for ever, whoever comes with it."""

STARTER_OCCASION = "starter"
"""A user's first credit; the others are months, as 2026-02, of the monthly allowance."""


def occasion_key(org: str, owner: str, occasion: str) -> Key:
    """Return the key of a grant that a user gets once on this occasion."""
    if occasion == STARTER_OCCASION:
        return Key(org, STARTER, owner)
    return Key(org, ALLOWANCE, f"{owner}:{occasion}")


def identity_key(org: str, identity: str) -> Key:
    """Return the key of a grant that a verified identity gets once: `identity` is a salted digest
    of the e-mail address or telephone number."""
    return Key(org, IDENTITY, identity)
