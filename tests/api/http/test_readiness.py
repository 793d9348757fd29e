"""A service is ready only while what it records is signed, whatever the sealer says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from adapters.embedded import EngineUrls
from adapters.postgres.sealing import PostgresSealing
from adapters.signing_keys import SigningKeys
from api.container import Endpoints, clock_us
from api.sealing.sealer import Sealer
from tests.api.problems import problem
from tests.api.served import done, served
from tests.tamper.stores import TestStore


@pytest.fixture
def ends(engines: EngineUrls) -> Iterator[Endpoints]:
    """A store of its own, which the keys of a test seal."""
    store = TestStore.new(engines)
    yield store.ends
    store.drop()


AHEAD = "UPDATE tally.projections SET position = position + 1000 WHERE name = 'sealer'"


def test_old_events_without_a_signature_are_not_ready(ends: Endpoints, tmp_path: Path) -> None:
    keys = SigningKeys("ledger.test", tmp_path / "signing-keys", tmp_path / "verifier-keys")
    sealer = Sealer(PostgresSealing(ends.database.writer), keys, clock_us)
    assert sealer.catch_up()
    with psycopg.connect(ends.database.owner, autocommit=True) as owner:
        owner.execute(AHEAD)
    with served(ends, read_models=False, unsealed_max_s=0) as service:
        service.new_admin()
        unready = problem(service.http.get("/readyz"), 503, "unavailable", None)
        assert "nothing was signed" in unready["detail"]
    assert sealer.catch_up()
    with served(ends, read_models=False, unsealed_max_s=0) as service:
        assert done(service.http.get("/readyz"))["status"] == "ready"


def test_the_lag_counts_from_the_oldest_event_above_the_last_checkpoint(
    ends: Endpoints, tmp_path: Path
) -> None:
    keys = SigningKeys("ledger.test", tmp_path / "signing-keys", tmp_path / "verifier-keys")
    assert Sealer(PostgresSealing(ends.database.writer), keys, clock_us).catch_up()
    state = "SELECT unsealed_us FROM tally.sealing_state()"
    with psycopg.connect(ends.database.owner, autocommit=True) as owner:
        assert owner.execute(state).fetchone() == (None,)
        owner.execute(AHEAD)
        with served(ends, read_models=False) as service:
            org = service.new_admin().org
        oldest = owner.execute(
            "SELECT min(e.recorded_us) FROM tally.events e LEFT JOIN tally.checkpoints c "
            "ON c.org = e.org AND c.size >= e.sequence WHERE c.size IS NULL"
        ).fetchone()
        assert oldest is not None
        assert owner.execute(state).fetchone() == oldest
        assert org is not None
