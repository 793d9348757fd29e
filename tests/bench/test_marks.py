"""What watches a service is told where to write, also in the writer, which sees little else."""

from __future__ import annotations

import pytest

from api.environment import environment_of_child
from bench.marks import MARKS


def test_the_writer_is_told_where_its_marks_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MARKS, "here")
    assert environment_of_child()[MARKS] == "here"
