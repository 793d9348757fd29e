"""The profile of a customer: who a user is, as an erasable text."""

from __future__ import annotations

import msgspec

from ledger.kernel.contact_data import check_email, check_phone
from ledger.kernel.ids import check_text

PROFILE = "profile"
"""The kind of an erasable text: a customer's name, e-mail address and telephone number."""


class Profile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who a customer is: the content of the text, as JSON."""

    name: str
    email: str | None = None
    phone: str | None = None


def checked_profile(profile: Profile) -> Profile:
    """Return a profile with all of it in one form. Raises Invalid."""
    return Profile(
        name=check_text(profile.name, "name"),
        email=None if profile.email is None else check_email(profile.email),
        phone=None if profile.phone is None else check_phone(profile.phone),
    )
