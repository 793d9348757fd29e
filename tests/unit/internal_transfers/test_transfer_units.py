"""Where the units of an internal transfer are, counted by hand."""

from __future__ import annotations

import pytest

from ledger.internal_transfers.transfer_units import TransferUnits


@pytest.mark.parametrize(
    ("units", "left", "status", "steps"),
    [
        (TransferUnits(5), (5, 0), "requested", ["sent"]),
        (TransferUnits(5, sent=2), (3, 2), "sent", ["sent", "received", "refused"]),
        (TransferUnits(5, sent=2, received=2), (3, 0), "requested", ["sent"]),
        (TransferUnits(5, withdrawn=3, sent=2), (0, 2), "sent", ["received", "refused"]),
        (TransferUnits(5, withdrawn=3, sent=2, received=1, refused=1), (0, 0), "received", []),
        (TransferUnits(5, sent=5, refused=5), (0, 0), "refused", []),
        (TransferUnits(5, withdrawn=5), (0, 0), "withdrawn", []),
    ],
)
def test_each_unit_is_in_one_place(
    units: TransferUnits, left: tuple[int, int], status: str, steps: list[str]
) -> None:
    assert (units.to_send, units.on_the_way) == left
    assert (units.status, list(units.steps)) == (status, steps)
