"""Signed notes: a text, and lines that say which keys signed it (C2SP signed-note, Ed25519).

https://c2sp.org/signed-note. The text ends in a newline; an empty line and the signatures follow.
A signature of a key that a reader does not know is passed over, never an error: that is what lets
keys rotate and witnesses add their own.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.kernel.errors import Invalid

ED25519 = b"\x01"
"""The signature type of Ed25519 in key ids and in encoded keys."""

KEY_BYTES = 32
SIGNATURES_MAX = 16
"""More than that on one note is refused, not read."""

NOTE_MAX = 65_536
"""Bytes of a note; a longer one is refused, not read."""

_DASH = "\N{EM DASH} "


class BadNote(Invalid):
    """Not a signed note, or no known key signed it."""

    code = "bad_note"


@dataclass(frozen=True)
class VerifierKey:
    """A public key with its name: what readers are given."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that say which key a signature is of."""
        name = self.name.encode() + b"\n"
        return hashlib.sha256(name + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        encoded = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Return the key written as `name+id+base64`. Raises BadNote."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        decoded = _decoded(encoded)
        if not _is_name(name) or decoded[:1] != ED25519 or len(decoded) != 1 + KEY_BYTES:
            raise BadNote(f"{text!r} is not an Ed25519 verifier key.", field="key")
        key = cls(name, decoded[1:])
        if key.key_id.hex() != key_id:
            raise BadNote(f"{text!r} has the id of another key.", field="key")
        return key

    def has_signed(self, text: str, signature: bytes) -> bool:
        """Tell whether a signature is this key's over a text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, repr=False)
class SignerKey:
    """A private key with its name; never shown."""

    name: str
    private: bytes

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self._key().public_key().public_bytes_raw())

    def sign(self, text: str) -> bytes:
        """Return the signature over a text, 64 bytes."""
        return self._key().sign(text.encode())

    def encode(self) -> str:
        """Return the key as it is kept: `PRIVATE+KEY+name+id+base64`, as Go's note package writes
        it."""
        encoded = base64.b64encode(ED25519 + self.private).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{encoded}"

    @classmethod
    def parse(cls, text: str) -> SignerKey:
        """Return the key from what `encode` wrote. Raises BadNote, which never shows the key."""
        parts = text.strip().split("+", 4)
        decoded = _decoded(parts[4]) if len(parts) == 5 else b""
        if parts[:2] != ["PRIVATE", "KEY"] or len(decoded) != 1 + KEY_BYTES:
            raise BadNote("that is not an Ed25519 signer key.", field="key")
        key = cls(parts[2], decoded[1:])
        if decoded[:1] != ED25519 or key.verifier.key_id.hex() != parts[3]:
            raise BadNote("the signer key has the id of another key.", field="key")
        return key

    @classmethod
    def generate(cls, name: str) -> SignerKey:
        """Return a new key."""
        if not _is_name(name):
            raise BadNote("a key's name is not empty and has no spaces and no plus.", field="name")
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.private)


def sign_note(text: str, signers: Sequence[SignerKey]) -> str:
    """Return a text with the signatures of every key. The text ends in a newline."""
    assert text.endswith("\n")
    lines = [_signature_line(signer, text) for signer in signers]
    return text + "\n" + "".join(lines)


def open_note(note: str | bytes, keys: Iterable[VerifierKey]) -> tuple[str, list[VerifierKey]]:
    """Return the text of a note and the keys of ours that signed it, at least one. Raises
    BadNote."""
    text, signatures = _split_note(note)
    known = {(key.name, key.key_id): key for key in keys}
    signed: list[VerifierKey] = []
    for name, key_id, signature in signatures:
        key = known.get((name, key_id))
        if key is None or key in signed:
            continue
        if not key.has_signed(text, signature):
            raise BadNote(f"the signature of {name} does not fit the note.", field="note")
        signed.append(key)
    if not signed:
        raise BadNote("no key that is known here signed the note.", field="note")
    return text, signed


def _signature_line(signer: SignerKey, text: str) -> str:
    signature = signer.verifier.key_id + signer.sign(text)
    return f"{_DASH}{signer.name} {base64.b64encode(signature).decode()}\n"


def _split_note(note: str | bytes) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    if isinstance(note, bytes):
        try:
            note = note.decode()
        except UnicodeDecodeError:
            raise BadNote("a note is UTF-8.", field="note") from None
    if len(note) > NOTE_MAX:
        raise BadNote(f"a note has at most {NOTE_MAX} characters.", field="note")
    text, separator, tail = note.rpartition("\n\n")
    if not separator or not tail.endswith("\n") or _has_control(note):
        raise BadNote("a note is a text, an empty line and signature lines.", field="note")
    lines = tail[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise BadNote(f"a note has at most {SIGNATURES_MAX} signatures.", field="note")
    return text + "\n", [_parsed_signature(line) for line in lines]


def _parsed_signature(line: str) -> tuple[str, bytes, bytes]:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    decoded = _decoded(encoded)
    if not line.startswith(_DASH) or not _is_name(name) or len(decoded) <= 4:
        raise BadNote("a signature line is a dash, a key's name and base64.", field="note")
    return name, decoded[:4], decoded[4:]


def _decoded(encoded: str) -> bytes:
    """Return canonical base64, or nothing: two spellings of one signature would be two notes."""
    try:
        decoded = base64.b64decode(encoded.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError):
        return b""
    return decoded if base64.b64encode(decoded).decode() == encoded else b""


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(c.isspace() for c in name)


def _has_control(note: str) -> bool:
    return any(ord(c) < 0x20 and c != "\n" for c in note)
