"""Wallet snapshots: every 500th state of each wallet, whatever happens to whoever writes them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest

from adapters.postgres.wallet_snapshots import PostgresWalletSnapshots
from api.container import projections
from api.verification.verify import verify
from ledger.credits.wallet_snapshot import EVERY, WalletSnapshotRow
from ledger.kernel.report import Check
from projections.credits.wallet_snapshots import WalletSnapshots
from projections.engine import Runner
from projections.ports import P, Superseded
from tests.scenarios.commands import deposit, register, usage, use
from tests.tamper.stores import TestStore

ROWS = "SELECT * FROM tally.wallet_snapshots ORDER BY org, owner, asset, version"


class Killed(BaseException):
    """Stands for the end of the process."""


class Dying(PostgresWalletSnapshots):
    """The real store; dies before or after a page is written."""

    before = False

    def apply(self, before: P, until: int, rows: Sequence[WalletSnapshotRow]) -> P:
        if not self.before:
            super().apply(before, until, rows)
        raise Killed


class DyingBefore(Dying):
    before = True


def tell(store: TestStore, name: str, events: int) -> None:
    store.run([usage([use("0.0001", id=f"{name} {number}")]) for number in range(events)])


def begin(store: TestStore, events: int = 2 * EVERY) -> None:
    store.run([register(), deposit("1", key="d"), deposit("7", key="e", user="bo")])
    tell(store, "first", events)


def catch_up(store: TestStore) -> None:
    for follower in projections(store.ends, linger_s=0):
        assert Runner(follower, threading.Event()).catch_up()


def versions(store: TestStore) -> list[int]:
    return [version for (version,) in store.rows("SELECT version FROM tally.wallet_snapshots")]


def checked(store: TestStore) -> Check:
    return verify(store.ends)["wallet_snapshots"]


def test_a_snapshot_stands_at_every_so_many_events_of_a_wallet(store: TestStore) -> None:
    begin(store)
    catch_up(store)
    assert versions(store) == [EVERY, 2 * EVERY]
    assert (checked(store).checked, verify(store.ends).exit_code) == (2, 0)


@pytest.mark.parametrize("kind", [Dying, DyingBefore])
def test_a_killed_follower_leaves_every_snapshot_once(store: TestStore, kind: type[Dying]) -> None:
    begin(store)
    for follower in projections(store.ends, linger_s=0)[:-1]:
        assert Runner(follower, threading.Event()).catch_up()
    dying = WalletSnapshots(kind(store.ends.database.writer, WalletSnapshots.name), linger_s=0)
    with pytest.raises(Killed):
        Runner(dying, threading.Event()).catch_up()
    tell(store, "while it was down", EVERY)
    catch_up(store)
    assert versions(store) == [EVERY, 2 * EVERY, 3 * EVERY]
    assert verify(store.ends).exit_code == 0


def test_it_does_not_pass_the_transactions_that_totals_are_made_of(store: TestStore) -> None:
    begin(store)
    *_, snapshots = projections(store.ends, linger_s=0)
    assert Runner(snapshots, threading.Event()).catch_up()
    assert versions(store) == []
    catch_up(store)
    assert versions(store) == [EVERY, 2 * EVERY]


def test_a_runner_that_lost_its_claim_writes_no_snapshot(store: TestStore) -> None:
    begin(store, 10)
    late = PostgresWalletSnapshots(store.ends.database.writer, WalletSnapshots.name)
    (at,) = late.progress()
    catch_up(store)
    with pytest.raises(Superseded):
        late.apply(at, 5, [])
    late.close()


def test_rebuilt_they_are_the_same_also_over_what_was_damaged(store: TestStore) -> None:
    begin(store)
    catch_up(store)
    right = store.rows(ROWS)
    for damage in ("DELETE FROM", "UPDATE"):
        change = " SET state = '{}', totals = '{}'" if damage == "UPDATE" else ""
        store.tamper(
            f"{damage} tally.wallet_snapshots{change}",
            "DELETE FROM tally.projections WHERE name = 'wallet_snapshots'",
            "DELETE FROM tally.projection_heads WHERE name = 'wallet_snapshots'",
        )
        catch_up(store)
        assert store.rows(ROWS) == right
    assert verify(store.ends).exit_code == 0


TAMPERED_SOON = ("state", "removed", "between")
TAMPERED: dict[str, tuple[str, str]] = {
    "state": ("UPDATE tally.wallet_snapshots SET state = replace(state, 'left', 'felt')", "state"),
    "totals": ("UPDATE tally.wallet_snapshots SET totals = '{}'", "totals"),
    "sequence": ("UPDATE tally.wallet_snapshots SET sequence = sequence - 1", "sequence"),
    "time": ("UPDATE tally.wallet_snapshots SET recorded_us = recorded_us - 1", "recorded_us"),
    "removed": (f"DELETE FROM tally.wallet_snapshots WHERE version = {EVERY}", "missing"),
    "beyond": (
        "INSERT INTO tally.wallet_snapshots SELECT org, owner, asset, version + 5 * version, "
        "sequence, recorded_us, totals, state FROM tally.wallet_snapshots",
        "added",
    ),
    "between": (
        "INSERT INTO tally.wallet_snapshots SELECT org, owner, asset, version - 1, sequence, "
        "recorded_us, totals, state FROM tally.wallet_snapshots",
        "added",
    ),
    "another's": ("UPDATE tally.wallet_snapshots SET owner = 'bo'", "missing"),
}


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(attack, marks=[pytest.mark.slow] * (attack not in TAMPERED_SOON))
        for attack in TAMPERED
    ],
)
def test_a_tampered_snapshot_is_named(store: TestStore, attack: str) -> None:
    begin(store)
    catch_up(store)
    statement, said = TAMPERED[attack]
    store.tamper(statement)
    check = checked(store)
    assert check.wrong
    assert said in str(check.first), check.first
    assert "acme" in str(check.first)


def test_a_wallet_whose_events_do_not_follow_stops_no_other(store: TestStore) -> None:
    begin(store)
    store.unguard()
    store.tamper(
        "UPDATE tally.events SET version = version + 100000 WHERE stream = 'wallet/credit/ada' "
        "AND version = 7"
    )
    store.run([deposit("9", key="f", user="cy")])
    store.run([usage([use("0.0001", id=f"cy {n}", user="cy")]) for n in range(EVERY)])
    catch_up(store)
    found: list[Any] = store.rows("SELECT owner, version FROM tally.wallet_snapshots")
    assert found == [("cy", EVERY)]
