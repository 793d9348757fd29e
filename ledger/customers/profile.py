"""The profile of a customer: who a user is, as an erasable text."""

from __future__ import annotations

import msgspec

PROFILE = "profile"
"""The kind of an erasable text: a customer's name, e-mail address and telephone number."""


class Profile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who a customer is: the content of the text, as JSON."""

    name: str
    email: str | None = None
    phone: str | None = None
