"""Keys are made once, kept privately, rotated with an overlap, and never forgotten."""

from __future__ import annotations

import logging
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.signing_keys import SigningKeys
from ledger.kernel.errors import NotFound
from ledger.proof.key_ring import KeysUnusable
from ledger.proof.note import SignerKey, VerifierKey, open_note
from tests.command_line import app
from tests.processes.jobs.store import wait_for
from tests.processes.sealing.store import NAME, SealedStore, run_in_thread

cli = CliRunner()


def keys_in(folder: Path, given: str | None = None, name: str = NAME) -> SigningKeys:
    """The keys of a folder, as another process reads them."""
    return SigningKeys(name, folder / "signing-keys", folder / "verifier-keys", given)


def ids(keys: SigningKeys) -> tuple[list[str], list[str]]:
    """The ids of the keys that sign, and of all that are listed."""
    ring = keys.ring()
    return (
        [key.verifier.key_id.hex() for key in ring.signers],
        [key.key_id.hex() for key in ring.verifiers],
    )


def signed_by(store: SealedStore, org: str) -> list[int]:
    """By how many listed keys each checkpoint of an org is signed."""
    verifiers = store.keys.ring().verifiers
    query = "SELECT note FROM tally.checkpoints WHERE org = %s ORDER BY size"
    return [len(open_note(note, verifiers)[1]) for (note,) in store.rows(query, [org])]


def test_the_first_start_makes_a_private_key_and_lists_its_public_half(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: ids(_made(folder)), range(8)))
    assert made == [made[0]] * 8
    assert len(made[0][0]) == 1
    private, public = folder / "signing-keys", folder / "verifier-keys"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    (signer,) = [SignerKey.parse(line) for line in _lines(private)]
    assert [VerifierKey.parse(line) for line in _lines(public)] == [signer.verifier]
    assert {each.name for each in folder.iterdir()} == {
        *("signing-keys", "verifier-keys", ".verifier-keys.lock")
    }


def _made(folder: Path) -> SigningKeys:
    keys = keys_in(folder)
    keys.make()
    return keys


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if not line.startswith("#")]


def test_rotation_overlaps_and_retiring_ends_it(tmp_path: Path) -> None:
    keys = _made(tmp_path)
    (first,) = ids(keys)[0]
    keys.rotate()
    (second, old) = ids(keys)[0]
    assert old == first
    assert ids(keys_in(tmp_path)) == ([second, first], [first, second])
    keys.retire(f"{NAME}+{first}")
    assert ids(keys_in(tmp_path)) == ([second], [first, second])
    assert stat.S_IMODE((tmp_path / "signing-keys").stat().st_mode) == 0o600
    with pytest.raises(NotFound):
        keys.retire(first)
    with pytest.raises(KeysUnusable, match="rotate first"):
        keys.retire(second)
    assert first not in (tmp_path / "signing-keys").read_text()


def test_checkpoints_of_three_rotations_all_verify(store: SealedStore) -> None:
    """While it goes on sealing: both sign in the overlap, and a retired key signs no more."""
    stop = threading.Event()
    thread = run_in_thread(store.sealer(sign_every_s=0), stop)
    changing = keys_in(store.folder)
    signatures: list[int] = []

    def signed() -> None:
        store.append("a")
        wait_for(lambda: len(signed_by(store, "a")) > len(signatures))
        signatures.append(signed_by(store, "a")[-1])

    signed()
    for _ in range(3):
        changing.rotate()
        signed()
        changing.retire(ids(changing)[0][1])
        signed()
    stop.set()
    thread.join(60)
    assert signatures == [1, 2, 1, 2, 1, 2, 1]
    assert [each.size for each in store.checkpoints("a")] == list(range(1, 8))
    retired = store.keys.ring().verifiers[0]
    newest = store.rows("SELECT note FROM tally.checkpoints WHERE org = 'a' AND size = 7")[0][0]
    assert retired.key_id not in [key.key_id for key in open_note(newest, _verifiers(store))[1]]
    store.check("a")


def _verifiers(store: SealedStore) -> tuple[VerifierKey, ...]:
    return store.keys.ring().verifiers


def test_keys_of_the_environment_sign_and_cannot_be_changed_here(tmp_path: Path) -> None:
    first, second = SignerKey.generate(NAME), SignerKey.generate(NAME)
    keys = keys_in(tmp_path, f"{first.encode()}\n{second.encode()}\n")
    assert keys.make().signers == (first, second)
    assert not (tmp_path / "signing-keys").exists()
    assert ids(keys_in(tmp_path, second.encode())) == (
        [second.verifier.key_id.hex()],
        [first.verifier.key_id.hex(), second.verifier.key_id.hex()],
    )
    for change in (keys.rotate, lambda: keys.retire(first.verifier.key_id.hex())):
        with pytest.raises(KeysUnusable, match="TALLY_SIGNING_KEYS"):
            change()


