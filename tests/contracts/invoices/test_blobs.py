"""Blobs: whatever is kept is whole, stays as it is, and is found by everybody."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.blobs import FolderBlobs, ObjectBlobs, blobs_at
from ledger.invoices.ports import Blobs
from ledger.kernel.outside import NeverTaken, NotTaken

NAME = "acme/2026/0a1b.pdf"
LARGE = bytes(range(256)) * 20_000


def test_what_is_kept_is_found(doors: Callable[[], Blobs]) -> None:
    doors().put(NAME, LARGE)
    assert doors().get(NAME) == LARGE
    doors().put("acme/empty", b"")
    assert doors().get("acme/empty") == b""


def test_what_was_never_kept_is_none(blobs: Blobs) -> None:
    assert blobs.get(NAME) is None
    blobs.put(NAME, b"1")
    assert blobs.get("acme/2026/other.pdf") is None


def test_the_same_content_may_be_kept_again(doors: Callable[[], Blobs]) -> None:
    doors().put(NAME, LARGE)
    doors().put(NAME, LARGE)
    assert doors().get(NAME) == LARGE


def test_another_content_never_takes_its_place(doors: Callable[[], Blobs]) -> None:
    doors().put(NAME, b"first")
    with pytest.raises(NeverTaken, match="another content"):
        doors().put(NAME, b"second")
    assert doors().get(NAME) == b"first"


def test_of_twins_with_different_contents_one_is_kept(doors: Callable[[], Blobs]) -> None:
    contents = [b"%d" % number * 50_000 for number in range(8)]
    kept: list[bytes] = []
    start = threading.Barrier(len(contents))

    def put(content: bytes) -> None:
        blobs = doors()
        start.wait()
        try:
            blobs.put(NAME, content)
        except NeverTaken:
            return
        kept.append(content)

    threads = [threading.Thread(target=put, args=(each,)) for each in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 1
    assert doors().get(NAME) == kept[0]


def test_a_folder_holds_whole_files_only_its_owner_reads(tmp_path: Path) -> None:
    """What a crash has left unfinished has another name, and is no blob."""
    FolderBlobs(tmp_path).put(NAME, LARGE)
    (found,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert found == tmp_path / NAME
    assert found.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_written_is_asked_again(tmp_path: Path) -> None:
    (tmp_path / "acme").write_text("a file where a folder should be")
    with pytest.raises(NotTaken, match="cannot be written"):
        FolderBlobs(tmp_path).put(NAME, b"1")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotTaken, match="no regular file"):
        FolderBlobs(tmp_path).get("pipe")


def test_a_store_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("AWS_ENDPOINT", "http://127.0.0.1:9"),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ):
        monkeypatch.setenv(name, value)
    blobs = ObjectBlobs("s3://nowhere", patience_s=1)
    with pytest.raises(NotTaken, match="cannot be written"):
        blobs.put(NAME, b"1")
    with pytest.raises(NotTaken, match="cannot be read"):
        blobs.get(NAME)


def test_a_place_is_a_folder_or_a_url(tmp_path: Path) -> None:
    assert isinstance(blobs_at(str(tmp_path)), FolderBlobs)
    assert isinstance(blobs_at("s3://bucket/prefix"), ObjectBlobs)
    with pytest.raises(ValueError, match="URL"):
        blobs_at("ftp://somewhere")
