"""VAT ids: their forms and check digits, by country (`python-stdnum`); nobody is asked."""

from __future__ import annotations

import re
from typing import Protocol

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

from ledger.kernel.errors import Invalid

COUNTRY_PATTERN = "[A-Z]{2}"
_COUNTRY = re.compile(COUNTRY_PATTERN)
VAT_ID_MAX = 20
"""Characters of a VAT id as it is sent."""

PREFIXES = {"GR": "EL"}
"""How the VAT ids of a country begin where that is not its code."""


def check_country(value: object, field: str = "country") -> str:
    """Return a country's code of ISO 3166, two capital letters."""
    if isinstance(value, str) and _COUNTRY.fullmatch(value):
        return value
    raise Invalid(f"{field} must be two capital letters, as DE (ISO 3166).", field=field)


def check_vat_id(value: str, country: str, field: str = "vat_id") -> str:
    """Return a VAT id of a country without spaces, with the country's letters before it. Raises
    Invalid."""
    form = _form_of(country)
    if form is None:
        raise Invalid(f"{field}: it is not known how those of {country} are made.", field=field)
    try:
        number = form.validate(value if len(value) <= VAT_ID_MAX else "")
    except ValidationError:
        raise Invalid(f"{field} is not a VAT id of {country}.", field=field) from None
    prefix = PREFIXES.get(country, country)
    return str(number) if number.startswith(prefix) else f"{prefix}{number}"


class _Form(Protocol):
    def validate(self, number: str) -> str: ...


def _form_of(country: str) -> _Form | None:
    return get_cc_module(country.lower(), "vat")
