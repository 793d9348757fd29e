"""Contact data: e-mail addresses and telephone numbers, each in one form."""

from __future__ import annotations

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text


def check_email(value: object, field: str = "email") -> str:
    """Return an e-mail address, its domain in one form. Nobody is asked whether it is there."""
    text = check_text(value, field)
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise Invalid(f"{field} must be an address as ada@example.com.", field=field) from None


def check_phone(value: object, field: str = "phone") -> str:
    """Return a telephone number as `+442079460958`, with its country's code."""
    text = check_text(value, field)
    try:
        number = phonenumbers.parse(text, None)
        is_one = phonenumbers.is_valid_number(number)
    except phonenumbers.NumberParseException:
        is_one = False
    if not is_one:
        raise Invalid(
            f"{field} must be a telephone number with + and its country's code: +44 20 7946 0958.",
            field=field,
        )
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
