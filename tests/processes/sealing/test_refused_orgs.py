"""Refused orgs: what does not extend what was signed is not sealed, until it is repaired."""

from __future__ import annotations

import logging
import threading

import pytest

from tests.processes.jobs.store import wait_for
from tests.processes.sealing.store import SealedStore, run_in_thread


def refused_org(store: SealedStore, caplog: pytest.LogCaptureFixture) -> str:
    """After `a` was tampered with: it alone is refused, loudly, and stays so."""
    before = len(store.checkpoints("a"))
    store.append("a", "b")
    with caplog.at_level(logging.ERROR):
        store.seal()
    assert "ALARM: a is not sealed any further" in caplog.text
    store.check("b")
    store.append("a", "b")
    store.seal()
    store.check("b")
    assert len(store.checkpoints("a")) == before
    assert list(store.refused()) == ["a"]
    return store.refused()["a"]


def sealed_twice(store: SealedStore) -> None:
    """Two checkpoints each of `a` and `b`."""
    for _ in range(2):
        store.append(*["a"] * 10, "b")
        store.seal()


def test_an_event_changed_before_it_is_sealed_is_not_signed(
    store: SealedStore, caplog: pytest.LogCaptureFixture
) -> None:
    sealed_twice(store)
    store.append("a", "a", "b")
    store.tamper("UPDATE tally.events SET actor = '{}' WHERE org = 'a' AND sequence = 21")
    assert "event 21 of a is not what was recorded" in refused_org(store, caplog)


def test_an_event_removed_before_it_is_sealed_is_missed(
    store: SealedStore, caplog: pytest.LogCaptureFixture
) -> None:
    sealed_twice(store)
    store.append("a", "a", "b")
    store.tamper("DELETE FROM tally.events WHERE org = 'a' AND sequence = 21")
    assert "event 21 of a is not there" in refused_org(store, caplog)


def test_a_history_written_anew_under_a_running_sealer_is_not_signed(
    store: SealedStore, caplog: pytest.LogCaptureFixture
) -> None:
    """The head and every event changed consistently: what follows does not link to what is held."""
    stop = threading.Event()
    store.append("a", "b")
    thread = run_in_thread(store.sealer(sign_every_s=0), stop)
    wait_for(lambda: bool(store.checkpoints("a")))
    store.tamper(
        "UPDATE tally.events SET hash = sha256('forged') WHERE org = 'a'",
        "UPDATE tally.heads SET hash = sha256('forged') WHERE org = 'a'",
    )
    store.append("a", "b")
    wait_for(lambda: len(store.checkpoints("b")) == 2)
    stop.set()
    thread.join(60)
    assert "event 2 of a is not what was recorded" in store.refused()["a"]
    assert len(store.checkpoints("a")) == 1


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (
            "UPDATE tally.tiles SET hashes = overlay(hashes PLACING sha256('x') FROM 33) "
            "WHERE org = 'a'",
            "not the one that was signed at 20",
        ),
        ("DELETE FROM tally.tiles WHERE org = 'a'", "cannot be read"),
        (
            "UPDATE tally.tiles SET hashes = hashes || sha256('x') WHERE org = 'a'",
            "its stored tiles were changed",
        ),
        ("UPDATE tally.trees SET hash = sha256('x') WHERE org = 'a'", "is not its last event"),
        (
            "UPDATE tally.checkpoints SET root = sha256('x') WHERE org = 'a' AND size = 20",
            "is not what was signed",
        ),
        (
            "UPDATE tally.checkpoints SET note = replace(note, E'\\n20\\n', E'\\n19\\n') "
            "WHERE org = 'a'",
            "does not verify",
        ),
        ("DELETE FROM tally.checkpoints WHERE org = 'a'", "checkpoint of size 20 of a is gone"),
    ],
)
def test_what_does_not_extend_the_last_checkpoint_is_not_signed(
    store: SealedStore, caplog: pytest.LogCaptureFixture, statement: str, reason: str
) -> None:
    sealed_twice(store)
    store.tamper(statement)
    store.append("a", "b")
    with caplog.at_level(logging.ERROR):
        store.seal()
    assert "ALARM: a is not sealed any further" in caplog.text
    assert reason in store.refused()["a"]
    assert list(store.refused()) == ["a"]
    store.check("b")


def test_a_tree_cut_back_to_an_older_checkpoint_is_not_signed(store: SealedStore) -> None:
    """An old backup of everything but the checkpoints, and other events since."""
    sealed_twice(store)
    store.tamper(
        "DELETE FROM tally.events WHERE org = 'a' AND sequence > 10",
        "UPDATE tally.tiles SET hashes = substr(hashes, 1, 320) WHERE org = 'a'",
        "UPDATE tally.trees t SET size = 10, hash = e.hash FROM tally.events e "
        "WHERE t.org = 'a' AND e.org = 'a' AND e.sequence = 10",
        "UPDATE tally.heads h SET sequence = 10, hash = e.hash FROM tally.events e "
        "WHERE h.org = 'a' AND e.org = 'a' AND e.sequence = 10",
    )
    store.append(*["a"] * 20)
    store.seal()
    assert "ends at 10, 20 were signed" in store.refused()["a"]
    assert [each.size for each in store.checkpoints("a")] == [10, 20]


@pytest.mark.parametrize("before", [0, 2])
def test_what_was_repaired_is_sealed_again_from_the_next_start(
    store: SealedStore, before: int
) -> None:
    for _ in range(before):
        store.append(*["a"] * 10, "b")
        store.seal()
    store.append("a", "b")
    wrong = f"WHERE org = 'a' AND sequence = {before * 10 + 1}"
    store.tamper(f"UPDATE tally.events SET actor = 'x' || actor {wrong}")
    store.seal()
    store.append("a", "b")
    store.seal()
    assert list(store.refused()) == ["a"]
    store.tamper(f"UPDATE tally.events SET actor = substr(actor, 2) {wrong}")
    store.seal()
    assert not store.refused()
    store.check("a", "b")
