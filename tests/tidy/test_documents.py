"""Documents that name files name files that are there."""

from __future__ import annotations

import re

import pytest

from tests.tidy.tree import ROOT

PATH = re.compile(
    r"`((?:ledger|projections|api|adapters|schemas|tests|docs|bench|ops)/[\w./<>*-]*)`"
)


@pytest.mark.parametrize(
    "page", ["ARCHITECTURE.md", "README.md", "docs/glossary.md", "docs/scaling.md"]
)
def test_every_file_that_is_named_is_there(page: str) -> None:
    named = PATH.findall((ROOT / page).read_text("utf-8"))
    gone = [path for path in named if "<" not in path and not list(ROOT.glob(path.rstrip("/")))]
    assert not gone


def test_the_map_is_short() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text("utf-8").splitlines()) <= 200
