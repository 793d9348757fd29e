"""Which of many cases alike `make test` tries; `make test-long` tries the others."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet


def every(nth: int, cases: Iterable[object]) -> list[ParameterSet]:
    """The first case and each n-th after it as they are, the others marked slow."""
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)),
            marks=[pytest.mark.slow] if number % nth else [],
        )
        for number, case in enumerate(cases)
    ]
