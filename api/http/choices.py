"""Choices: fields of a request that are one of some names, checked and described."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import WithJsonSchema

from api.http.fields import checked
from ledger.kernel.errors import Invalid


def choice(kind: type[StrEnum]) -> Any:
    """Return the rule that a text is one of some names."""

    def check(value: object, field: str) -> object:
        if not isinstance(value, str) or value not in list(kind):
            raise Invalid(f"{field} must be one of {', '.join(kind)}.", field=field)
        return kind(value)

    return checked(check)


def one_of(kind: type[StrEnum]) -> WithJsonSchema:
    """Say in the contract that a text is one of some names."""
    return WithJsonSchema({"type": "string", "enum": [str(each) for each in kind]})
