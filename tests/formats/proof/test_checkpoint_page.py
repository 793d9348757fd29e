"""The page on checkpoints tells the truth: its example is computed, and checked by hand."""

from __future__ import annotations

import base64
import hashlib
import json
import re

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.formats.example import BEGIN, END
from tests.formats.example_checkpoint import PAGE, page_part


def example() -> str:
    return PAGE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]


def test_the_example_on_the_page_is_what_the_code_computes() -> None:
    assert example() == page_part(), "run: python -m tests.formats.example_checkpoint"


def test_the_example_is_what_the_page_says() -> None:
    """With SHA-256 and Ed25519 alone, and the rules on the page."""

    def sha256(*parts: bytes) -> bytes:
        return hashlib.sha256(b"".join(parts)).digest()

    tree, keys, note, file = example().split("```")[1::2]
    hashes = [bytes.fromhex(each) for each in re.findall(r"[0-9a-f]{64}", tree)]
    chain_1, leaf_0, chain_2, leaf_1, root, included, added = hashes
    assert (leaf_0, leaf_1) == (sha256(b"\0", chain_1), sha256(b"\0", chain_2))
    assert root == sha256(b"\1", leaf_0, leaf_1)
    assert included == added == leaf_1

    name, key_id, encoded = keys.strip().split("+", 2)
    public = base64.b64decode(encoded)
    assert public[0] == 1
    assert bytes.fromhex(key_id) == sha256(name.encode(), b"\n", public)[:4]

    text, _, signature_line = note.lstrip("\n").rpartition("\n\n")
    origin, size, signed_root, recorded = text.split("\n")
    assert (origin, size, recorded) == ("tallystick/acme", "2", "recorded-us 1769947200000000")
    assert base64.b64decode(signed_root) == root
    dash, signer, signature = signature_line.split()
    assert (dash, signer) == ("\N{EM DASH}", name)
    raw = base64.b64decode(signature)
    assert raw[:4].hex() == key_id
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(raw[4:], f"{text}\n".encode())

    assert json.loads(file) == {"org": "acme", "note": note.lstrip("\n")}
