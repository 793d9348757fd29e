"""A trace is read as it is written, or the row that is wrong is named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.demo.trace import TraceError, read_trace
from ledger.kernel.times import microseconds

NOON_US = microseconds(datetime(2026, 2, 1, 12, tzinfo=UTC))


def written(folder: Path, *rows: str, mark: bytes = b"") -> Path:
    path = folder / "trace.csv"
    text = "\n".join(("TIMESTAMP,ContextTokens,GeneratedTokens", *rows))
    path.write_bytes(mark + text.encode())
    return path


@pytest.mark.parametrize(
    ("time", "after_noon_us"),
    [
        ("2026-02-01 12:00:00", 0),
        ("2026-02-01 12:00:00.1234567", 123_456),
        ("2026-02-01T12:00:00.123Z", 123_000),
        ("2026-02-01 14:00:00.5+02:00", 500_000),
        ("2026-02-01T03:30:00-08:30", 0),
        (" 2026-02-01T12:00:00Z ", 0),
    ],
)
def test_a_time_of_any_offset_is_that_moment(tmp_path: Path, time: str, after_noon_us: int) -> None:
    (request,) = read_trace(written(tmp_path, f"{time},374,44"), seed=7)
    assert request.occurred_us == NOON_US + after_noon_us
    assert (request.input_tokens, request.output_tokens) == (374, 44)


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    path = written(tmp_path, "2026-02-01 12:00:00,374,44", mark=b"\xef\xbb\xbf")
    assert len(read_trace(path, seed=7)) == 1


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("yesterday,1,1", "TIMESTAMP"),
        ("2026-02-30 12:00:00,1,1", "TIMESTAMP"),
        ("2026-02-01 12:00:00.12x,1,1", "TIMESTAMP"),
        ("0001-01-01T00:00:00+23:00,1,1", "TIMESTAMP"),
        (",1,1", "TIMESTAMP"),
        ("2026-02-01 12:00:00,-1,1", "ContextTokens"),
        ("2026-02-01 12:00:00,1.5,1", "ContextTokens"),
        ("2026-02-01 12:00:00,1_000,1", "ContextTokens"),
        ("2026-02-01 12:00:00,1,", "GeneratedTokens"),
        ("2026-02-01 12:00:00,1", "GeneratedTokens"),
    ],
)
def test_a_row_that_is_wrong_is_named(tmp_path: Path, row: str, column: str) -> None:
    with pytest.raises(TraceError, match=f"row 3: {column}"):
        read_trace(written(tmp_path, "2026-02-01 12:00:00,374,44", row), seed=7)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"TIMESTAMP,ContextTokens\n1,2", b'"'])
def test_what_is_no_trace_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "trace.csv"
    path.write_bytes(content)
    with pytest.raises(TraceError, match=r"trace\.csv"):
        read_trace(path, seed=7)
