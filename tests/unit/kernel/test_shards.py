"""Positions say their shard."""

from __future__ import annotations

import pytest

from ledger.kernel.shards import SHARDS_MAX, base_of, number_of, shard_of


@pytest.mark.parametrize("shard", [1, 2, 5, SHARDS_MAX])
@pytest.mark.parametrize("number", [1, 10_000_000, (1 << 48) - 1])
def test_a_position_says_its_shard_and_its_number(shard: int, number: int) -> None:
    position = base_of(shard) + number

    assert (shard_of(position), number_of(position)) == (shard, number)
    assert position < 2**53


def test_the_first_shards_positions_are_their_numbers() -> None:
    assert base_of(1) == 0
