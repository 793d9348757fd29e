"""The types of parameters in paths and queries: taken as they are sent, described for OpenAPI.

Handlers check them by the ledger's own rules, so that a problem names the field and the rule.
"""

from __future__ import annotations

from collections.abc import Sequence as Choices
from typing import Annotated

from pydantic import WithJsonSchema

from api.http.periods import MONTH_PATTERN, RANGE
from ledger.bookkeeping.formats import Format as JournalFormat
from ledger.kernel import ids
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import AMOUNT_MAX, TEXT_MAX
from ledger.rating.rate_card import DEFAULT_CARD

OWN_CARD = "own"

_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z"
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_SEQUENCE = "[0-9]{1,19}"

User = Annotated[
    str, WithJsonSchema({"type": "string", "pattern": f"^(@pool|{ids.USER_PATTERN})$"})
]
Text = Annotated[str, WithJsonSchema({"type": "string", "minLength": 1, "maxLength": TEXT_MAX})]
Time = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
"""RFC 3339, in UTC."""

SequenceTimeOrDay = Annotated[
    str, WithJsonSchema({"type": "string", "pattern": f"^({_SEQUENCE}|{_DAY}|{_TIME})$"})
]
"""A sequence, or a time in UTC, of which the day may be enough."""

SequenceOrTime = Annotated[
    str, WithJsonSchema({"type": "string", "pattern": f"^({_SEQUENCE}|{_TIME})$"})
]
"""A sequence, or a time in UTC."""

Sequence = Annotated[str, WithJsonSchema({"type": "integer", "minimum": 0, "maximum": AMOUNT_MAX})]
Size = Annotated[str, WithJsonSchema({"type": "integer", "minimum": 1, "maximum": AMOUNT_MAX})]
"""Of a log: how many events; also the sequence of one of them."""

Month = Annotated[
    str,
    WithJsonSchema({"type": "string", "pattern": MONTH_PATTERN}),
]
Period = Annotated[str, WithJsonSchema({"type": "string", "pattern": f"^{RANGE}$"})]
"""A year, a month, a day, or two of them with `..` between."""

Granularity = Annotated[
    str, WithJsonSchema({"type": "string", "enum": ["hourly", "daily", "monthly"]})
]
Card = Annotated[str, WithJsonSchema({"type": "string", "enum": [OWN_CARD, DEFAULT_CARD]})]
Format = Annotated[str, WithJsonSchema({"type": "string", "enum": list(JournalFormat)})]


def check_choice(value: str | None, choices: Choices[str], name: str) -> None:
    """Raise Invalid for a value that is none of the choices; None chooses nothing."""
    if value is not None and value not in choices:
        raise Invalid(f"{name} must be one of {', '.join(choices)}.", field=name)


def checked_text(value: str | None, name: str) -> str | None:
    """Return the text of a filter, if there is one."""
    return None if value is None else ids.check_text(value, name)
