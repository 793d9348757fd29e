"""Limit table: every limit with the operations that it counts, and the bounds of one request.

`python -m api.http.limit_table` writes its rows into `docs/limits.md`; a test compares them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from api.deadline import READY_S, REQUEST_S
from api.http.auth.needs import need_of
from api.http.batch_limiter import WAITING_MAX as BATCHES_WAITING_MAX
from api.http.json_body import BODY_MAX, DEPTH_MAX
from api.http.paging import CURSOR_MAX, LIMIT_MAX
from api.http.routers import routes
from api.http.server.connection import HEAD_LINES_MAX, HEAD_MAX, PIPELINED_MAX, Wait
from api.http.server.server import USUAL
from api.limits import (
    GIFT_CARD_CODES,
    GIFT_CARD_LOOKUPS,
    LIMITS,
    LONG_READS,
    OPEN_STREAMS,
    REQUESTS,
    USAGE_LINES,
    WEBHOOKS_IN,
    Limit,
)
from api.queries.read_models import WAIT_S
from api.writer.fair_queue import WAITING_MAX, WAITING_OF_ONE_MAX
from ledger.kernel.limits import LINES_PER_EVENT_MAX

PLACE = Path(__file__).parents[2] / "docs" / "limits.md"

COUNTED_BY_CODE = {
    REQUESTS: "all that ask for a credential",
    USAGE_LINES: "`POST /v1/billing/usage`, `POST /v1/billing/usage/batch`, by lines",
    GIFT_CARD_CODES: "`POST /v1/gift-cards/lookup`",
    GIFT_CARD_LOOKUPS: "`POST /v1/gift-cards/lookup`, whoever asks",
    WEBHOOKS_IN: "`POST /webhooks/stripe`, what is signed as it must be",
    LONG_READS: "lists, statements, reports, events, balances of the past",
    OPEN_STREAMS: "exports and journals, until they are read",
}
"""Limit → what is counted, where permissions do not say so."""

BOUNDS = (
    ("body", f"{BODY_MAX:,} bytes", "413 `body_too_large`"),
    ("lists and objects within each other", f"{DEPTH_MAX}", "400 `malformed_json`"),
    ("lines of a batch", f"{LINES_PER_EVENT_MAX:,}", "422 `invalid`"),
    ("rows of a page", f"{LIMIT_MAX:,}", "422 `invalid`"),
    ("cursor", f"{CURSOR_MAX:,} characters", "422 `invalid_cursor`"),
    ("head", f"{HEAD_MAX:,} bytes, {HEAD_LINES_MAX} lines", "431 `head_too_large`"),
    ("time for the head to come", f"{USUAL[Wait.HEAD]:g} s", "408 `request_timeout`"),
    ("time for the body to come", f"{USUAL[Wait.BODY]:g} s", "408 `request_timeout`"),
    ("time from there to the answer", f"{REQUEST_S:g} s", "503 `unavailable` or `busy`"),
    ("the same of `/readyz`", f"{READY_S:g} s", "503 `unavailable`"),
    ("wait for `min_sequence`", f"{WAIT_S:g} s", "503 `read_model_behind`"),
    ("requests on one connection before the first is answered", f"{PIPELINED_MAX}", "503 `busy`"),
    ("batches of an org that wait", f"{BATCHES_WAITING_MAX}", "503 `busy`"),
    ("lines that wait to be decided, of an org", f"{WAITING_OF_ONE_MAX:,}", "503 `busy`"),
    ("lines that wait to be decided, of all", f"{WAITING_MAX:,}", "503 `busy`"),
)
"""What is bounded, by how much, and what is answered beyond it."""

_TABLE = r"(?<=\|---\|\n)(?:\|.*\n)+"


def text() -> str:
    """Return the page with its rows as they are to be kept."""
    limits = (_row(limit) for limit in LIMITS.values())
    tables = iter(["".join(limits), "".join(_line(*bound) for bound in BOUNDS)])
    return re.sub(_TABLE, lambda _: next(tables), PLACE.read_text("utf-8"))


def _row(limit: Limit) -> str:
    window = "at once" if limit.seconds is None else f"{limit.seconds} s"
    return _line(
        f"`{limit.name}`", limit.of, f"{limit.amount:,} {limit.counts}", window, _counted(limit)
    )


def _counted(limit: Limit) -> str:
    if limit in COUNTED_BY_CODE:
        return COUNTED_BY_CODE[limit]
    return ", ".join(_operations(limit.permissions)) or "nothing yet"


def _operations(permissions: Iterable[str]) -> list[str]:
    return [
        f"`{name}`" for name, route in routes() if need_of(route.endpoint).permission in permissions
    ]


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |\n"


if __name__ == "__main__":
    PLACE.write_text(text(), "utf-8")
