"""The sealer puts every event into its org's tree once, and signs what it has checked."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping, Sequence

import psycopg
import pytest

from adapters.postgres import sealing
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.sealing import PostgresSealing
from api.container import clock_us
from api.sealing.sealer import Sealer
from ledger.ports import RaceLost
from ledger.proof.merkle import consistency_proof, verify_consistency
from ledger.proof.sealing import CheckpointRow, TileGained
from ledger.proof.tiles import subtree_of
from tests.processes.jobs.store import wait_for
from tests.processes.sealing.store import SealedStore, run_in_thread

DAY_US = 86_400_000_000


class Killed(Exception):
    """Stands for the end of the process."""


class DyingSealing(PostgresSealing):
    """The real store; the process dies before or after a page or a signing is written."""

    def __init__(self, url: str, when: str, *, page: int) -> None:
        super().__init__(url)
        self._when = when
        self._left = page

    def apply(
        self,
        before: int,
        until: int,
        tiles: Sequence[TileGained],
        trees: Mapping[str, tuple[int, bytes, int, int]],
    ) -> None:
        self._left -= 1
        if self._left == 0 and self._when == "before the page":
            raise Killed
        super().apply(before, until, tiles, trees)
        if self._left == 0 and self._when == "after the page":
            raise Killed

    def sign(self, after_us: int, checkpoints: Sequence[CheckpointRow]) -> int:
        if self._when == "before signing":
            raise Killed
        sealed_us = super().sign(after_us, checkpoints)
        if self._when == "after signing":
            raise Killed
        return sealed_us


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "PAGE_EVENTS", 100)


def fill(store: SealedStore) -> None:
    """Events of three orgs, mixed, over several pages and more than one tile."""
    store.append(*["a"] * 270, "b", *["c", "a"] * 40)
    store.append("b", "c", "a")


@pytest.mark.usefixtures("small_pages")
def test_every_event_is_in_the_tree_of_its_org(store: SealedStore) -> None:
    fill(store)
    store.seal()
    store.check("a", "b", "c")
    assert {len(store.checkpoints(org)) for org in "abc"} == {1}
    store.append("a", "b")
    store.seal()
    store.check("a", "b", "c")
    assert [len(store.checkpoints(org)) for org in "abc"] == [2, 2, 1]


def test_a_sealer_whose_clock_is_a_day_off_signs_at_the_time_of_the_store(
    store: SealedStore,
) -> None:
    """What is signed tomorrow is found by verification, also when the clock is right again."""
    for ahead_us in (DAY_US, -DAY_US):
        store.append("a")
        wrong = store.sealer(clock=lambda ahead_us=ahead_us: clock_us() + ahead_us)
        assert wrong.catch_up()
    signed = [us for (us,) in store.rows("SELECT sealed_us FROM tally.checkpoints ORDER BY size")]
    assert signed == sorted(signed)
    assert all(abs(us - clock_us()) < DAY_US / 24 for us in signed)


def test_nothing_new_signs_nothing(store: SealedStore) -> None:
    store.seal()
    fill(store)
    store.seal()
    before = store.rows("SELECT * FROM tally.checkpoints ORDER BY org")
    store.seal()
    assert store.rows("SELECT * FROM tally.checkpoints ORDER BY org") == before


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("page", [1, 3])
@pytest.mark.parametrize(
    "when", ["before the page", "after the page", "before signing", "after signing"]
)
def test_a_killed_sealer_leaves_every_leaf_once(store: SealedStore, when: str, page: int) -> None:
    fill(store)
    dying = DyingSealing(store.urls.writer, when, page=page)
    with pytest.raises(Killed):
        Sealer(dying, store.keys, clock_us).catch_up()
    store.seal()
    store.check("a", "b", "c")
    killed = store.tiles()
    store.tamper(
        "TRUNCATE tally.tiles, tally.trees, tally.checkpoints",
        "UPDATE tally.projections SET position = 0 WHERE name = 'sealer'",
    )
    store.seal()
    assert store.tiles() == killed


def test_each_checkpoint_extends_the_one_before(store: SealedStore) -> None:
    for _ in range(5):
        store.append(*["a"] * 60)
        store.seal()
    tree = subtree_of({tile: hashes for (_, tile), hashes in store.tiles().items()})
    signed = store.checkpoints("a")
    assert [each.size for each in signed] == [60, 120, 180, 240, 300]
    for old, new in itertools.pairwise(signed):
        proof = consistency_proof(old.size, new.size, tree)
        assert verify_consistency(old.size, new.size, old.root, new.root, proof)


def test_only_one_sealer_is_active_and_the_other_takes_over(store: SealedStore) -> None:
    stops = threading.Event(), threading.Event()
    threads = [run_in_thread(store.sealer(sign_every_s=0), stop) for stop in stops]
    store.append("a")
    wait_for(lambda: bool(store.checkpoints("a")))
    locks = (
        "SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
        "WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()"
    )
    assert len(store.rows(locks)) == 1
    assert not store.sealer().catch_up()
    stops[0].set()
    threads[0].join(60)
    store.append("a", "b")
    wait_for(lambda: len(store.checkpoints("b")) == 1 and len(store.checkpoints("a")) == 2)
    stops[1].set()
    threads[1].join(60)
    store.check("a", "b")


def test_a_lost_connection_is_no_lost_leaf(store: SealedStore) -> None:
    stop = threading.Event()
    thread = run_in_thread(store.sealer(sign_every_s=0), stop)
    with psycopg.connect(store.owner, autocommit=True) as owner:
        for _ in range(5):
            store.append("a", "b")
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name LIKE '%sealer%' AND datname = current_database()"
            )
    wait_for(lambda: bool(store.checkpoints("a")) and store.checkpoints("a")[-1].size == 5)
    stop.set()
    thread.join(60)
    store.seal()
    store.check("a", "b")


def test_events_of_two_processes_are_all_sealed_while_they_come(store: SealedStore) -> None:
    stop = threading.Event()
    sealing_thread = run_in_thread(store.sealer(sign_every_s=0), stop)

    def write() -> None:
        event_store = PostgresEventStore(store.urls.writer)
        done = 0
        while done < 25:
            try:
                store.append("shared", "shared", event_store=event_store)
                done += 1
            except RaceLost:
                continue
        event_store.close()

    writers = [threading.Thread(target=write) for _ in range(2)]
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join(60)
    wait_for(lambda: [e.size for e in store.checkpoints("shared")][-1:] == [100])
    stop.set()
    sealing_thread.join(60)
    store.check("shared")
    assert not store.refused()


def test_many_orgs_in_one_page_are_signed_together(store: SealedStore) -> None:
    orgs = [f"org-{number}" for number in range(60)]
    store.append(*orgs, *orgs)
    store.seal()
    store.append(*orgs)
    store.seal()
    store.check(*orgs)
    assert store.rows("SELECT count(DISTINCT sealed_us), count(*) FROM tally.checkpoints") == [
        (2, 120)
    ]


# -- what is refused -------------------------------------------------------------------------


def test_a_tile_only_grows_for_the_writer_and_the_owner(store: SealedStore) -> None:
    store.append("a", "a")
    store.seal()
    changes = (
        "UPDATE tally.tiles SET hashes = sha256('x')",
        "UPDATE tally.tiles SET hashes = substr(hashes, 1, 32)",
        "UPDATE tally.tiles SET tile = 7",
        "DELETE FROM tally.tiles",
        "TRUNCATE tally.tiles",
        "UPDATE tally.checkpoints SET note = ''",
        "DELETE FROM tally.checkpoints",
        "TRUNCATE tally.checkpoints",
    )
    for url in (store.owner, store.urls.writer):
        for change in changes:
            with psycopg.connect(url) as connection, pytest.raises(psycopg.Error) as refused:
                connection.execute(change.encode())
            assert refused.value.sqlstate in ("TS003", "42501"), change


def test_a_reader_sees_the_tree_of_its_org_alone(store: SealedStore) -> None:
    store.append("a", "b")
    store.seal()
    with psycopg.connect(store.urls.query) as reader:
        for table in ("tiles", "trees", "checkpoints"):
            query = f"SELECT DISTINCT org FROM tally.{table}"
            assert reader.execute(query.encode()).fetchall() == []
            reader.execute("SELECT set_config('tally.org', 'a', true)")
            assert reader.execute(query.encode()).fetchall() == [("a",)]
            reader.rollback()


@pytest.mark.parametrize("position", ["position + 1000", "0", "position - 1"])
def test_a_sealer_set_back_or_forward_seals_again_from_what_is_stored(
    store: SealedStore, position: str
) -> None:
    store.append("a", "b", "a")
    store.seal()
    store.tamper(f"UPDATE tally.projections SET position = {position} WHERE name = 'sealer'")
    store.append("a", "c")
    store.seal()
    store.append("b", "c")
    store.seal()
    assert _unsigned(store) == []


def test_a_sealer_set_ahead_of_events_seals_those_it_was_set_over(store: SealedStore) -> None:
    store.append("a")
    store.seal()
    store.append("a", "b", "b")
    store.tamper("UPDATE tally.projections SET position = 4 WHERE name = 'sealer'")
    store.seal()
    assert _unsigned(store) == []


def test_an_org_marked_as_refused_is_sealed_further(store: SealedStore) -> None:
    store.append("a", "b")
    store.seal()
    store.tamper("UPDATE tally.trees SET refused = 'for no reason'")
    store.seal()
    assert store.rows("SELECT org FROM tally.trees WHERE refused IS NOT NULL") == []
    store.append("a", "b")
    store.seal()
    assert _unsigned(store) == []


def test_a_running_sealer_sees_what_was_changed_under_it(
    store: SealedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.sealing.sealer.LOOK_EVERY_S", 0.05)
    store.append("a", "b")
    stop = threading.Event()
    thread = run_in_thread(store.sealer(sign_every_s=0.05), stop)
    wait_for(lambda: _unsigned(store) == [])
    store.tamper(
        "UPDATE tally.projections SET position = position + 1000 WHERE name = 'sealer'",
        "UPDATE tally.trees SET refused = 'for no reason' WHERE org = 'a'",
    )
    wait_for(lambda: store.rows("SELECT FROM tally.trees WHERE refused IS NOT NULL") == [])
    store.append("a", "b", "c")
    wait_for(lambda: _unsigned(store) == [])
    stop.set()
    thread.join(60)


def _unsigned(store: SealedStore) -> list[tuple[str]]:
    """The orgs that have events which no checkpoint covers."""
    return store.rows(
        "SELECT h.org FROM tally.heads h WHERE h.sequence > coalesce("
        "(SELECT max(size) FROM tally.checkpoints c WHERE c.org = h.org), 0)"
    )
