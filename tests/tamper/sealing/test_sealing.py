"""What nobody signed, and what the store says of its sealer and its witnesses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.kernel.limits import FRESH_US
from ledger.kernel.report import Report
from ledger.proof.sealing import SEALER
from projections.followers import FOLLOWERS
from tests.scenarios.commands import deposit
from tests.tamper.stores import TestStore

AGO_US = 10 * FRESH_US


@pytest.fixture
def later(store: TestStore, monkeypatch: pytest.MonkeyPatch) -> TestStore:
    """A store that is verified long after all that was written to it."""
    monkeypatch.setattr("api.verification.verify.clock_us", lambda: store.clock() + AGO_US)
    return store


def write(store: TestStore) -> None:
    """Something that nobody signs."""
    store.run([deposit("1", key="unsigned")])


def test_an_old_event_without_a_signature_is_not_passed(later: TestStore) -> None:
    assert later.verify().exit_code == 0
    write(later)
    report = later.verify()
    assert report.exit_code == 2
    check = report["checkpoints"]
    assert check.unchecked == 1
    assert "of acme, recorded since" in str(check.reason)
    assert "have no signature" in str(check.reason)


def test_what_is_rewritten_and_fits_again_is_not_passed_when_nobody_signed_it(
    later: TestStore,
) -> None:
    later.tamper("UPDATE tally.projections SET position = position + 1000 WHERE name = 'sealer'")
    write(later)
    report = later.verify()
    assert report["checkpoints"].unchecked == 1
    assert report.exit_code == 1
    assert_found(report, "progress", "sealer in projections")


def test_a_fresh_event_may_wait_for_its_signature(store: TestStore) -> None:
    write(store)
    report = store.verify()
    assert report.exit_code == 0


def test_an_org_that_is_not_sealed_any_further_is_named(store: TestStore) -> None:
    store.tamper("UPDATE tally.trees SET refused = 'for no reason' WHERE org = 'globex'")
    report = store.verify()
    assert_found(report, "checkpoints", "globex", "not sealed any further: for no reason")


def test_every_follower_ahead_of_the_shard_is_named(store: TestStore) -> None:
    names = {SEALER, *FOLLOWERS}
    for name in names:
        store.tamper(f"UPDATE tally.projections SET position = position + 1 WHERE name = '{name}'")
    report = store.verify()
    assert report["progress"].wrong == len(names)
    assert_found(report, "progress", f"{min(names)} in projections", "the last one is")


def test_a_head_of_a_read_model_is_what_it_has_applied(store: TestStore) -> None:
    store.tamper(
        "UPDATE tally.projection_heads SET sequence = 7 "
        "WHERE org = 'acme' AND name = 'transactions'"
    )
    assert_found(store.verify(), "progress", "head of transactions", "sequence is 7")


def test_a_witness_that_is_behind_is_said_with_what_it_has(later: TestStore) -> None:
    newest = _newest(later)
    newest.unlink()
    later.tamper("UPDATE tally.witnesses SET delivered_us = 0")
    report = later.verify()
    assert report.exit_code == 2
    assert "is behind: it has acme up to" in str(report["witnesses"].reason)
    (acme,) = [head for head in report.heads if head.org == "acme"]
    ((witness, size),) = acme.witnessed.items()
    assert witness == later.options.witnesses[0]
    assert size < acme.sealed == acme.sequence


def test_a_witness_has_what_the_store_says_that_it_has(later: TestStore) -> None:
    _newest(later).unlink()
    assert_found(later.verify(), "witnesses", "the store says that", "but it ends here")


def test_what_was_signed_after_a_backup_is_not_missed_where_that_is_restored(
    store: TestStore,
) -> None:
    """The first signature comes a second after the event: a backup between the two has none."""
    signed = ("checkpoints", "tiles", "trees")
    store.tamper(*(f"DELETE FROM tally.{each} WHERE org = 'globex'" for each in signed))
    ((made_us,),) = store.rows("SELECT max(recorded_us) FROM tally.heads")
    restored = store.verify(restored_us=made_us)
    assert not [each.first for each in restored.checks.values() if each.wrong]
    assert_found(store.verify(), "checkpoints", "globex", "its row was removed")


def _newest(store: TestStore) -> Path:
    """The newest file of the witness."""
    return max(Path(store.options.witnesses[0]).glob("checkpoints-*"))


@pytest.fixture(autouse=True)
def _kept_witness(store: TestStore) -> Iterator[None]:
    """Whatever is removed from the witness is put back."""
    folder = Path(store.options.witnesses[0])
    held = {path.name: path.read_bytes() for path in folder.iterdir()}
    yield
    for name, content in held.items():
        (folder / name).write_bytes(content)


def assert_found(report: Report, kind: str, *words: str) -> None:
    """A kind is wrong, and its first finding says all of these words."""
    assert report.exit_code == 1
    found = str(report[kind].first)
    assert [word for word in words if word not in found] == [], found
