"""Reached codes: the kinds of problem that the test which runs has met.

A test says with `@pytest.mark.reaches("code")` that it meets a kind of `schemas/errors.yaml`, and
fails where it does not: only what a check has seen counts, as an answer or as an error raised. That
each kind has such a test is looked for in the tests' text (`tests/tidy/test_problems.py`), so that
both are held also when a part of the tests is run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ledger.kernel.errors import LedgerError

MARK = "reaches"
_met: set[str] = set()


def meet(code: str) -> None:
    """Note a code that was answered, once the answer has been checked."""
    _met.add(code)


@contextmanager
def raises(kind: type[LedgerError]) -> Iterator[pytest.ExceptionInfo[LedgerError]]:
    """Expect an error of just this kind, and note its code."""
    with pytest.raises(kind) as raised:
        yield raised
    assert type(raised.value) is kind
    meet(raised.value.code)


@contextmanager
def checked(claimed: set[str]) -> Iterator[None]:
    """Fail where what runs does not meet all that it claims to."""
    _met.clear()
    yield
    assert claimed <= _met, f"marked with {sorted(claimed)}, and met {sorted(_met)} only"
