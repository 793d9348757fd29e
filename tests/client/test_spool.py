"""The spool: whatever a crash leaves of the file, what was accepted is in it."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tallystick import UsageLine, spool
from tallystick.spool import Spool, SpoolDamaged, SpoolFull, SpoolInUse

SINCE = datetime(2026, 1, 2, tzinfo=UTC)
LINES = [
    UsageLine(id="a", user="ann", amount=Decimal("1.5"), occurred_at=SINCE),
    UsageLine(id="b", model="large", quantities={"images": 3}, metadata={"ticket": "Ü"}),
    UsageLine(id="c", user="bob", input_tokens=7),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a spool is made."""
    return tmp_path / "usage.spool"


def left(path: Path) -> list[UsageLine]:
    """Return the lines that a new process finds."""
    opened = Spool(path)
    try:
        return list(opened.lines.values())
    finally:
        opened.close()


def test_lines_come_back_as_they_were_until_they_are_done(path: Path) -> None:
    first = Spool(path)
    numbers = [first.append(line) for line in LINES]
    first.done([numbers[1]])
    first.close()
    assert left(path) == [LINES[0], LINES[2]]


def test_whatever_byte_it_is_torn_at_the_lines_before_are_there(path: Path) -> None:
    first = Spool(path)
    ends = [path.stat().st_size]
    for line in LINES:
        first.append(line)
        ends.append(path.stat().st_size)
    first.close()
    content = path.read_bytes()
    for size in range(len(content) + 1):
        path.write_bytes(content[:size])
        whole = sum(end <= size for end in ends[1:])
        assert left(path) == LINES[:whole], size
        assert path.stat().st_size == max(end for end in ends if end <= max(size, ends[0]))
        again = Spool(path)
        again.append(LINES[0])
        again.close()
        assert left(path) == [*LINES[:whole], LINES[0]]


def test_what_power_left_as_zeros_is_torn_too(path: Path) -> None:
    first = Spool(path)
    first.append(LINES[0])
    first.close()
    path.write_bytes(path.read_bytes() + bytes(100))
    assert left(path) == [LINES[0]]


def test_damage_in_the_middle_cuts_nothing(path: Path) -> None:
    first = Spool(path)
    for line in LINES:
        first.append(line)
    first.close()
    content = bytearray(path.read_bytes())
    content[len(spool.FORM) + 20] ^= 1
    path.write_bytes(content)
    with pytest.raises(SpoolDamaged, match="byte 8"):
        Spool(path)
    assert path.read_bytes() == content
    path.write_bytes(b"something else")
    with pytest.raises(SpoolDamaged):
        Spool(path)
    assert path.read_bytes() == b"something else"


def test_two_have_no_spool_together(path: Path) -> None:
    first = Spool(path)
    with pytest.raises(SpoolInUse):
        Spool(path)
    first.close()
    Spool(path).close()


def test_what_is_done_takes_no_room_for_ever(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "COMPACT_AT_BYTES", 4000)
    opened = Spool(path)
    kept = opened.append(LINES[0])
    for _ in range(300):
        opened.done([opened.append(LINES[1])])
    assert path.stat().st_size < 5000
    assert list(opened.lines) == [kept]
    opened.close()
    assert left(path) == [LINES[0]]
    opened = Spool(path)
    opened.done([kept])
    opened.close()
    assert path.read_bytes() == spool.FORM


@contextmanager
def small_files(size: int) -> Iterator[None]:
    """Have files of this process hold at most so many bytes. No fixture, as those are in force
    while the test run writes its own report."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_line_that_does_not_fit_is_not_accepted_and_leaves_no_part(path: Path) -> None:
    opened = Spool(path)
    while path.stat().st_size < 880:
        opened.append(LINES[1])
    accepted = list(opened.lines.values())
    with small_files(1000), pytest.raises(SpoolFull):
        opened.append(replace(LINES[1], metadata={"long": "x" * 200}))
    assert list(opened.lines.values()) == accepted
    opened.close()
    assert left(path) == accepted
