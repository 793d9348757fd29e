"""Times are RFC 3339 in UTC, to the microsecond."""

from __future__ import annotations

import pytest

from ledger.kernel.errors import Invalid
from ledger.kernel.times import format_time, microseconds, moment, parse_time


@pytest.mark.parametrize(
    ("text", "us"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.000001Z", 1),
        ("1970-01-01t00:00:01z", 1_000_000),
        ("1970-01-01T00:00:00.1+00:00", 100_000),
        ("2024-02-29T23:59:59.999999Z", 1709251199999999),
    ],
)
def test_times_are_read_exactly(text: str, us: int) -> None:
    assert parse_time(text, "at") == us
    assert microseconds(moment(us)) == us


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-01",
        "2026-02-01T12:00:00",
        "2026-02-01T12:00:00+01:00",
        "2026-02-01 12:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-02-01T24:00:00Z",
        "2026-02-01T12:00:60Z",
        "1769947200",
        5,
        "2026-02-01T12:00:00.1234567Z",
        "2026-02-01T12:00:00.Z",
        None,
        "",
        "1969-12-31T23:59:59Z",
        "0000-01-01T00:00:00Z",
        "2026-02-01T12:00:00Z\n",
        "\u0662026-02-01T12:00:00Z",
    ],
)
def test_what_is_not_a_utc_time_is_refused(text: object) -> None:
    with pytest.raises(Invalid) as refused:
        parse_time(text, "at")
    assert refused.value.field == "at"


def test_texts_of_times_have_six_decimals() -> None:
    assert format_time(0) == "1970-01-01T00:00:00.000000Z"
