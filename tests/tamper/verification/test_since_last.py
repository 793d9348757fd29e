"""`--since last`: what came after a verified state is verified as if all had been, and a state that
is none of ours is refused."""

from __future__ import annotations

import os
import pickle
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from adapters.embedded import EngineUrls
from adapters.verified_state import VerifiedStateFile
from api.container import signing_keys
from api.settings import Settings
from api.verification.verified_state import KeptState
from ledger.checks import CHECKS
from ledger.inspection import Inspection
from ledger.kernel.aggregate import Fact
from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.report import Report
from ledger.ports import RecordedEvent
from ledger.proof.note import SignerKey
from ledger.registry import fact_of
from projections.read_model import ReadModel
from projections.read_models import READ_MODELS
from tests.sampling import every
from tests.scenarios.commands import deposit, usage, use
from tests.tamper.catalogue import Column
from tests.tamper.columns import Try, attacks, first_accepted
from tests.tamper.stores import TestStore, stock
from tests.tamper.stories import told_store

ADDED = 12
WHOLE = "TAMPER_TABLES" in os.environ


@dataclass
class GoneOn:
    """A store that was verified, and has gone on since."""

    store: TestStore
    kept: KeptState
    position: int

    def verify(self, **changes: Any) -> Report:
        """What a run that begins where the last one ended finds; it leaves no state."""
        reading = replace(self.kept, signers=())
        return self.store.verify(kept_state=replace(reading, **changes), since_last=True)


@pytest.fixture(scope="module")
def untouched(engines: EngineUrls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoneOn]:
    folder = tmp_path_factory.mktemp("gone on")
    store = TestStore.new(engines)
    stock(store, folder)
    ring = signing_keys(Settings(data=folder)).ring()
    file = VerifiedStateFile(folder / "verified-state")
    kept = KeptState(file, "tallystick", ring.signers, ring.verifiers)
    report = store.verify(kept_state=kept)
    assert report.exit_code == 0, report.as_dict()
    assert report.state == f"--since last goes on after position {report.position:,}."
    store.run([deposit("9", key="later", user="zed")])
    for number in range(ADDED - 3):
        store.run([usage([use("0.25", id=f"later {number}", user="zed")])])
    store.seal(folder)
    store.verify()  # the read models are up to date
    store.unguard()
    yield GoneOn(store, kept, report.position)
    store.drop()


@pytest.fixture
def gone_on(untouched: GoneOn) -> Iterator[GoneOn]:
    options = untouched.store.options
    yield untouched
    untouched.store.options = options
    untouched.store.restore()


def test_only_what_was_added_is_looked_at_and_that_is_said(gone_on: GoneOn) -> None:
    report = gone_on.verify()
    assert report.exit_code == 0, report.as_dict()
    ((last,),) = gone_on.store.rows("SELECT max(position) FROM tally.events")
    assert report.events == last - gone_on.position < ADDED
    assert f"up to position {gone_on.position:,}" in str(report.trusted)
    assert "without --since" in str(report.trusted)
    ((rows,),) = gone_on.store.rows("SELECT count(*) FROM tally.balances")
    assert report["balances"].checked == rows
    assert report["keys"].checked == gone_on.store.rows("SELECT count(*) FROM tally.keys")[0][0]


def test_each_run_goes_on_where_the_one_before_ended(gone_on: GoneOn, tmp_path: Path) -> None:
    kept = replace(gone_on.kept, file=VerifiedStateFile(tmp_path / "verified-state"))
    content = gone_on.kept.file.read()
    assert content is not None
    kept.file.write(content)
    assert gone_on.store.verify(kept_state=kept, since_last=True).events > 0
    again = gone_on.store.verify(kept_state=kept, since_last=True)
    assert (again.exit_code, again.events) == (0, 0), again.as_dict()


NEW = "position > {position}"
"""The condition on what was added."""

