"""Bundles that are made to exhaust or to hang whoever verifies them."""

from __future__ import annotations

import gzip
import io
import os
import resource
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from schemas import verify
from tests.formats.export.bundles import Forger, Sealed, check

SCRIPT = Path(verify.__file__)
MEMORY, DISK, SECONDS = 1 << 30, 1 << 28, 60


def run(bundle: Path) -> tuple[int, str]:
    """The verifier in a process that may not have much; what hangs is killed."""

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (DISK, DISK))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))

    command = [sys.executable, str(SCRIPT), str(bundle)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, preexec_fn=bound, check=False
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, done.stdout


def packed(path: Path, *members: tuple[tarfile.TarInfo, io.IOBase | None]) -> Path:
    """An archive of members."""
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for member, content in members:
            archive.addfile(member, content)
    return path


def named(name: str, size: int = 0, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    """A member's header."""
    member = tarfile.TarInfo(name)
    member.size, member.type = size, kind
    return member


class Zeros(io.RawIOBase):
    """Nothing but zero bytes, without end."""

    def read(self, size: int = -1) -> bytes:
        return bytes(size)


def test_an_archive_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path) -> None:
    bomb = packed(tmp_path / "bomb.tar.gz", (named("manifest.json", 1 << 29), Zeros()))
    assert bomb.stat().st_size < 4 << 20
    code, said = run(bomb)
    assert code == 2
    assert "unpacks to more than a bundle of its size can be" in said


def test_a_header_that_is_itself_too_large_is_not_read(tmp_path: Path) -> None:
    bomb = packed(tmp_path / "bomb.tar.gz", (named("x", 1 << 29, tarfile.XHDTYPE), Zeros()))
    code, said = run(bomb)
    assert code == 2
    assert "Nothing was verified" in said


def test_a_sparse_member_is_no_file_of_a_bundle(tmp_path: Path) -> None:
    code, said = run(
        packed(tmp_path / "b.tar.gz", (named("manifest.json", 0, tarfile.GNUTYPE_SPARSE), None))
    )
    assert code == 2
    assert "is no file of a bundle" in said or "Nothing was verified" in said


def test_many_empty_files_are_not_made(tmp_path: Path) -> None:
    members = [(named(f"f{n}"), None) for n in range(verify.FILES_MAX + 10)]
    code, said = run(packed(tmp_path / "many.tar.gz", *members))
    assert code == 2
    assert "more than 20,000 files" in said


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
)
def test_only_regular_members_are_unpacked(tmp_path: Path, kind: bytes) -> None:
    member = named("manifest.json", 0, kind)
    member.linkname = "/dev/zero"
    code, said = run(packed(tmp_path / "b.tar.gz", (member, None)))
    assert code == 2
    assert "is no file of a bundle" in said


@pytest.fixture
def forger(told: Sealed, tmp_path: Path) -> Forger:
    """A sound bundle to be changed."""
    bundle = told.export(tmp_path / "b", "acme", "10", "60")
    return Forger(bundle)


@pytest.mark.parametrize(
    "name", ["manifest.json", "events-000001.jsonl", "proofs.json", "checkpoint.txt"]
)
@pytest.mark.parametrize("what", ["pipe", "zeros", "link", "folder"])
def test_what_is_no_regular_file_is_wrong_and_never_waited_for(
    forger: Forger, name: str, what: str
) -> None:
    path = forger.folder / name
    path.unlink()
    if what == "pipe":
        os.mkfifo(path)
    elif what == "zeros":
        path.symlink_to("/dev/zero")
    elif what == "link":
        shutil.copy(SCRIPT, forger.folder.parent / "elsewhere")
        path.symlink_to(forger.folder.parent / "elsewhere")
    else:
        path.mkdir()
    code, said = run(forger.folder)
    assert code in (1, 2)
    assert "regular file" in said or "cannot be read" in said or "no manifest.json" in said


def test_a_line_without_end_is_not_read_whole(forger: Forger) -> None:
    (forger.folder / "events-000001.jsonl").write_bytes(b"[" * (verify.LINE_MAX + 100))
    code, said = run(forger.folder)
    assert code == 1
    assert "longer than any can be" in said


def test_nesting_without_end_is_wrong(forger: Forger) -> None:
    (forger.folder / "proofs.json").write_bytes(b"[" * 1_000_000)
    code, said = run(forger.folder)
    assert code == 1
    assert "RecursionError" in said


def test_a_pipe_as_a_bundle_or_a_key_is_refused(tmp_path: Path, forger: Forger) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert run(tmp_path / "pipe")[0] == 2
    with pytest.raises(verify.Wrong, match="regular file"):
        verify.notes_of([tmp_path / "pipe"])


def test_a_true_bundle_of_much_repetition_still_unpacks(told: Sealed, forger: Forger) -> None:
    place = forger.folder.parent / "b.tar.gz"
    with tarfile.open(place, "w:gz", compresslevel=9) as archive:
        archive.add(forger.folder, "b")
    assert check(place, *told.keys).exit_code == 0
    assert gzip.decompress(place.read_bytes())
