"""Archiving: nothing is lost or done twice, and verification bridges what was taken out."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from adapters.archive import Archives
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.partitions import PartitionBusy, Partitions
from adapters.witness_files import WitnessFiles
from api import container
from api.archiving import archiving
from api.commands.command import Command
from api.commands.privacy.erasures import ErasePerson
from api.commands.result import CommandResult
from api.queries.reader import Reader, query_pool
from api.queries.tenancy.credential_proof import is_confirmed
from api.queries.tenancy.directory import Credential
from api.verification import parallel
from api.verification.plan import Only
from api.writer.group_commit import GroupCommit
from ledger.kernel.errors import Archived as ArchivedRefusal
from ledger.kernel.errors import Invalid, KeyReused, Unavailable
from ledger.ports import RecordedEvent
from ledger.proof.archive import ArchiveDiffers
from ledger.proof.sealing import SEALER
from projections.followers import FOLLOWERS
from tests.formats.stranger import check
from tests.processes.archiving.conftest import Archived
from tests.processes.archiving.files import lines_of, rewrite
from tests.scenarios.commands import ACTOR, deposit, register, usage, use
from tests.scenarios.wallet_commands import reverse
from tests.tamper.archived import FIRST, SECOND, archive_until
from tests.tamper.stores import TestStore


def outcome(store: TestStore, command: Command[object]) -> object:
    """What a fresh process answers."""
    event_store = PostgresEventStore(store.ends.database.writer, name="test")
    (found,) = GroupCommit(container.ledger(event_store), store.clock).run([command])
    event_store.close()
    return found


def events(store: TestStore) -> int:
    return int(store.rows("SELECT count(*) FROM tally.events")[0][0])


def test_with_its_archives_a_store_verifies_as_before(archived: Archived) -> None:
    report = archived.store.verify(archives=archived.archives)
    assert report.exit_code == 0, report.as_dict()
    assert report["archives"].checked == 2
    assert report["witnesses"].checked
    assert all(head.sealed == head.sequence for head in report.heads)
    assert report.events == archived.store.rows("SELECT position FROM tally.shard")[0][0]


@pytest.mark.slow
@pytest.mark.parametrize("uneven", [0, 100])
def test_several_processes_read_the_archives_each_for_itself(
    archived: Archived, monkeypatch: pytest.MonkeyPatch, uneven: float
) -> None:
    monkeypatch.setattr(parallel, "UNEVEN", uneven)  # by aspects, or by orgs
    alone = archived.store.verify(archives=archived.archives).as_dict()
    together = archived.store.verify(archives=archived.archives, jobs=2).as_dict()
    assert {**together, "seconds": 0} == {**alone, "seconds": 0}


def test_without_them_what_could_not_be_checked_is_said_and_the_rest_is_right(
    archived: Archived,
) -> None:
    report = archived.store.verify()
    assert report.exit_code == 2
    assert report.wrong == 0, report.as_dict()
    assert "--archive" in str(report["archives"].reason)
    assert report["balances"].unchecked
    assert report["checkpoints"].unchecked
    assert report["hashes"].checked == report.events > 0
    assert report["hashes"].unchecked == 0
    assert all(head.as_recorded for head in report.heads)


@pytest.mark.parametrize(
    "part",
    [{"org": "acme"}, {"since_us": 2**60}, {"since_sequence": 40, "org": "acme"}],
)
@pytest.mark.parametrize("are_at_hand", [True, False])
def test_a_part_of_a_store_with_archives_is_refused(
    archived: Archived, part: dict[str, Any], *, are_at_hand: bool
) -> None:
    with pytest.raises(Invalid, match="--org and --since"):
        archived.store.verify(archives=archived.archives if are_at_hand else None, **part)


def test_only_the_chain_or_its_seals_are_verified_through_archives(archived: Archived) -> None:
    for only in (Only.CHAIN, Only.SEALS):
        assert archived.store.verify(archives=archived.archives, only=only).exit_code == 0
        without = archived.store.verify(only=only)
        assert (without.exit_code, without.wrong) == (2, 0)


def test_a_key_that_says_an_archived_event_used_it_does_not_pass(archived: Archived) -> None:
    copy = archived.store.copy()
    copy.unguard()
    copy.tamper(
        "INSERT INTO tally.keys SELECT org, space, 'new', sequence, line, fingerprint "
        "FROM tally.keys WHERE key = 'd1'"
    )
    report = copy.verify(archives=archived.archives)
    assert report.exit_code == 2
    assert "archived" in str(report["keys"].reason)
    copy.drop()


def test_an_event_that_stands_before_the_end_of_a_chain_after_a_gap_is_found(
    archived: Archived,
) -> None:
    copy = archived.store.copy()
    copy.unguard()
    copy.tamper(
        "UPDATE tally.events SET sequence = 1 WHERE position = (SELECT max(position) FROM "
        "tally.events WHERE org = 'acme')"
    )
    report = copy.verify()
    assert report.exit_code == 1
    assert report["sequences"].wrong
    copy.drop()


def test_a_changed_event_after_a_gap_is_still_found(
    archived: Archived,
) -> None:
    copy = archived.store.copy()
    copy.unguard()
    copy.tamper(
        "UPDATE tally.events SET body = body || ' ' WHERE position = "
        f"(SELECT min(position) FROM tally.events WHERE position >= {SECOND})"
    )
    report = copy.verify()
    assert report.exit_code == 1
    assert report["hashes"].wrong == 1
    copy.drop()


def test_a_stranger_verifies_the_files_and_their_manifests_give_the_ends(
    archived: Archived,
) -> None:
    lines: list[str] = []
    manifests = []
    for path in sorted(archived.place.glob("*.jsonl.gz")):
        lines += lines_of(path)
        manifests.append(json.loads(Path(str(path).replace(".jsonl.gz", ".json")).read_text()))
    ends, sentence = check(lines)
    assert ends is not None, sentence
    last = {
        chain["org"]: (chain["last_sequence"], chain["last_hash"])
        for manifest in manifests
        for chain in manifest["chains"]
    }
    assert last == {org: (sequence, digest.hex()) for org, (sequence, digest) in ends.items()}


def test_what_is_replayed_from_its_events_stays_and_wallets_go(archived: Archived) -> None:
    rows = archived.store.rows(
        f"SELECT DISTINCT stream FROM tally.events WHERE position < {SECOND}"
    )
    streams = {stream for (stream,) in rows}
    assert {"org", "rate-card", "caps", "allowance"} <= streams
    assert not any(stream.startswith("wallet/") for stream in streams)


def test_a_fresh_process_prices_and_charges_as_before_and_the_store_verifies(
    archived: Archived,
) -> None:
    copy = archived.store.copy()
    priced = use(id="new", model="m-1", quantities={"input_tokens": 10, "output_tokens": 1})
    copy.run([usage([priced]), deposit("1", key="new")])
    report = copy.verify(archives=archived.archives)
    assert report.exit_code == 0, report.as_dict()
    copy.drop()


def test_a_key_of_an_archived_event_has_no_second_effect(archived: Archived) -> None:
    """`deposit 100` with the key d1 is in the first archive."""
    store = archived.store
    before = events(store)
    same = deposit("100", key="d1", reference="invoice 1")
    refused = outcome(store, same)
    assert isinstance(refused, ArchivedRefusal)
    assert "d1" in refused.detail
    other = outcome(store, deposit("101", key="d1", reference="invoice 1"))
    assert isinstance(other, KeyReused)
    assert events(store) == before


def test_a_key_of_a_kept_event_replays(archived: Archived) -> None:
    again = outcome(archived.store, register("acme"))
    assert isinstance(again, CommandResult)
    assert again.replayed


def test_an_archived_transaction_cannot_be_reversed_and_says_so(archived: Archived) -> None:
    ((org, sequence),) = archived.store.rows(
        "SELECT k.org, k.sequence FROM tally.keys k WHERE k.key = 'd1'"
    )
    assert org == "acme"
    before = events(archived.store)
    refused = outcome(archived.store, reverse(sequence, key="back"))
    assert isinstance(refused, ArchivedRefusal)
    assert events(archived.store) == before


def test_a_person_is_erased_whose_events_are_archived(archived: Archived) -> None:
    copy = archived.store.copy()
    for user in ("ada", "bo"):
        copy.run(
            [
                ErasePerson(
                    org="acme", actor=ACTOR, key=f"forget {user}", sent={}, user=user, erasure=user
                )
            ]
        )
    report = copy.verify(archives=archived.archives)
    assert report.exit_code == 0, report.as_dict()
    copy.drop()


# -- what goes wrong -----------------------------------------------------------------------------


class Forgetful(Archives):
    """A place that loses the last event of what it is given."""

    def write(self, file: str, events: Iterable[RecordedEvent]) -> bytes:
        return super().write(file, list(events)[:-1])


def test_a_copy_that_is_not_the_table_is_never_put_in_its_place(
    store: TestStore, tmp_path: Path
) -> None:
    with pytest.raises(ArchiveDiffers):
        archive_until(store, Forgetful(str(tmp_path)), FIRST)
    assert store.rows("SELECT FROM tally.archives") == []
    assert store.verify().exit_code == 0


def test_a_table_with_a_wrong_hash_is_not_archived(store: TestStore, archives: Archives) -> None:
    store.unguard()
    store.tamper("UPDATE tally.events SET actor = actor || ' ' WHERE position = 9")
    with pytest.raises(ArchiveDiffers, match="do not give the hash"):
        archive_until(store, archives, FIRST)
    assert store.rows("SELECT FROM tally.archives") == []


def test_while_somebody_reads_nothing_is_taken_out_and_later_it_is(
    store: TestStore, archives: Archives
) -> None:
    """The file is written by then: what a crash before the end leaves, and it is done again."""
    with psycopg.connect(store.owner) as reading:
        reading.execute("SELECT FROM tally.events LIMIT 1")
        with Partitions(store.ends.database, attempts=1) as partitions:
            first = partitions.every()[0]
            with pytest.raises(PartitionBusy):
                archiving.archive(partitions, archives, first, store.clock())
    assert store.verify().exit_code == 0
    assert archive_until(store, archives, FIRST) == 1
    assert archive_until(store, archives, FIRST) == 0
    assert store.verify(archives=archives).exit_code == 0
    assert archive_until(store, archives, SECOND) == 1
    assert store.verify(archives=archives).exit_code == 0


def test_an_effect_that_nobody_follows_any_more_keeps_nothing_from_being_archived(
    store: TestStore, archives: Archives
) -> None:
    """Its webhook was set for a while, and taken away; a read model and the sealer are waited
    for."""
    store.tamper("INSERT INTO tally.projections (name, position) VALUES ('cap-alerts', 1)")
    assert archive_until(store, archives, FIRST) == 1
    for name in (*FOLLOWERS, SEALER):
        store.tamper(f"UPDATE tally.projections SET position = {FIRST} WHERE name = '{name}'")
        with pytest.raises(archiving.NotArchived, match="has not applied all"):
            archive_until(store, archives, SECOND)
        store.tamper(f"UPDATE tally.projections SET position = 1000 WHERE name = '{name}'")


def test_what_is_busy_only_for_a_while_is_waited_for(store: TestStore, archives: Archives) -> None:
    with psycopg.connect(store.owner) as reading:
        reading.execute("SELECT FROM tally.events LIMIT 1")
        with Partitions(store.ends.database, wait=lambda _: reading.rollback()) as partitions:
            archiving.archive(partitions, archives, partitions.every()[0], store.clock())
    assert len(store.rows("SELECT FROM tally.archives")) == 1


def test_a_service_goes_on_charging_while_partitions_are_taken_out(
    store: TestStore, archives: Archives
) -> None:
    stop = threading.Event()
    charged: list[object] = []

    def charge() -> None:
        event_store = PostgresEventStore(store.ends.database.writer, name="service")
        process = GroupCommit(container.ledger(event_store), store.clock)
        while not stop.is_set():
            one = use(id=f"busy {len(charged)}", model="m-1", quantities={"input_tokens": 9})
            charged.extend(process.run([usage([one])]))
        event_store.close()

    thread = threading.Thread(target=charge)
    thread.start()
    assert archive_until(store, archives, SECOND, drop=True) == 2
    stop.set()
    thread.join(30)
    assert charged
    assert all(isinstance(each[0], CommandResult) for each in charged if isinstance(each, list))
    assert all(isinstance(each, list) for each in charged), charged
    report = store.verify(archives=archives)
    assert report.exit_code == 0, report.as_dict()


def test_a_detached_table_is_dropped_only_if_its_archive_is_the_same(
    store: TestStore, archives: Archives
) -> None:
    archive_until(store, archives, FIRST)
    (path,) = Path(archives.place).glob("*.gz")
    whole = path.read_bytes()
    rewrite(path, {"type": "x"})
    with pytest.raises(ArchiveDiffers):
        archive_until(store, archives, FIRST, drop=True)
    assert store.rows("SELECT count(*) FROM tally.archived_000000") == [(FIRST - 1,)]
    path.write_bytes(whole)
    archive_until(store, archives, FIRST, drop=True)
    assert store.rows("SELECT to_regclass('tally.archived_000000')") == [(None,)]


def test_credentials_are_proven_whose_neighbours_are_archived(archived: Archived) -> None:
    """Their own events are kept; another row, or an event put beside them, is not believed."""
    store = archived.store
    keys = store.rows("SELECT org, id, role, subject, secret_hash, revoked FROM tally.api_keys")
    assert len(keys) > 1
    assert store.rows("SELECT max(last_position) FROM tally.archives") > [(0,)]

    async def proven() -> dict[str, bool]:
        async with query_pool(store.ends.database.query, size=2) as pool:
            reader = Reader(pool)
            return {
                key: await is_confirmed(reader, Credential(org, key, role, subject), digest)
                for org, key, role, subject, digest, _ in keys
            }

    assert asyncio.run(proven()) == {key: not revoked for _, key, *_, revoked in keys}


def test_a_witness_is_read_from_regular_files_only(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "checkpoints-1.jsonl")
    with pytest.raises(Unavailable, match="regular file"):
        list(WitnessFiles(str(tmp_path)))
