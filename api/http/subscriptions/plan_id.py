"""The plan id as a field of a request."""

from __future__ import annotations

from typing import Annotated

from pydantic import WithJsonSchema

from api.http.fields import checked
from ledger.kernel.ids import check_text
from ledger.subscriptions.plan import PLAN_PATTERN

PlanId = Annotated[
    str,
    checked(check_text),
    WithJsonSchema({"type": "string", "pattern": f"^{PLAN_PATTERN}$"}),
]