FORGERIES = {
    "an added event says another": ("hashes", [
        "UPDATE tally.events SET body = convert_to(replace(convert_from(body, 'UTF8'), "
        f"'later 3', 'later x'), 'UTF8') WHERE {NEW}"]),
    "an added event is gone": ("sequences", [
        f"DELETE FROM tally.events WHERE {NEW} AND position = {{position}} + 4"]),
    "the end is cut off": ("heads", [f"DELETE FROM tally.events WHERE {NEW}"]),
    "an added event is of another time": ("hashes", [
        f"UPDATE tally.events SET recorded_us = recorded_us + 1 WHERE {NEW}"]),
    "an old balance": ("balances", [
        "UPDATE tally.balances SET credits = credits + 1 WHERE owner = 'ada'"]),
    "a balance that moved": ("balances", [
        "UPDATE tally.balances SET debt = debt + 1 WHERE owner = 'zed'"]),
    "an old balance is gone": ("balances", ["DELETE FROM tally.balances WHERE owner = 'bo'"]),
    "an old key is free again": ("keys", ["DELETE FROM tally.keys WHERE key = 'd1'"]),
    "an old key has another fingerprint": ("keys", [
        "UPDATE tally.keys SET fingerprint = 'x' WHERE key = 'single 3'"]),
    "an added key is free again": ("keys", ["DELETE FROM tally.keys WHERE key = 'later 3'"]),
    "an old API key has another role": ("api_keys", [
        "UPDATE tally.api_keys SET role = 'admin' WHERE id = 'key-1'"]),
    "what a cap counted": ("caps", ["UPDATE tally.cap_counters SET spent = spent - 1"]),
    "what a meter counted": ("meters", ["UPDATE tally.meter_counters SET used = used - 1"]),
    "a moment that is due": ("due", ["DELETE FROM tally.due"]),
    "an added transaction": ("transactions", [
        "UPDATE tally.transactions SET amount = amount - 1 WHERE owner = 'zed'"]),
    "a transaction that no event says": ("transactions", [
        "UPDATE tally.transactions SET sequence = sequence + 100000 WHERE owner = 'zed'"]),
    "an added checkpoint": ("checkpoints", [
        "UPDATE tally.checkpoints SET root = sha256(root) "
        "WHERE sealed_us = (SELECT max(sealed_us) FROM tally.checkpoints)"]),
    "a head": ("heads", ["UPDATE tally.heads SET hash = sha256(hash) WHERE org = 'globex'"]),
    "the shard": ("positions", ["UPDATE tally.shard SET position = position + 1"]),
    "a text has another content": ("texts", [
        "UPDATE tally.texts SET content = 'x' WHERE content IS NOT NULL"]),
}  # fmt: skip
"""What somebody does who has all of the database and no key, and where it is found."""


@pytest.mark.parametrize("forgery", every(3, FORGERIES))
def test_neither_added_events_nor_current_rows_can_be_changed(
    gone_on: GoneOn, forgery: str
) -> None:
    kind, statements = FORGERIES[forgery]
    gone_on.store.tamper(*(each.format(position=gone_on.position) for each in statements))
    report = gone_on.verify()
    assert report.exit_code == 1, report.as_dict()
    assert report[kind].wrong, report.as_dict()


LINES = [name for name, model in READ_MODELS.items() if isinstance(model, ReadModel)]

HISTORY = ("events", *LINES, "wallet_snapshots", "checkpoints", "tiles")
"""Tables whose old rows were verified last time and are not looked at again."""

OLD_TEXTS = (("texts", "org"), ("texts", "kind"), ("texts", "person"), ("texts", ""))
"""Columns of which the same is true, and whole rows: each text that is there is compared with its
digest, but which there must be, and whose, only their events say."""


