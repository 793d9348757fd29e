"""The profiler reaches the writer, which sees little of the service's environment."""

from __future__ import annotations

import pytest

from api.environment import environment_of_child
from bench.sampled import SAMPLES


def test_the_writer_is_told_where_its_samples_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SAMPLES, "here")
    assert environment_of_child()[SAMPLES] == "here"
