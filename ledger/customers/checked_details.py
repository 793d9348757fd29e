"""Checked details: what a customer says of themselves, with all of it in one form.

Apart from what facts are made of: parsers of telephone numbers and of e-mail addresses take long to
load, and only who takes them in needs them.
"""

from __future__ import annotations

import msgspec

from ledger.customers.profile import Profile
from ledger.kernel.contact_data import check_email, check_phone
from ledger.kernel.ids import check_text
from ledger.ordering.contact import PostalAddress, check_address


def checked_profile(profile: Profile) -> Profile:
    """Return a profile with all of it in one form. Raises Invalid."""
    return Profile(
        name=check_text(profile.name, "name"),
        email=None if profile.email is None else check_email(profile.email),
        phone=None if profile.phone is None else check_phone(profile.phone),
    )


def checked_address(address: PostalAddress) -> PostalAddress:
    """Return an address with its telephone number in one form. Raises Invalid."""
    check_address(address)
    if address.phone is None:
        return address
    return msgspec.structs.replace(address, phone=check_phone(address.phone))
