"""The keys and witnesses: whether what signs is there, and is its owner's alone."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from api.container import WitnessFiles, signing_keys
from api.doctor.check import Check, look, right, wrong
from api.settings import Settings
from ledger.kernel.errors import LedgerError
from ledger.proof.witnesses import can_be_listed, witness_name

_SECRET_FILES = ("postgres.secret", "engines.json", "nats/nats.conf")


def examine_keys(settings: Settings) -> Iterator[Check]:
    """Yield the checks of the keys, and of the files that hold secrets."""
    yield _judge_ring(settings)
    private = settings.signing_keys_file or settings.data / "signing-keys"
    for path in (private, *(settings.data / name for name in _SECRET_FILES)):
        if path.is_file():
            yield judge_mode(path)


def _judge_ring(settings: Settings) -> Check:
    try:
        ring = signing_keys(settings).ring()
    except LedgerError as error:
        return wrong("signing keys", error.detail, "Put the keys back as they were.")
    if ring.signers:
        listed = f"{len(ring.signers)} that sign, {len(ring.verifiers)} that verify"
        return right("signing keys", listed)
    if ring.verifiers:
        return wrong(
            "signing keys",
            "there are public keys, and none that signs",
            "Put signing-keys back, or let `tally keys rotate` make a new one.",
        )
    return look("signing keys", "none yet", "The first start makes one: keep a copy of it, secret.")


def judge_mode(path: Path) -> Check:
    """Judge who may read a file with secrets."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return wrong(path.name, f"{path} has mode {mode:o}", f"chmod 600 {path}")
    return right(path.name, f"mode {mode:o}")


def examine_witnesses(settings: Settings) -> Iterator[Check]:
    """Yield whether each witness that can be read can be."""
    if not settings.witnesses:
        yield look(
            "witnesses",
            "none",
            "Name one elsewhere with TALLY_WITNESSES: without, nobody outside can prove anything.",
        )
    for url in settings.witnesses:
        what = f"reading {witness_name(url)}"
        if not can_be_listed(url):
            yield right(what, "it takes deliveries, and cannot be read")
            continue
        try:
            next(iter(WitnessFiles(url)), None)
            yield right(what, "reachable")
        except LedgerError as error:
            yield wrong(what, error.detail, "See that it is there and lets us in.")