@pytest.mark.slow
def test_an_attack_on_each_current_table_is_found(gone_on: GoneOn) -> None:
    """On a column or on its rows, as drawn: which tables are looked at again is by table, and
    `test_catalogue.py` attacks columns. Some tables, but for `make tamper`."""
    store = gone_on.store
    reading = replace(gone_on.kept, signers=())
    store.options = replace(store.options, kept_state=reading, since_last=True)
    tables: dict[str, list[tuple[Column, list[str]]]] = {}
    for column, names in attacks(store).items():
        if column.table not in HISTORY and column[:2] not in OLD_TEXTS:
            tables.setdefault(column.table, []).append((column, names))
    draw = random.Random(1)
    drawn = sorted(tables) if WHOLE else sorted(draw.sample(sorted(tables), len(tables) // 3))
    tried = [_first(store, draw.sample(tables[each], len(tables[each]))) for each in drawn]
    missed = [each for each in tried if each.is_missed and each.outcome != "empty"]
    assert missed == [], "\n".join(map(str, missed))
    assert sum(each.outcome == "found" for each in tried) > len(drawn) * 2 / 3


def _first(store: TestStore, columns: Sequence[tuple[Column, list[str]]]) -> Try:
    """Attack what the database lets be changed and what matters."""
    for column, names in columns:
        tried = first_accepted(store, column, names, random.Random(f"{column}"))
        if tried.outcome in ("found", "missed", "not located"):
            break
    return tried


def test_the_old_part_is_found_only_by_a_whole_run(gone_on: GoneOn) -> None:
    gone_on.store.tamper(
        f"UPDATE tally.events SET body = body || ' ' WHERE position = {gone_on.position} - 5"
    )
    assert gone_on.verify().exit_code == 0
    assert gone_on.store.verify().exit_code == 1


def test_a_run_that_finds_something_leaves_no_state(gone_on: GoneOn, tmp_path: Path) -> None:
    kept = replace(gone_on.kept, file=VerifiedStateFile(tmp_path / "verified-state"))
    gone_on.store.tamper("UPDATE tally.balances SET credits = credits + 1 WHERE owner = 'ada'")
    report = gone_on.store.verify(kept_state=kept)
    assert (report.exit_code, report.state, kept.file.read()) == (1, None, None)


def test_a_part_leaves_no_state(gone_on: GoneOn, tmp_path: Path) -> None:
    kept = replace(gone_on.kept, file=VerifiedStateFile(tmp_path / "verified-state"))
    for part in ({"org": "acme"}, {"jobs": 2}, {"since_us": 2**60}):
        assert gone_on.store.verify(kept_state=kept, **part).exit_code == 0
        assert kept.file.read() is None


def test_without_a_private_key_none_is_left_and_that_is_said(
    gone_on: GoneOn, tmp_path: Path
) -> None:
    file = VerifiedStateFile(tmp_path / "verified-state")
    report = gone_on.store.verify(kept_state=replace(gone_on.kept, file=file, signers=()))
    assert (report.exit_code, file.read()) == (0, None)
    assert "no private key" in str(report.state)


def test_where_none_was_left_it_is_refused(gone_on: GoneOn, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="without --since"):
        gone_on.verify(file=VerifiedStateFile(tmp_path / "none"))


def test_a_state_that_another_key_signed_is_refused(gone_on: GoneOn, tmp_path: Path) -> None:
    mallory = SignerKey("tallystick", bytes(32))
    kept = replace(
        gone_on.kept, file=VerifiedStateFile(tmp_path / "verified-state"), signers=(mallory,)
    )
    kept.keep(gone_on.kept.load())
    with pytest.raises(Invalid, match="no key that is known here"):
        gone_on.verify(file=kept.file)


@pytest.mark.parametrize("place", [2, 40, 150, -1])
def test_a_state_that_was_changed_is_refused(gone_on: GoneOn, tmp_path: Path, place: int) -> None:
    content = bytearray(gone_on.kept.file.read() or b"")
    content[place] ^= 1
    file = VerifiedStateFile(tmp_path / "verified-state")
    file.write(bytes(content))
    with pytest.raises(Invalid, match="without --since"):
        gone_on.verify(file=file)


def test_a_state_of_another_ledger_is_refused(gone_on: GoneOn) -> None:
    with pytest.raises(Invalid, match="another ledger"):
        gone_on.verify(ledger="another")


def test_a_checkpoint_is_no_state(gone_on: GoneOn, tmp_path: Path) -> None:
    ((note,),) = gone_on.store.rows("SELECT note FROM tally.checkpoints LIMIT 1")
    file = VerifiedStateFile(tmp_path / "verified-state")
    file.write(len(note.encode()).to_bytes(4) + note.encode() + b"...")
    with pytest.raises(Invalid, match="without --since"):
        gone_on.verify(file=file)


def test_every_check_goes_on_as_if_it_had_never_ended() -> None:
    facts = [(event, fact_of(event)) for event in told_store(7, 400).tables.events]
    for check in CHECKS:
        reports = [Report(), Report(), Report()]
        alone, first, second = map(check, reports)
        for each, part in ((alone, facts), (first, facts[:200])):
            _see(each, part)
        content = pickle.dumps(first.remembered())
        assert b"ledger.kernel.report" not in content, "it would go on in a report of before"
        second.go_on(pickle.loads(content))
        _see(second, facts[200:])
        whole, *parts = map(_checked, reports)
        assert whole == parts[0] + parts[1]
        assert [report.wrong for report in reports] == [0, 0, 0]
        assert second.remembered().keys() == alone.remembered().keys()


def _see(check: Inspection, facts: Sequence[tuple[RecordedEvent, Fact]]) -> None:
    for event, fact in facts:
        check.see(event, fact)


def _checked(report: Report) -> Counter[str]:
    return Counter({each.kind: each.checked for each in report.checks.values()})
