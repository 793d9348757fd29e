"""The short form of `make crash`."""

from pathlib import Path

import pytest

from tests.crash.campaign import Campaign


@pytest.mark.parametrize(("writers", "workers"), [(1, 1), (2, 3), (5, 1)])
def test_no_acknowledged_debit_is_lost_or_doubled_whichever_process_is_killed(
    tmp_path: Path, writers: int, workers: int
) -> None:
    """With several writers there is an org for each, and they move between them meanwhile."""
    kills = 3 if writers == 1 else 2
    campaign = Campaign(tmp_path, seed=20261120, writers=writers, workers=workers)
    outcome = campaign.run(kills, print)
    victims = ["service", "writer", "postgres", *(["worker"] if workers > 1 else [])]
    assert outcome.kills == dict.fromkeys(outcome.kills, kills)
    assert sorted(outcome.kills) == sorted(victims)
    assert outcome.moves or writers == 1
    assert len(outcome.acknowledged) > 100
