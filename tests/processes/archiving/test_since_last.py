"""`--since last` with archives: what was verified is not read again, wherever it lies now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.archive import Archives
from adapters.embedded import EngineUrls
from adapters.verified_state import VerifiedStateFile
from api.container import signing_keys
from api.settings import Settings
from api.verification.verified_state import KeptState
from ledger.kernel.errors import Invalid
from tests.processes.archiving.conftest import Archived
from tests.scenarios.commands import deposit, register, usage, use
from tests.tamper.archived import FIRST, archive_until, cut
from tests.tamper.stores import TestStore

BEFORE = 8
"""Events that were verified, far fewer than the first partition holds."""


@dataclass(frozen=True)
class Verified:
    """A store that was verified, and where its keys and archives are."""

    store: TestStore
    kept: KeptState
    folder: Path
    archives: Archives

    def go_on(self, events: int, name: str) -> None:
        """Record and seal so many events."""
        self.store.run([usage([use("0.25", id=f"{name} {n}")]) for n in range(events)])
        self.store.seal(self.folder)


@pytest.fixture
def verified(engines: EngineUrls, tmp_path: Path) -> Iterator[Verified]:
    store = TestStore.new(engines)
    cut(store)
    store.run([register("acme"), deposit("100", key="d1")])
    store.seal(tmp_path)
    archives = Archives(str(tmp_path / "archives"), make=True)
    here = Verified(store, _kept(tmp_path, store), tmp_path, archives)
    here.go_on(BEFORE, "before")
    report = store.verify(kept_state=here.kept)
    assert report.exit_code == 0, report.as_dict()
    yield here
    store.drop()


def _kept(folder: Path, store: TestStore) -> KeptState:
    ring = signing_keys(Settings(data=store.verifier_keys.parent)).ring()
    file = VerifiedStateFile(folder / "verified-state")
    return KeptState(file, "tallystick", ring.signers, ring.verifiers)


def test_a_run_over_everything_with_archives_is_gone_on_from_without_them(
    archived: Archived, tmp_path: Path
) -> None:
    kept = _kept(tmp_path, archived.store)
    report = archived.store.verify(archives=archived.archives, kept_state=kept)
    assert report.exit_code == 0, report.as_dict()
    for archives in (None, archived.archives):
        again = archived.store.verify(archives=archives, kept_state=kept, since_last=True)
        assert (again.exit_code, again.events) == (0, 0), again.as_dict()
        assert "end before" in str(again["archives"].skipped)


def test_what_was_archived_after_it_was_verified_is_not_asked_for(verified: Verified) -> None:
    verified.go_on(FIRST, "more")
    kept, store = verified.kept, verified.store
    assert store.verify(kept_state=kept, since_last=True).exit_code == 0
    assert archive_until(store, verified.archives, FIRST, drop=True) == 1
    verified.go_on(3, "later")
    report = store.verify(kept_state=kept, since_last=True)
    assert (report.exit_code, report.events) == (0, 3), report.as_dict()


def test_what_was_archived_before_it_was_verified_is_asked_for_and_read(verified: Verified) -> None:
    verified.go_on(FIRST, "more")
    verified.store.verify()  # the read models are up to date
    assert archive_until(verified.store, verified.archives, FIRST, drop=True) == 1
    with pytest.raises(Invalid, match="came after the last verification are archived") as refused:
        verified.store.verify(kept_state=verified.kept, since_last=True)
    assert refused.value.field == "--archive"
    report = verified.store.verify(
        kept_state=verified.kept, since_last=True, archives=verified.archives
    )
    assert report.exit_code == 0, report.as_dict()
    assert report["archives"].checked == 1
    assert report.events == FIRST
