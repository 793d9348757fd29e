"""The keys that sign checkpoints: a private file, and the list of public keys beside it.

The first private key signs, the others sign too while they are there. A public key is listed before
its private key signs anything, and stays listed: old checkpoints are verified for ever.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from adapters.files import replace_file
from ledger.kernel.errors import NotFound
from ledger.proof.key_ring import KeyRing, KeysUnusable
from ledger.proof.note import BadNote, SignerKey, VerifierKey

PRIVATE, PUBLIC = 0o600, 0o644
_HEADER = "# Private keys of this ledger's checkpoints: the first signs, the others sign too.\n"
_PUBLIC_HEADER = "# Public keys of this ledger's checkpoints, also those that sign no more.\n"


class SigningKeys:
    """Where keys are kept. `given`: the private keys themselves, from the environment."""

    def __init__(self, name: str, private: Path, public: Path, given: str | None = None) -> None:
        self.name = name
        self._private = private
        self._public = public
        self._given = given
        self._seen: tuple[object, object] | None = None
        self._ring = KeyRing((), ())

    def ring(self) -> KeyRing:
        """Return the keys as they are now: read again when a file has changed. Raises
        KeysUnusable."""
        now = (_stamp(self._private), _stamp(self._public))
        if now != self._seen:
            signers = _signers(self._given or _read(self._private), self._where)
            listed = _verifiers(_read(self._public), self._public)
            self._ring = KeyRing(signers, _with(listed, signers))
            self._seen = now
        return self._ring

    def make(self) -> KeyRing:
        """Return the keys; the first one is made when there is none. Raises KeysUnusable."""
        with self._exclusively():
            ring = self.ring()
            if ring.signers:
                self._list(ring)
                return ring
            if ring.verifiers:
                raise KeysUnusable(
                    f"{self._public.name} lists keys, but {self._private.name} has none: put the "
                    "private keys back, or let `tally keys rotate` make a new one."
                )
            return self._add(ring)

    def rotate(self) -> KeyRing:
        """Return a new key becomes the first; those before it sign too until they are retired."""
        self._refuse_given("rotate")
        with self._exclusively():
            return self._add(self.ring())

    def retire(self, key: str) -> KeyRing:
        """Drop a private key, named by its id or by `name+id`; its public key stays listed."""
        self._refuse_given("retire")
        with self._exclusively():
            ring = self.ring()
            wanted = key.replace("/", "+").rpartition("+")[2].lower()
            left = tuple(each for each in ring.signers if each.verifier.key_id.hex() != wanted)
            if len(left) == len(ring.signers):
                raise NotFound(f"no key that signs has the id {key}: `tally keys list` shows them.")
            if not left:
                raise KeysUnusable("the last key cannot be retired: rotate first.")
            return self._write(KeyRing(left, ring.verifiers))

    def learn(self, verifiers: Sequence[VerifierKey]) -> KeyRing:
        """List public keys of this ledger that came from elsewhere, as a backup has them."""
        with self._exclusively():
            ring = self.ring()
            self._list(KeyRing(ring.signers, tuple(dict.fromkeys((*ring.verifiers, *verifiers)))))
            return self.ring()

    def _add(self, ring: KeyRing) -> KeyRing:
        key = SignerKey.generate(self.name)
        signers = (key, *ring.signers)
        return self._write(KeyRing(signers, _with(ring.verifiers, signers)))

    def _write(self, ring: KeyRing) -> KeyRing:
        self._list(ring)
        private = "".join(f"{key.encode()}\n" for key in ring.signers)
        _replace(self._private, _HEADER + private, PRIVATE)
        return self.ring()

    def _list(self, ring: KeyRing) -> None:
        """Public keys first: nothing is ever signed by a key that is not listed."""
        content = _PUBLIC_HEADER + "".join(f"{key}\n" for key in ring.verifiers)
        if _read(self._public) != content:
            _replace(self._public, content, PUBLIC)

    def _refuse_given(self, verb: str) -> None:
        if self._given is not None:
            raise KeysUnusable(
                f"the private keys come from TALLY_SIGNING_KEYS: to {verb}, change them there. "
                "The first one signs, the others sign too."
            )

    @property
    def _where(self) -> str:
        return "TALLY_SIGNING_KEYS" if self._given is not None else self._private.name

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        """Let one process at a time change the files."""
        lock = self._public.with_name(f".{self._public.name}.lock")
        try:
            lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._private.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(lock, os.O_RDWR | os.O_CREAT, PRIVATE)
        except OSError as error:
            raise KeysUnusable(
                f"keys cannot be kept in {lock.parent}: {error.strerror}."
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _signers(text: str, where: str) -> tuple[SignerKey, ...]:
    try:
        return tuple(SignerKey.parse(line) for line in _lines(text))
    except BadNote as error:
        raise KeysUnusable(f"{where}: {error.detail}") from None


def _verifiers(text: str, path: Path) -> tuple[VerifierKey, ...]:
    try:
        return tuple(VerifierKey.parse(line) for line in _lines(text))
    except BadNote as error:
        raise KeysUnusable(f"{path.name}: {error.detail}") from None


def _lines(text: str) -> list[str]:
    """Return keys, one a line; spaces may stand between them too, since no key has one."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return [key for line in lines for key in line.split()]


def _with(
    verifiers: Sequence[VerifierKey], signers: Sequence[SignerKey]
) -> tuple[VerifierKey, ...]:
    return tuple(dict.fromkeys((*verifiers, *(key.verifier for key in signers))))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise KeysUnusable(f"{path} cannot be read: {error}.") from error


def _stamp(path: Path) -> object:
    with suppress(OSError):
        stat = path.stat()
        return stat.st_ino, stat.st_mtime_ns, stat.st_size
    return None


def _replace(path: Path, content: str, mode: int) -> None:
    try:
        replace_file(path, content.encode(), mode)
    except OSError as error:
        raise KeysUnusable(f"{path} cannot be written: {error.strerror}.") from error
