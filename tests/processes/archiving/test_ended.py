"""What has ended leaves with an archive, and its snapshot stays: each kind declares it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from adapters.archive import Archives
from adapters.embedded import EngineUrls
from adapters.postgres.event_store import PostgresEventStore
from api.commands.command import Command
from api.commands.due import FallDue, FellDue
from api.commands.result import CommandResult
from api.commands.tenancy.api_keys import IssueApiKey, RevokeApiKey
from api.container import ledger
from api.permissions import PERMISSIONS
from api.queries.reader import Reader, query_pool
from api.queries.tenancy.credential_proof import is_confirmed
from api.queries.tenancy.directory import Credential
from api.writer.group_commit import GroupCommit
from ledger import registry
from ledger.kernel.errors import Conflict
from ledger.kernel.roles import Role
from tests.contracts.jobs.lease import BeginLease, Lease
from tests.processes.archiving.conftest import Archived
from tests.scenarios.commands import ACTOR, deposit, move, register
from tests.tamper.archived import CUTS, FIRST, SECOND, archive_until, cut
from tests.tamper.stores import TestStore


@pytest.fixture
def empty(engines: EngineUrls) -> Iterator[TestStore]:
    """A store with small partitions and one org."""
    store = TestStore.new(engines)
    cut(store)
    store.run([register("acme")])
    yield store
    store.drop()


def issue(key_id: str) -> IssueApiKey:
    return IssueApiKey(
        org="acme",
        actor=ACTOR,
        key=f"issue {key_id}",
        sent={"name": key_id},
        key_id=key_id,
        name=key_id,
        role=Role.GATEWAY,
        granter=PERMISSIONS[Role.OPERATOR],
        secret_hash=key_id.rjust(64, "0"),
    )


def revoke(key_id: str, key: str = "revoke") -> RevokeApiKey:
    return RevokeApiKey(
        org="acme", actor=ACTOR, key=f"{key} {key_id}", sent={"id": key_id}, key_id=key_id
    )


def fill(store: TestStore, past: int) -> None:
    """Have events up to a position, each of its own commit, and all read models up to date."""
    ((last,),) = store.rows("SELECT position FROM tally.shard")
    store.run([deposit("1", key=f"fill {n}") for n in range(last, past)])
    assert store.verify().wrong == 0


def outcomes(store: TestStore, *commands: Command[object]) -> Sequence[object]:
    """What a fresh process answers."""
    event_store = PostgresEventStore(store.ends.database.writer, name="test")
    try:
        return GroupCommit(ledger(event_store), store.clock).run(commands)
    finally:
        event_store.close()


def is_proven(store: TestStore, key_id: str) -> bool:
    """Whether a process that knows nobody yet believes a key."""

    async def asked() -> bool:
        async with query_pool(store.ends.database.query, size=2) as pool:
            credential = Credential("acme", key_id, Role.GATEWAY, None)
            return await is_confirmed(Reader(pool), credential, key_id.rjust(64, "0"))

    return asyncio.run(asked())


def streams(store: TestStore, kind: str) -> list[tuple[str, int]]:
    """The events in the table of a kind of stream, by stream and version."""
    query = "SELECT stream, version FROM tally.events WHERE starts_with(stream, %s) ORDER BY 1, 2"
    return store.rows(query, [kind])


def snapshots(store: TestStore) -> list[tuple[str, int, str]]:
    return store.rows("SELECT stream, version, type FROM tally.snapshots ORDER BY 1")


def test_a_revoked_key_leaves_and_one_that_opens_something_stays(archived: Archived) -> None:
    store = archived.store
    assert streams(store, "api-key/") == [("api-key/key-1", 1)]
    assert snapshots(store) == [("api-key/key-2", 2, "tenancy.ApiKey")]
    (again,) = outcomes(store, revoke("key-2", "again"))
    assert isinstance(again, Conflict)
    assert "revoked already" in str(again)


def test_a_key_issued_right_after_its_org_moved_is_proven_when_what_was_before_it_is_archived(
    empty: TestStore, archives: Archives
) -> None:
    """What was before it stood in another shard: its own has nothing archived."""
    empty.run([deposit("1", key="the last in shard 1"), move("acme", 2)])
    event_store = PostgresEventStore(empty.ends.database.writer, name="test")
    try:
        (issued,) = GroupCommit(ledger(event_store), empty.clock, shard=2).run([issue("key")])
    finally:
        event_store.close()
    assert isinstance(issued, CommandResult)
    assert is_proven(empty, "key")
    empty.run([register("other")])
    ((last,),) = empty.rows("SELECT position FROM tally.shard WHERE id = 1")
    empty.run([deposit("1", key=f"fill {n}", org="other") for n in range(last, FIRST)])
    assert empty.verify().wrong == 0
    assert archive_until(empty, archives, FIRST) == 1
    assert (issued.stored_fact.sequence - 1,) not in empty.rows(
        "SELECT sequence FROM tally.events WHERE org = 'acme'"
    )
    assert is_proven(empty, "key")


def test_what_began_in_an_archive_and_ended_later_stays_whole(
    empty: TestStore, archives: Archives
) -> None:
    empty.run([issue("late"), issue("early")])
    empty.run([revoke("early")])
    fill(empty, FIRST)
    assert archive_until(empty, archives, FIRST) == 1
    assert [stream for stream, *_ in snapshots(empty)] == ["api-key/early"]
    empty.run([revoke("late")])
    fill(empty, SECOND)
    assert archive_until(empty, archives, SECOND) == 1
    assert streams(empty, "api-key/") == [("api-key/late", 1), ("api-key/late", 2)]
    report = empty.verify(archives=archives)
    assert report.wrong == 0, report.as_dict()
    assert report["snapshots"].checked == 1


def test_what_ended_in_a_later_partition_leaves_with_both(
    empty: TestStore, archives: Archives
) -> None:
    """When the first is taken out it has ended already: its snapshot is of its end."""
    empty.run([issue("key")])
    fill(empty, FIRST)
    empty.run([revoke("key")])
    fill(empty, SECOND)
    assert archive_until(empty, archives, FIRST) == 1
    assert snapshots(empty) == [("api-key/key", 2, "tenancy.ApiKey")]
    assert streams(empty, "api-key/") == [("api-key/key", 2)]
    assert isinstance(outcomes(empty, revoke("key", "again"))[0], Conflict)
    assert archive_until(empty, archives, SECOND) == 1
    assert streams(empty, "api-key/") == []
    assert len(snapshots(empty)) == 1
    report = empty.verify(archives=archives)
    assert report.wrong == 0, report.as_dict()


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("UPDATE tally.snapshots SET state = replace(state, 'true', 'false')", "snapshots"),
        ("UPDATE tally.snapshots SET version = 1", "archives"),
        ("DELETE FROM tally.snapshots", "archives"),
        (
            "INSERT INTO tally.snapshots SELECT org, 'api-key/key-1', 1, type, created_us, state "
            "FROM tally.snapshots",
            "snapshots",
        ),
    ],
)
def test_a_forged_snapshot_is_found(archived: Archived, change: str, kind: str) -> None:
    copy = archived.store.copy()
    copy.unguard()
    copy.tamper(change)
    report = copy.verify(archives=archived.archives)
    assert report[kind].wrong, report.as_dict()
    copy.drop()


def test_a_kind_that_no_part_of_the_product_knows_leaves_when_it_has_ended(
    empty: TestStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = {each.TOPIC: each for each in (Lease.LeaseBegan, Lease.LeaseEnded)}
    monkeypatch.setitem(registry.KINDS, Lease.STREAM, Lease)
    monkeypatch.setattr(registry, "FACTS", registry.FACTS | facts)
    monkeypatch.setattr(registry, "_TOPICS", registry._TOPICS | {Lease.TOPIC})
    end = empty.clock()
    empty.run([BeginLease("acme", ACTOR, name, end + us) for name, us in (("a", 0), ("b", 10**12))])
    empty.run([FallDue("acme", ACTOR, "lease/a")])
    fill(empty, CUTS[0])
    archives = Archives(str(tmp_path / "leases"), make=True)
    assert archive_until(empty, archives, FIRST, drop=True) == 1
    assert streams(empty, "lease/") == [("lease/b", 1)]
    assert snapshots(empty) == [("lease/a", 2, "tests.Lease")]
    found = outcomes(empty, FallDue("acme", ACTOR, "lease/a"), FallDue("acme", ACTOR, "lease/b"))
    assert found == [FellDue(False, None), FellDue(False, end + 10**12)]
    report = empty.verify(archives=archives)
    assert report.wrong == 0, report.as_dict()
    assert report["snapshots"].checked == report["due"].checked == 1


def test_a_process_does_not_go_on_from_what_it_remembers_of_before_events_that_have_left(
    empty: TestStore, archives: Archives
) -> None:
    """Those events would have told it what another process has changed meanwhile."""
    event_store = PostgresEventStore(empty.ends.database.writer, name="test")
    process = GroupCommit(ledger(event_store), empty.clock)
    process.run([issue("key"), deposit("1", key="mine")])
    empty.run([revoke("key")])
    fill(empty, FIRST - 1)
    empty.run([deposit("1", key="last", user="bob")])
    assert archive_until(empty, archives, FIRST) == 1
    process.run([deposit("1", key="it catches up", user="eve")])
    (deposited,) = process.run([deposit("1", key="mine, too")])
    (again,) = process.run([revoke("key", "again")])
    event_store.close()
    assert isinstance(deposited, CommandResult)
    assert isinstance(again, Conflict)
    report = empty.verify(archives=archives)
    assert report.wrong == 0, report.as_dict()
