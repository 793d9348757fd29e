"""A trace of requests to language models: read from a file, or made from a seed."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from ledger.kernel.times import format_time, microseconds

COLUMNS = ("TIMESTAMP", "ContextTokens", "GeneratedTokens")
USERS = 200
MADE_REQUESTS = 5_000


@dataclass(frozen=True)
class Request:
    """One request to a model, by whom."""

    id: str
    user: str
    occurred_us: int
    input_tokens: int
    output_tokens: int

    def body(self, model: str) -> dict[str, object]:
        """Return the usage line that a gateway posts for it."""
        return {
            "id": self.id,
            "user": self.user,
            "occurred_at": format_time(self.occurred_us),
            "service": "chat",
            "model": model,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
        }


class TraceError(Exception):
    """The file is not a trace; the text says in which row, and why."""


def read_trace(path: Path, seed: int) -> list[Request]:
    """Return the requests of a CSV file; users are drawn by a seeded Zipf. Raises TraceError."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:  # spreadsheets write such a mark
            rows = csv.DictReader(file, strict=True)
            if rows.fieldnames is None or not set(COLUMNS) <= set(rows.fieldnames):
                raise TraceError(f"{path} must have the columns {', '.join(COLUMNS)}.")
            return _requests([_parse(row, f"{path}, row {rows.line_num}") for row in rows], seed)
    except (csv.Error, UnicodeDecodeError) as error:
        raise TraceError(f"{path} is not a CSV file in UTF-8: {error}.") from error


def make_trace(seed: int, count: int = MADE_REQUESTS) -> list[Request]:
    """Return an hour of requests of the shape of a real one: log-normal lengths, Poisson
    arrivals."""
    draw = random.Random(seed)  # noqa: S311  # a reproducible trace, not a secret
    at_us = microseconds(datetime(2026, 1, 15, 18, tzinfo=UTC))
    rows = []
    for _ in range(count):
        at_us += round(draw.expovariate(count / 3600) * 1_000_000)
        input_tokens = min(14_000, 1 + round(draw.lognormvariate(6.5, 1.1)))
        rows.append((at_us, input_tokens, min(1_000, 1 + round(draw.lognormvariate(4.9, 0.9)))))
    return _requests(rows, seed)


def cost_of(requests: Iterable[Request], input_price: str, output_price: str) -> int:
    """Return what the requests cost in microcredits, by schoolbook decimals and not by the rating
    code.

    Prices are dollars for a million tokens; a microcredit is a nano-dollar.
    """
    million = Decimal(1_000_000)
    nano_dollars = sum(
        (Decimal(input_price) * r.input_tokens + Decimal(output_price) * r.output_tokens)
        / million
        * 1_000_000_000
        for r in requests
    )
    assert nano_dollars == int(nano_dollars), "choose prices that need no rounding"
    return int(nano_dollars)


def _requests(rows: Iterable[tuple[int, int, int]], seed: int) -> list[Request]:
    draw = random.Random(seed)  # noqa: S311  # a reproducible draw, not a secret
    users = [f"user-{rank:03}" for rank in range(1, USERS + 1)]
    weights = [1 / rank for rank in range(1, USERS + 1)]
    return [
        Request(f"req-{place:06}", draw.choices(users, weights)[0], *row)
        for place, row in enumerate(rows, 1)
    ]


def _parse(row: Mapping[str, str | None], where: str) -> tuple[int, int, int]:
    at, context, generated = (row[column] for column in COLUMNS)
    return (
        _time(at, f"{where}: {COLUMNS[0]}"),
        _tokens(context, f"{where}: {COLUMNS[1]}"),
        _tokens(generated, f"{where}: {COLUMNS[2]}"),
    )


def _time(text: str | None, where: str) -> int:
    """Return a time of any offset, UTC without one. A trace has seven decimals; the ledger keeps
    six."""
    with suppress(ValueError):
        at = datetime.fromisoformat((text or "").strip())
        us = microseconds(at if at.tzinfo else at.replace(tzinfo=UTC))
        if us >= 0:
            return us
    raise TraceError(
        f"{where} must be a time since 1970, like 2026-02-01 12:00:00.1234567 or "
        f"2026-02-01T12:00:00Z, not {text!r}."
    )


def _tokens(text: str | None, where: str) -> int:
    text = (text or "").strip()
    if not (text.isascii() and text.isdigit()):
        raise TraceError(f"{where} must be a whole number of tokens, not {text!r}.")
    return int(text)
