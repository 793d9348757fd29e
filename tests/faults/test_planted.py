"""The short form of `make planted`: the bugs whose checks need no engine, side by side."""

from __future__ import annotations

from tests.faults.planted import BUGS, hunt


def test_a_planted_bug_is_found_by_its_check() -> None:
    hunting = [(bug, hunt(bug)) for bug in BUGS if not bug.needs_engines]
    said = {bug: process.communicate()[0] for bug, process in hunting}
    assert len(said) == 6
    assert {bug.name: text for bug, text in said.items() if not bug.is_found_by(text)} == {}
