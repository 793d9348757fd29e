"""The page about the formats shows what the formats are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ledger.bookkeeping.comma_separated import COLUMNS
from ledger.bookkeeping.export import Bound
from ledger.bookkeeping.formats import Format
from tests.formats.bookkeeping.programs import exported
from tests.scenarios.commands import ORG, deposit, grant, register, usage, use
from tests.scenarios.wallet_commands import transfer
from tests.scenarios.world import World, at

PAGE = Path(__file__).parents[3] / "schemas" / "journals.md"


def example(format: Format) -> str:
    """The journal of March of an org that is a few events old."""
    world = World().given(
        register(),
        at("2026-02-27T09:00:00Z"),
        deposit("10", key="invoice 7", reference="INV-7"),
        usage([use("2.5", id="request 1")]),
        at("2026-03-02T10:00:00Z"),
        grant("1", "promotional", key="welcome", expires="2026-03-31T00:00:00Z"),
        usage([use("0.75", id="request 2"), use("0.500001", id="request 3")]),
        transfer("2", giver="ada", receiver="bob", key="share"),
    )
    since = Bound(us=1772323200000000)  # 2026-03-01
    return exported(world.event_store.events_after(ORG, 0), format, since)


@pytest.mark.parametrize("format", Format)
def test_the_example_of_the_page_is_what_is_written(format: Format) -> None:
    blocks = dict(re.findall(r"```(\w+)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))
    assert blocks[format] == example(format).replace("\r\n", "\n")


def test_every_column_is_explained() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert tuple(rows) == COLUMNS
