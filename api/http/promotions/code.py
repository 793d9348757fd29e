"""The code of a promotion as a field of a request."""

from __future__ import annotations

from typing import Annotated

from pydantic import WithJsonSchema

from api.http.fields import checked
from ledger.kernel.ids import check_text
from ledger.promotions.promotion import CODE_PATTERN


def _in_capitals(value: object, field: str) -> str:
    return check_text(value, field).upper()


Code = Annotated[
    str,
    checked(_in_capitals),
    WithJsonSchema({"type": "string", "pattern": f"^{CODE_PATTERN}$"}),
]
"""In capital letters, however it is written."""
