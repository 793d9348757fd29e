"""The short form of `make crash`."""

from pathlib import Path

from tests.crash.campaign import Campaign


def test_no_acknowledged_debit_is_lost_or_doubled_whichever_process_is_killed(
    tmp_path: Path,
) -> None:
    outcome = Campaign(tmp_path, seed=20261120).run(3, print)
    assert outcome.kills == {"service": 3, "writer": 3, "postgres": 3}
    assert len(outcome.acknowledged) > 100
