"""A tampered archive: refused by a sentence, whatever was put into it."""

from __future__ import annotations

import io
import random
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.proof.note import SignerKey
from schemas import verify
from tests.formats.export.bundles import Forger, Sealed, check, found, stranger


def _entries() -> Iterator[tarfile.TarInfo]:
    for kind, name in ((tarfile.SYMTYPE, "b/link"), (tarfile.REGTYPE, "b/..")):
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, "/etc/passwd"
        yield entry
    yield tarfile.TarInfo("elsewhere/README.md")


@pytest.mark.parametrize("entry", list(_entries()), ids=lambda entry: str(entry.name))
def test_an_archive_that_holds_more_than_files_is_refused(
    told: Sealed, forger: Forger, tmp_path: Path, entry: tarfile.TarInfo
) -> None:
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as archive:
        archive.add(forger.folder, "b")
        archive.addfile(entry, io.BytesIO())
    with pytest.raises(verify.Wrong, match="the archive holds"):
        check(tmp_path / "b.tar.gz", *told.keys)


def test_a_changed_byte_of_an_archive_is_found(
    told: Sealed, forger: Forger, tmp_path: Path
) -> None:
    """All but the header of gzip, which ends with a name that nothing proves."""
    packed = Path(shutil.make_archive(str(tmp_path / "b"), "gztar", tmp_path, "b"))
    content = packed.read_bytes()
    begins = content.index(b"b.tar\x00") + len(b"b.tar\x00")
    draw, unread = random.Random(5), 0
    for place in draw.sample(range(begins, len(content)), 40):
        changed = bytearray(content)
        changed[place] ^= 1 << draw.randrange(8)
        packed.write_bytes(changed)
        code = verify.main(["--key", told.keys[0], str(packed)])
        assert code in (1, 2)
        unread += code == 2
    assert unread


def test_what_cannot_be_read_is_a_sentence(
    told: Sealed, forger: Forger, tmp_path: Path, site: Path
) -> None:
    script = forger.folder / "verify.py"
    packed = shutil.make_archive(str(tmp_path / "b"), "gztar", tmp_path, "b")
    content = Path(packed).read_bytes()
    Path(packed).write_bytes(content[: len(content) // 2])
    for arguments in (
        [packed],
        [str(tmp_path / "nothing")],
        [str(tmp_path)],
        ["--key", "nonsense", str(forger.folder)],
        ["--seen", str(script), str(forger.folder)],
    ):
        code, said = stranger(site, script, *arguments)
        assert (code, said.count("\n")) == (2, 1), said
        assert said.startswith("Nothing was verified: ")


@pytest.mark.parametrize("junk", [b"", b"{}\n", b"[1]\n", b"\xff\n", b"null\n", b"1e999\n"])
def test_junk_in_any_file_is_wrong_and_no_traceback(
    told: Sealed, honest: Path, forger: Forger, junk: bytes
) -> None:
    """Also when the manifest says so."""
    for path in sorted(honest.iterdir()):
        if path.name in ("README.md", "verify.py") or path.read_bytes() == junk:
            continue
        (forger.folder / path.name).write_bytes(junk)
        if path.name != "manifest.json":
            files = forger.manifest["files"] | {
                path.name: verify.described(forger.folder / path.name)
            }
            forger.write_manifest(forger.manifest | {"files": files})
        assert check(forger.folder, *told.keys).exit_code == 1, path.name
        shutil.copy(path, forger.folder)
        shutil.copy(honest / "manifest.json", forger.folder)


@pytest.mark.parametrize("name", ["README.md", "verify.py"])
def test_the_page_and_the_verifier_of_a_bundle_cannot_be_replaced(
    told: Sealed, forger: Forger, name: str
) -> None:
    (forger.folder / name).write_text("print('All was checked and is right.')")
    forger.signer = None  # all is made to fit but what takes the key
    forger.put_manifest()
    report = check(forger.folder, *told.keys)
    assert found(report) == {"manifest"}
    forger.signer = SignerKey(told.signer.name, bytes(32))
    forger.put_manifest()
    assert found(check(forger.folder, *told.keys)) == {"manifest"}
    (forger.folder / "manifest.note").unlink()
    report = check(forger.folder, *told.keys)
    assert report.exit_code == 2
    assert "may be anybody's" in str(report["manifest"].unchecked)
