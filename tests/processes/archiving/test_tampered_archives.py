"""Tampered archives: what was changed, cut, forged or blown up is found and not believed."""

from __future__ import annotations

import gzip
import os
import shutil
from pathlib import Path

import pytest

from adapters.archive import Archives, ArchiveUnreadable
from tests.processes.archiving.conftest import Archived
from tests.processes.archiving.files import rewrite
from tests.tamper.archived import FIRST, archive_until
from tests.tamper.stores import TestStore


@pytest.mark.parametrize(
    "change", [{"actor": "{}"}, {"recorded_us": 1}, {"hash": "00" * 32}, {"body": "e30="}]
)
def test_a_changed_archive_is_found(
    archived: Archived, tmp_path: Path, change: dict[str, object]
) -> None:
    place = tmp_path / "copy"
    shutil.copytree(archived.place, place)
    rewrite(min(place.glob("*.gz")), change)
    report = archived.store.verify(archives=Archives(str(place)))
    assert report.exit_code == 1
    assert "SHA-256" in str(report["archives"].first)
    assert report["hashes"].wrong == 1


def test_a_cut_archive_is_found(archived: Archived, tmp_path: Path) -> None:
    place = tmp_path / "copy"
    shutil.copytree(archived.place, place)
    path = max(place.glob("*.gz"))
    path.write_bytes(path.read_bytes()[:-40])
    report = archived.store.verify(archives=Archives(str(place)))
    assert report.exit_code == 1
    assert "damaged" in str(report["archives"].first)


TAMPERED = {
    "a kept event is gone": "DELETE FROM tally.events WHERE position = 1",
    "a kept event is another": "UPDATE tally.events SET body = '{}' WHERE position = 1",
    "the catalogue names another end": (
        "UPDATE tally.archive_chains SET last_hash = previous_hash WHERE org = 'acme'"
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_is_kept_of_an_archive_is_compared_with_it(archived: Archived, what: str) -> None:
    copy = archived.store.copy()
    copy.unguard()
    copy.tamper(
        "ALTER TABLE tally.archive_chains DISABLE TRIGGER USER",
        TAMPERED[what],
    )
    report = copy.verify(archives=archived.archives)
    assert report.exit_code == 1
    assert report["archives"].wrong
    copy.drop()


@pytest.mark.parametrize(
    ("change", "row"),
    [
        ("UPDATE tally.archives SET last_position = 30", "archives row events_000000"),
        ("UPDATE tally.archives SET events = 1", "archives row events_000000"),
        ("DELETE FROM tally.archives", "archive_chains row events_000000"),
        (
            "UPDATE tally.archive_chains SET last_sequence = 1 WHERE org = 'acme'",
            "archive_chains row events_000000",
        ),
    ],
)
def test_a_forged_row_of_the_catalogue_is_named(
    store: TestStore, archives: Archives, change: str, row: str
) -> None:
    archive_until(store, archives, FIRST)
    store.unguard()
    store.tamper(change)
    found = store.verify(archives=archives)["archives"].first
    assert found is not None
    assert found.place.row == row


@pytest.mark.parametrize("what", ["pipe", "zeros"])
def test_an_archive_without_end_is_not_read(
    store: TestStore, archives: Archives, what: str
) -> None:
    archive_until(store, archives, FIRST)
    (file,) = Path(archives.place).glob("*.gz")
    file.unlink()
    if what == "pipe":
        os.mkfifo(file)
    else:
        file.symlink_to("/dev/zero")
    with pytest.raises(ArchiveUnreadable, match="is no regular file"):
        store.verify(archives=archives)


def test_an_archive_that_unpacks_to_too_much_is_not_unpacked(
    store: TestStore, archives: Archives
) -> None:
    archive_until(store, archives, FIRST)
    (file,) = Path(archives.place).glob("*.gz")
    file.write_bytes(gzip.compress(bytes(200 << 20)))
    report = store.verify(archives=archives)
    assert "unpacks to more than events can" in str(report["archives"].first)