def test_a_lost_private_key_is_never_silently_replaced(tmp_path: Path) -> None:
    keys = _made(tmp_path)
    (tmp_path / "signing-keys").unlink()
    with pytest.raises(KeysUnusable, match="put the private keys back"):
        keys_in(tmp_path).make()
    keys.rotate()
    assert len(ids(keys)[0]) == 1
    assert len(ids(keys)[1]) == 2


def test_a_broken_key_file_is_said_without_showing_it(tmp_path: Path) -> None:
    _made(tmp_path)
    private = tmp_path / "signing-keys"
    secret = _lines(private)[0].split("+", 4)[4]  # base64 may hold a plus too
    for content in (secret, f"PRIVATE+KEY+x+00000000+{secret}", "\xff"):
        private.write_text(content, "latin-1")
        with pytest.raises(KeysUnusable) as refusal:
            keys_in(tmp_path).ring()
        assert secret not in str(refusal.value)


def test_a_change_that_was_killed_leaves_the_old_keys(tmp_path: Path) -> None:
    """Killed between the two files: one more public key is listed, and the old one signs."""
    keys = _made(tmp_path)
    before = ids(keys)
    program = (
        "import os, sys; from pathlib import Path; import adapters.signing_keys as k; "
        "kept = k._replace; "
        "k._replace = lambda p, c, m: os._exit(9) if m == k.PRIVATE else kept(p, c, m); "
        "f = Path(sys.argv[1]); "
        "k.SigningKeys('ledger.test', f / 'signing-keys', f / 'verifier-keys').rotate()"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], timeout=300)
    assert done.returncode == 9
    signers, listed = ids(keys_in(tmp_path))
    assert (signers, listed[:1], len(listed)) == (before[0], before[1], 2)
    keys.rotate()
    assert len(ids(keys)[0]) == 2


def test_a_sealer_without_its_keys_signs_nothing_and_goes_on_when_they_are_back(
    store: SealedStore, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()
    with caplog.at_level(logging.ERROR):
        thread = run_in_thread(store.sealer(sign_every_s=0), stop)
        store.append("a")
        wait_for(lambda: bool(store.checkpoints("a")))
        private = store.folder / "signing-keys"
        content = private.read_text()
        private.unlink()
        store.append("a")
        wait_for(lambda: "private key" in caplog.text)
        assert len(store.checkpoints("a")) == 1
        private.write_text(content)
        wait_for(lambda: len(store.checkpoints("a")) == 2)
    stop.set()
    thread.join(60)


def test_a_process_with_other_keys_or_another_name_seals_nothing(
    store: SealedStore, tmp_path: Path
) -> None:
    """It neither signs nor refuses: who has the keys goes on."""
    store.append("a")
    store.seal()
    store.append("a")
    right = store.keys
    for wrong in (
        keys_in(tmp_path / "elsewhere"),
        keys_in(tmp_path / "other", SignerKey.generate(NAME).encode()),
        keys_in(store.folder, name="other.test"),
    ):
        store.keys = wrong
        with pytest.raises(KeysUnusable, match="the same TALLY_NAME"):
            store.seal()
    assert not (tmp_path / "elsewhere").exists()
    store.keys = right
    store.seal()
    store.check("a")


def test_the_command_lists_rotates_and_retires(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLY_NAME", NAME)
    data = ["--data", str(tmp_path)]
    assert cli.invoke(app, ["keys", "rotate", *data]).exit_code == 0
    assert cli.invoke(app, ["keys", "rotate", *data]).exit_code == 0
    (second, first), _ = ids(keys_in(tmp_path))
    shown = cli.invoke(app, ["keys", "list", *data]).output
    assert shown.index(second) < shown.index(first)
    assert "signs too" in shown
    assert "PRIVATE" not in shown
    done = cli.invoke(app, ["keys", "retire", first, *data])
    assert (done.exit_code, "retired" in done.output) == (0, True)
    again = cli.invoke(app, ["keys", "retire", first, *data])
    assert again.exit_code == 2
    assert "no key that signs has the id" in again.stderr
    monkeypatch.setenv("TALLY_NAME", "not a name")
    refused = cli.invoke(app, ["keys", "list", *data])
    assert (refused.exit_code, "TALLY_NAME" in refused.stderr) == (2, True)
