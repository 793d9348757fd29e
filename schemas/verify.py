#!/usr/bin/env python3
"""Verifies an evidence bundle of a Tallystick ledger, offline: verify.py --key VKEY BUNDLE.

With --documents FOLDER the invoices that were made in the period are compared, too: FOLDER has
them as the ledger keeps them, ORG/SHA256.pdf and .xml.

BUNDLE is the folder or the .tar.gz. VKEY is the verifier key of the ledger, which you got by
another road than the bundle; without it the signature is checked with a key that came along.
Needs Python 3.11 and `cryptography`, and nothing of Tallystick: schemas/bundle.md describes what
is checked here. Exits 0: all was checked and is right; 1: something is wrong; 2: not all could be
checked.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import json
import os
import re
import stat
import sys
import tarfile
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    print("Nothing was verified: install cryptography (python -m pip install cryptography).")
    sys.exit(2)

FORMAT = "tallystick bundle v1"
MANIFEST, MANIFEST_NOTE = "manifest.json", "manifest.note"
README, SELF = "README.md", "verify.py"
CHECKPOINT, PLATFORM_CHECKPOINT = "checkpoint.txt", "platform-checkpoint.txt"
PROOFS, NEIGHBOURS, CARDS = "proofs.json", "neighbours.jsonl", "cards.jsonl"
ALWAYS = {README, SELF, CHECKPOINT, PROOFS, NEIGHBOURS, CARDS}
PAGE = re.compile(r"(events|texts)-([0-9]{6})\.jsonl")
PLATFORM, DEFAULT_CARD = "platform", "default"
FIELDS = (
    *("org", "sequence", "stream", "version", "type", "recorded_us", "actor", "idempotency_key"),
    *("body", "hash"),
)
PROVEN = (*FIELDS, "previous", "path")
NUMBERS = ("sequence", "version", "recorded_us")
EVENT_TAG, TEXT_TAG = b"tallystick event v1\n", b"tallystick text v1\n"
GENESIS = bytes(32)
KINDS = {
    "files": "SHA-256 and size of each file; none missing, none added",
    "manifest": "the list of files, README.md and verify.py too, is signed",
    "signatures": "checkpoints signed by the keys that the bundle names",
    "trusted key": "checkpoints signed by a key that you trust",
    "sequences": "events of the range, each once, in order, none missing",
    "hashes": "hash of each event, from its bytes and the hash before it",
    "range": "the events are exactly these leaves of the signed tree",
    "borders": "events just outside the range: the period misses none",
    "times": "recorded in the period, never before the event before",
    "seen": "checkpoints that you have seen elsewhere are of the same history",
    "cards": "rate cards: hash, and place in the signed tree",
    "prices": "what each rated line costs by the card it pins",
    "months": "what each line says was used before it in its month",
    "sums": "counts by type, sums by asset and category",
    "balances": "each movement begins where the wallet's last one ended",
    "zero-sum": "what one side of a movement gives the other receives",
    "texts": "texts that were not erased have the digest in the event",
    "documents": "invoices that you hold have the SHA-256 in the event",
}
FILES_MAX = 20_000
LINE_MAX, SMALL_MAX = 32 << 20, 32 << 20
"""Bytes of one line, and of a file that is read whole: more than any event or manifest has."""

FREE, RATIO = 64 << 20, 40
"""An archive may unpack to `FREE` bytes, or to `RATIO` times its own: events shrink to a tenth."""

READ_MAX = 1 << 20
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError)

Json = dict[str, Any]


class Wrong(Exception):
    """Something that is not as it must be, in words."""


# -- the report ----------------------------------------------------------------------------------


@dataclass
class Check:
    """One kind of check: how much was looked at, what was wrong first, what could not be done."""

    checked: int = 0
    wrong: int = 0
    first: str | None = None
    unchecked: str | None = None

    def find(self, what: str) -> None:
        """Count something wrong."""
        self.wrong += 1
        self.first = self.first or what

    def expect(self, right: object, given: object, what: str) -> None:
        """Compare what was computed with what the bundle says."""
        self.checked += 1
        if right != given:
            self.find(f"{what}: the bundle says {shown(given)}, it is {shown(right)}")

    def skip(self, why: str) -> None:
        """Say why it could not be checked."""
        self.unchecked = self.unchecked or why


class Report:
    """All checks, and what was learned."""

    def __init__(self) -> None:
        self.checks = {kind: Check() for kind in KINDS}
        self.facts: list[str] = []

    def __getitem__(self, kind: str) -> Check:
        return self.checks[kind]

    @property
    def exit_code(self) -> int:
        """0: right. 1: something is wrong. 2: not all could be checked."""
        if any(check.wrong for check in self.checks.values()):
            return 1
        return 2 if any(check.unchecked for check in self.checks.values()) else 0

    def lines(self) -> Iterator[str]:
        """The report as text."""
        yield from self.facts
        yield f"\n{'check':<12} {'checked':>9} {'wrong':>6}  what"
        for kind, check in self.checks.items():
            wrong = check.wrong or ("?" if check.unchecked else 0)
            yield f"{kind:<12} {check.checked:>9,} {wrong:>6}  {KINDS[kind]}"
            if check.first:
                yield f"{'':<30}WRONG: {check.first}"
            if check.unchecked:
                yield f"{'':<30}NOT CHECKED: {check.unchecked}"
        yield (
            "\n"
            + (
                "All was checked and is right.",
                "WRONG: this bundle is not what the ledger recorded and signed.",
                "NOT ALL WAS CHECKED: nothing wrong was found in what was.",
            )[self.exit_code]
        )


def shown(value: object) -> str:
    """A value of the bundle, harmless to a terminal and short."""
    text = ascii(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def at(us: int) -> str:
    """Microseconds since 1970 as RFC 3339."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# -- reading -------------------------------------------------------------------------------------


def refuse(text: str) -> Any:
    """Numbers with a point have no place in a ledger."""
    raise Wrong(f"{shown(text)} is not an integer")


def parsed(text: str | bytes) -> Any:
    """JSON without floats."""
    return json.loads(text, parse_float=refuse, parse_constant=refuse)


def lines_of(path: Path, fields: Sequence[str]) -> Iterator[Json]:
    """Objects of one spelling, one a line: another order, space or repetition would be another
    file that says the same."""
    with plain(path) as file:
        for number, line in enumerate(iter(partial(file.readline, LINE_MAX + 1), b""), 1):
            if len(line) > LINE_MAX:
                raise Wrong(f"line {number} of {path.name} is longer than any can be")
            value = parsed(line)
            again = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            if tuple(value) != tuple(fields) or again != line:
                raise Wrong(f"line {number} of {path.name} is not written as it must be")
            yield value


def unhex(text: str, size: int = 32) -> bytes:
    """Bytes from lower-case hexadecimal."""
    value = bytes.fromhex(text)
    if value.hex() != text or len(value) != size:
        raise Wrong(f"{shown(text)} is not {size} bytes in hexadecimal")
    return value


def natural(value: Any) -> int:
    """An integer from 0 to 2**63 - 1."""
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise Wrong(f"{shown(value)} is not a number that can stand here")
    return value


def plain(path: Path, *, follow: bool = False) -> BufferedReader:
    """A regular file, opened without waiting: a pipe or a device may never come to an end."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags | (0 if follow else getattr(os, "O_NOFOLLOW", 0)))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Wrong(f"{shown(path.name)} is no regular file")
    return os.fdopen(handle, "rb")


def small(path: Path, *, follow: bool = False) -> bytes:
    """The content of a file that is read whole."""
    with plain(path, follow=follow) as file:
        content = file.read(SMALL_MAX + 1)
    if len(content) > SMALL_MAX:
        raise Wrong(f"{shown(path.name)} is larger than any such file can be")
    return content


class Bounded:
    """What an archive unpacks to, up to a number of bytes, and never much of it at once."""

    def __init__(self, file: gzip.GzipFile, limit: int) -> None:
        self._file, self._limit = file, limit

    def read(self, size: int = -1) -> bytes:
        """Some bytes."""
        if size < 0 or size > READ_MAX or self.tell() + size > self._limit:
            raise Wrong("the archive unpacks to more than a bundle of its size can be")
        return self._file.read(size)

    def seek(self, place: int) -> int:
        """Go on to a place."""
        if place > self._limit:
            raise Wrong("the archive unpacks to more than a bundle of its size can be")
        return self._file.seek(place)

    def tell(self) -> int:
        """The place."""
        return self._file.tell()


@contextmanager
def opened(bundle: Path) -> Iterator[Path]:
    """The folder of a bundle; an archive is unpacked for as long as it is needed."""
    if bundle.is_dir():
        yield bundle
        return
    with tempfile.TemporaryDirectory(prefix="tally-verify-") as folder:
        with plain(bundle, follow=True) as packed, gzip.GzipFile(fileobj=packed) as unpacked:
            limit = FREE + RATIO * os.fstat(packed.fileno()).st_size
            file: Any = Bounded(unpacked, limit)  # no more of a file than tarfile asks for
            with tarfile.open(fileobj=file, mode="r:") as archive:
                for count, member in enumerate(archive):
                    if count > FILES_MAX:
                        raise Wrong(f"the archive holds more than {FILES_MAX:,} files")
                    if not member.isdir():
                        unpack(archive, member, Path(folder))
            while file.read(READ_MAX):
                pass  # to the checksum at its end
        yield Path(folder)


def unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Only plain files of one folder, each once: nothing is written anywhere else."""
    name = member.name.removeprefix("./").rpartition("/")[2]
    is_plain = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and member.sparse is None
    content = archive.extractfile(member) if is_plain else None
    is_name = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name)
    if content is None or not is_name or (folder / name).exists():
        raise Wrong(f"the archive holds {shown(member.name)}, which is no file of a bundle")
    with content, (folder / name).open("xb") as file:
        while part := content.read(READ_MAX):
            file.write(part)


# -- signed checkpoints (C2SP signed-note, tlog-checkpoint) --------------------------------------


@dataclass(frozen=True)
class Key:
    """A verifier key, `name+id+base64`."""

    name: str
    id: bytes
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Key:
        """The key of its text."""
        try:
            name, key_id, encoded = text.strip().split("+", 2)
            decoded = base64.b64decode(encoded, validate=True)
        except ValueError:
            raise Wrong(f"{shown(text)} is not a verifier key") from None
        digest = hashlib.sha256(name.encode() + b"\n" + decoded).digest()[:4]
        if decoded[:1] != b"\x01" or len(decoded) != 33 or digest.hex() != key_id:
            raise Wrong(f"{shown(text)} is not an Ed25519 verifier key")
        return cls(name, digest, decoded[1:])

    def has_signed(self, text: bytes, signature: bytes) -> bool:
        """Whether the signature is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Note:
    """A signed checkpoint: the log, its size, root, the recorded time of its last event."""

    origin: str
    size: int
    root: bytes
    recorded_us: int
    text: bytes
    signatures: tuple[tuple[str, bytes], ...]

    @classmethod
    def parse(cls, note: bytes) -> Note:
        """The checkpoint of a note, whoever signed it."""
        signed, signatures = signed_note(note)
        text = signed.decode().removesuffix("\n")
        origin, size, root, recorded, *more = text.split("\n")
        again = f"{origin}\n{int(size)}\n{root}\nrecorded-us {int(recorded[12:])}"
        if more:  # where the access log of the org ends: nothing of a bundle hangs on it
            (access,) = more
            word, sequence, digest = access.split(" ")
            again += f"\n{word} {int(sequence)} {digest}"
            if word != "access" or len(base64.b64decode(digest, validate=True)) != 32:
                raise Wrong("a checkpoint is not written as it must be")
        decoded = base64.b64decode(root, validate=True)
        canonical = again == text and base64.b64encode(decoded).decode() == root
        if not canonical or len(decoded) != 32:
            raise Wrong("a checkpoint is not written as it must be")
        return cls(origin, int(size), decoded, int(recorded[12:]), signed, tuple(signatures))

    def signers(self, keys: Iterable[Key]) -> set[Key]:
        """Which of the keys signed it."""
        return signers_of(self.text, self.signatures, keys)


def signed_note(note: bytes) -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
    """The text of a note, whoever signed it, and its signatures by name."""
    text, separator, tail = note.decode().rpartition("\n\n")
    signatures = []
    for line in tail.removesuffix("\n").split("\n"):
        dash, name, encoded = line.split(" ")
        decoded = base64.b64decode(encoded, validate=True)
        if dash != "—" or base64.b64encode(decoded).decode() != encoded:
            raise Wrong("a signature line is not written as it must be")
        signatures.append((name, decoded))
    if not separator or not tail.endswith("\n"):
        raise Wrong("a note is not written as it must be")
    return (text + "\n").encode(), tuple(signatures)


def signers_of(
    text: bytes, signatures: Iterable[tuple[str, bytes]], keys: Iterable[Key]
) -> set[Key]:
    """Which of the keys signed a text. A signature in the name of one must fit."""
    given, found = list(signatures), set()
    for key in keys:
        for name, signature in given:
            if (name, signature[:4]) != (key.name, key.id):
                continue
            if not key.has_signed(text, signature[4:]):
                raise Wrong(f"the signature of {shown(name)} does not fit what it stands under")
            found.add(key)
    return found


# -- Merkle trees (RFC 6962) ---------------------------------------------------------------------


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two below a size."""
    return 1 << ((size - 1).bit_length() - 1)


class Tree:
    """A growing tree as the roots of the complete subtrees it consists of, largest first."""

    def __init__(self, size: int, roots: Sequence[bytes]) -> None:
        if len(roots) != size.bit_count():
            raise Wrong("the range proof has not the nodes to the left that it must have")
        self.size, self.roots = size, list(roots)

    def add(self, leaf: bytes) -> None:
        """Add the hash of a leaf."""
        size = self.size
        while size & 1:
            leaf, size = node_hash(self.roots.pop(), leaf), size >> 1
        self.roots.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root at this size."""
        if not self.roots:
            return hashlib.sha256(b"").digest()
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = node_hash(left, root)
        return root

    def root_within(self, size: int, right: Sequence[bytes]) -> bytes:
        """The root of the tree of that size which begins with this one, `right` being the rest."""
        if size == self.size and not right:
            return self.root()
        roots, rest = iter(self.roots), iter(right)

        def fold(low: int, high: int) -> bytes:
            if low >= self.size:
                return next(rest)
            if high <= self.size:
                return next(roots)
            middle = low + split(high - low)
            return node_hash(fold(low, middle), fold(middle, high))

        try:
            root = fold(0, size)
        except StopIteration:
            raise Wrong("the range proof has too few nodes to the right") from None
        if next(rest, None) is not None or size == self.size:
            raise Wrong("the range proof has too many nodes to the right")
        return root


def root_of_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 9162 2.1.3.2)."""
    node, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise Wrong("an inclusion proof is too long")
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise Wrong("an inclusion proof is too short")
    return root


# -- events (schemas/chain.md) -------------------------------------------------------------------


def event_hash(event: Json, previous: bytes) -> bytes:
    """The chain hash of an event: over its nine fields as stored, and the hash before it."""
    values = [str(event[name]).encode() for name in FIELDS[:8]]
    values.append(base64.b64decode(event["body"], validate=True))
    fields = b"".join(len(value).to_bytes(4, "big") + value for value in values)
    return hashlib.sha256(EVENT_TAG + fields + previous).digest()


def check_form(event: Json) -> None:
    """Numbers are integers and the rest is text: nothing else has one spelling."""
    for name in FIELDS:
        if name in NUMBERS:
            natural(event[name])
        elif not isinstance(event[name], str):
            raise Wrong(f"{name} of an event is not a text")


def proven(event: Json, org: str, note: Note) -> None:
    """Check an event that comes with the hash before it and an inclusion proof."""
    check_form(event)
    digest = event_hash(event, unhex(event["previous"]))
    name = f"event {event['sequence']} of {shown(event['org'])}"
    if event["org"] != org or digest.hex() != event["hash"]:
        raise Wrong(f"{name} has not the hash of its content")
    check_included(event["sequence"], digest, event["path"], note, name)


def check_included(sequence: int, digest: bytes, path: Any, note: Note, name: str) -> None:
    """Check that a hash stands at its place in the tree of a checkpoint."""
    if not 0 < sequence <= note.size:
        raise Wrong(f"{name} is not in a tree of {note.size}")
    nodes = [unhex(node) for node in path]
    if root_of_path(leaf_hash(digest), sequence - 1, note.size, nodes) != note.root:
        raise Wrong(f"{name} is not in the tree that was signed")


def usage_lines(body: Json) -> list[Json]:
    """The usage lines of an event: of a command, or of a captured hold."""
    lines = body.get("lines", [body["line"]] if "line" in body else [])
    return [line for line in lines if isinstance(line, dict) and "balance_after" in line]


TEXT_OF = {
    "ordering.OrderPlaced": "contact",
    "ordering.OrderImported": "contact",
    "customers.CustomerProfileSet": "profile",
    "customers.CustomerAddressSet": "text",
}
"""Which field of an event is the digest of an erasable text."""


def digests_of(event: Json, body: Json) -> set[str]:
    """The digests of erasable texts that an event holds."""
    digests = {parsed(event["actor"]).get("origin"), body.get("reason")}
    digests |= {line.get("metadata") for line in usage_lines(body)}
    if event["type"] == "invoices.PayerDetailsSet":
        digests.add(body["payer"].get("address"))
    if event["type"] == "stored_value.GiftCardIssued":
        digests.add(body["card"].get("note"))
    if event["type"] in TEXT_OF:
        digests.add(body.get(TEXT_OF[event["type"]]))
    return {digest for digest in digests if digest is not None}


# -- money ---------------------------------------------------------------------------------------


def total(parts: Iterable[Json]) -> int:
    """The sum of slices or lots."""
    return sum(part["amount"] for part in parts)


Movement = tuple[str, int, int]
"""Category, signed amount, balance after."""


def expiries(body: Json, lots: list[Json]) -> list[Movement]:
    """One movement for each lot that ended, the last of which leaves the balance of the event."""
    balance = body.get("balance_after", 0) + total(lots)
    found = []
    for lot in lots:
        balance -= lot["amount"]
        found.append(("expiry", -lot["amount"], balance))
    return found


def used(line: Json) -> Movement:
    return "usage", -line["amount"], line["balance_after"]


def one(category: str, amount: Callable[[Json], int]) -> Callable[[Json], list[Movement]]:
    """An event of one movement."""
    return lambda body: [(category, amount(body), body["balance_after"])]


def reversed_usage(body: Json) -> list[Movement]:
    after = body["balance_after"]
    expired = body.get("expired", [])
    last = body | {"balance_after": after - total(expired)}
    return [("reversal", body["amount"], after), *expiries(last, expired)]


def restored(body: Json) -> list[Movement]:
    after = body["balance_after"]
    expired = body.get("expired", [])
    last = body | {"balance_after": after - total(expired)}
    return [(body["cause"], body["amount"], after), *expiries(last, expired)]


MOVEMENTS: dict[str, Callable[[Json], list[Movement]]] = {
    "credits.CreditsDeposited": one("deposit", lambda body: body["lot"]["amount"]),
    "credits.CreditsGranted": one("grant", lambda body: body["lot"]["amount"]),
    "credits.CreditsAdjusted": one("adjustment", lambda body: body["lot"]["amount"]),
    "credits.CreditsConverted": one("conversion", lambda body: body["lot"]["amount"]),
    "credits.MoneyConverted": one("conversion", lambda body: -total(body["lots"])),
    "credits.CreditsWithdrawn": one(
        "adjustment", lambda body: body.get("forgiven", 0) - total(body["lots"])
    ),
    "credits.CreditsSent": one("transfer", lambda body: -total(body["lots"])),
    "credits.CreditsReceived": one("transfer", lambda body: total(body["lots"])),
    "credits.CreditReversed": one("reversal", lambda body: -body["amount"]),
    "credits.UsageReversed": reversed_usage,
    "credits.CreditsRefunded": one("refund", lambda body: -body["part"]["amount"]),
    "credits.CreditsTakenBack": lambda body: [
        (body["cause"], -body["amount"], body["balance_after"])
    ],
    "credits.CreditsRestored": restored,
    "credits.DebtInvoiced": one("overage", lambda body: body["amount"]),
    "credits.DebtRestored": one("overage", lambda body: -body["amount"]),
    "credits.UsageRecorded": lambda body: [used(line) for line in body["lines"]],
    "credits.LapsedHoldCaptured": lambda body: [used(body["line"])],
    "credits.HoldCaptured": lambda body: [
        used(body["line"]),
        *expiries(body, body["returned"].get("expired", [])),
    ],
    "credits.HoldReleased": lambda body: expiries(body, body["returned"].get("expired", [])),
    "credits.HoldExpired": lambda body: expiries(body, body["returned"].get("expired", [])),
    "credits.LotsExpired": lambda body: expiries(body, body["lots"]),
}
MOVE_NOTHING = {
    *("credits.WalletOpened", "credits.CreditsTookEffect", "credits.HoldPlaced"),
    *("credits.HoldExtended", "credits.WalletSuspended", "credits.WalletResumed"),
    *("credits.CreditsSetAside", "credits.CreditsPutBack", "credits.CreditsUnlocked"),
    *("credits.AlertRaised", "credits.CapBookOpened", "credits.CapsSet"),
    *("credits.AllowanceOpened", "credits.AllowanceSet", "credits.AllowancesGranted"),
    *("rating.RateCardOpened", "rating.RateCardPublished", "rating.RateCardVersionWithdrawn"),
    *(
        "audit.PersonErased",
        "tenancy.OrgOpened",
        "tenancy.OrgRegistered",
        "tenancy.OrgMoved",
        "tenancy.BillingModeChanged",
    ),
    *("tenancy.ApiKeyIssued", "tenancy.ApiKeyRevoked", "tenancy.ApiKeyRotated"),
    *("tenancy.RoleBookOpened", "tenancy.RolesChanged"),
    *("catalogue.ItemTypeOpened", "catalogue.ItemTypePublished", "catalogue.CategoryCreated"),
    *("catalogue.CategoryDescribed", "catalogue.ChildrenCounted", "catalogue.CategoryArchived"),
    *("catalogue.ItemCreated", "catalogue.ItemDescribed", "catalogue.VariantsDefined"),
    *("catalogue.ItemPublished", "catalogue.ItemArchived"),
    *("webhooks.WebhookBookOpened", "webhooks.WebhookAdded", "webhooks.WebhookChanged"),
    *("webhooks.WebhookDisabled", "webhooks.SecretRotated", "webhooks.CallAsked"),
    "webhooks.WebhookRemoved",
    *("pricing.PricesOpened", "pricing.PricesPublished", "pricing.ModifierBookOpened"),
    *("pricing.ModifierSet", "pricing.ModifierRemoved", "pricing.PricingPolicyOpened"),
    *("pricing.PricingPolicySet", "pricing.ShippingBookOpened", "pricing.ShippingMethodSet"),
    "pricing.ShippingMethodRemoved",
    *("promotions.PromotionBookOpened", "promotions.PromotionPublished"),
    *("promotions.PromotionPaused", "promotions.PromotionResumed", "promotions.PromotionEnded"),
    *("promotions.PromotionRedeemed", "promotions.RedemptionReleased"),
    *("promotions.RedemptionOpened", "promotions.OrderRedeemed", "promotions.OrderReleased"),
    *("promotions.CustomerOpened", "promotions.CustomerRedeemed", "promotions.CustomerReleased"),
    *("ordering.OrderPlaced", "ordering.OrderConfirmed", "ordering.OrderCancelled"),
    *("ordering.OrderPaymentBegun", "ordering.OrderPageOpened", "ordering.OrderPaid"),
    *("ordering.StrayMoneyCame", "ordering.OrderPaymentFailed", "ordering.OrderPaymentExpired"),
    *("ordering.OrderPaymentEnded", "ordering.OrderDisputed", "ordering.OrderRefundRequested"),
    *("ordering.OrderRefundFound", "ordering.OrderRefundPaid", "ordering.OrderRefundFailed"),
    "ordering.OrderFeeRecorded",
    *("ordering.CheckoutOpened", "ordering.CartClaimed", "ordering.CartFreed"),
    *("ordering.CartBought", "ordering.OrderProgressed"),
    *("ordering.OrderValueReturned", "ordering.OrderEdited"),
    *("ordering.OrderPaymentAuthorised", "ordering.StrayAuthorised"),
    *("ordering.OrderCaptureRequested", "ordering.OrderVoidRequested"),
    *("ordering.OrderPaymentVoided", "ordering.OrderLessened", "ordering.OrderCaptureRefused"),
    *("ordering.OrderPolicyOpened", "ordering.OrderPolicySet"),
    *("ordering.OrderExchangeBegun", "ordering.OrderExchangeEnded"),
    *("ordering.OrderExchangeReturned", "returns.ReturnExchanged", "returns.ReturnReopened"),
    *("access.DownloadUsed", "access.GrantExpired"),
    *("access.GrantGiven", "access.GrantLessened"),
    *("access.GrantRestored", "access.GrantRevoked"),
    *("appointments.AppointmentBooked", "appointments.AppointmentFreed"),
    *("appointments.AppointmentHeld", "appointments.AppointmentMoved"),
    *("appointments.CalendarDayOpened", "appointments.CalendarOpened"),
    *("appointments.CalendarSet", "appointments.SlotFreed"),
    *("appointments.SlotTaken", "appointments.SlotWithdrawn"),
    *("appointments.SlotsPublished", "catalogue.BenefitBookOpened"),
    *("internal_transfers.InternalTransferRequested", "internal_transfers.InternalTransferSent"),
    *("internal_transfers.InternalTransferReceived", "internal_transfers.InternalTransferRefused"),
    "internal_transfers.InternalTransferWithdrawn",
    *("catalogue.BenefitDefined", "customers.CustomerAddressRemoved"),
    *("customers.CustomerAddressSet", "customers.CustomerMet"),
    *("customers.CustomerProfileSet", "ordering.CartsAbandoned"),
    *("ordering.OrderImported",),
    *("fulfilment.FulfilmentOpened", "fulfilment.ShipmentCreated", "fulfilment.ShipmentShipped"),
    *("fulfilment.ShipmentDelivered", "fulfilment.ShipmentCancelled", "fulfilment.GoodsWithdrawn"),
    *("returns.ReturnsOpened", "returns.ReturnRequested", "returns.ReturnReceived"),
    *("returns.ReturnRefunded", "returns.ReturnCancelled"),
    *("purchases.OfferBookOpened", "purchases.OffersPublished"),
    *("purchases.PolicyOpened", "purchases.PolicySet"),
    *("purchases.PurchaseStarted", "purchases.CheckoutOpened", "purchases.PurchasePaid"),
    *("purchases.PurchaseFailed", "purchases.PurchaseExpired", "purchases.NoticeKept"),
    *("purchases.PurchaseFlagged", "purchases.ReviewClosed"),
    *("purchases.RefundRequested", "purchases.RefundFound", "purchases.RefundPaid"),
    *("purchases.RefundFailed", "purchases.DisputeOpened", "purchases.DisputeEvidenceSent"),
    *("purchases.DisputeEvidenceTaken", "purchases.DisputeWon", "purchases.DisputeLost"),
    *("purchases.ProcessingFeeRecorded", "purchases.ProviderAccountOpened"),
    *("purchases.PayoutRecorded", "purchases.AccountFeeRecorded"),
    *("purchases.BuyerOpened", "purchases.PurchaseCounted", "purchases.RechargeOpened"),
    *("purchases.RechargeRuleSet", "purchases.RechargeRuleRemoved", "purchases.RechargePaid"),
    *("purchases.RechargeTriggered", "purchases.RechargeDeclined", "purchases.RechargeWaitOver"),
    *("purchases.RechargeLimitReached", "purchases.RechargeStopped", "credits.RechargeLevelSet"),
    "credits.CreditLineSet",
    *("subscriptions.PlanBookOpened", "subscriptions.PlanPublished"),
    *("subscriptions.CouponBookOpened", "subscriptions.CouponPublished"),
    *("subscriptions.CouponRedeemed", "subscriptions.RedemptionGivenBack"),
    *("subscriptions.CouponApplied", "subscriptions.CouponReturned"),
    *("subscriptions.PolicyOpened", "subscriptions.PolicySet", "subscriptions.ChangePaid"),
    *("subscriptions.SubscriberOpened", "subscriptions.SubscriptionStarted"),
    *("subscriptions.TrialEndAnnounced", "subscriptions.TrialEnded"),
    *("subscriptions.PeriodOpened", "subscriptions.PeriodPaid", "subscriptions.PaymentDue"),
    *("subscriptions.ChargeAsked", "subscriptions.PaymentFailed", "subscriptions.PlanChanged"),
    *("subscriptions.PlanChangeScheduled", "subscriptions.CancellationScheduled"),
    *(
        "subscriptions.CancellationWithdrawn",
        "subscriptions.MethodChanged",
        "subscriptions.MirrorRead",
    ),
    *("subscriptions.WentPastDue", "subscriptions.SubscriptionEnded"),
    *("subscriptions.PauseScheduled", "subscriptions.SubscriptionPaused"),
    *("subscriptions.OveragePaid", "subscriptions.ReminderDue", "subscriptions.ReminderSent"),
    *("subscriptions.HalfOfLimitReached", "subscriptions.InterimReached"),
    *("subscriptions.InterimOver", "subscriptions.OverageDrafted", "subscriptions.OverageLeft"),
    *("inventory.LocationBookOpened", "inventory.LocationSet", "inventory.StockOpened"),
    *("ordering.OrderEvidenceSent", "ordering.OrderEvidenceTaken"),
    *("inventory.CostCurrencySet", "inventory.UnitCostSet"),
    *("inventory.OversellSet", "inventory.StockReceived", "inventory.StockReserved"),
    *("inventory.ReservationConfirmed", "inventory.ReservationReleased"),
    *("inventory.ReservationExpired", "inventory.StockShipped", "inventory.StockReturned"),
    *("inventory.StockAdjusted", "inventory.StockTransferred"),
    *("stored_value.GiftCardIssued", "stored_value.StoreCreditOpened"),
    *("stored_value.ValueAdjusted", "stored_value.GiftCardDisabled"),
    *("stored_value.GiftCardEnabled", "stored_value.ValueClaimed", "stored_value.ClaimSettled"),
    *("stored_value.ClaimReleased", "stored_value.ClaimExpired", "stored_value.ValueGivenBack"),
    *("stored_value.ValueExpired", "stored_value.OrderSettled", "stored_value.OrderGivenBack"),
    *("invoices.SettingsBookOpened", "invoices.InvoiceSettingsSet"),
    *("invoices.TaxBookOpened", "invoices.TaxRatesPublished"),
    *("invoices.PayerDetailsOpened", "invoices.PayerDetailsSet"),
    *("invoices.NumberBookOpened", "invoices.NumberTaken"),
    *("invoices.InvoiceDrafted", "invoices.DraftChanged", "invoices.InvoiceIssued"),
    *("invoices.PaymentApplied", "invoices.InvoicePaid", "invoices.CreditNoteIssued"),
    *("invoices.PaymentRefunded", "invoices.PaymentRefundFailed", "invoices.PaymentDisputed"),
    *("invoices.PaymentDisputeWon", "invoices.PaymentDisputeLost", "invoices.PaymentFeeRecorded"),
    *("invoices.InvoiceVoided", "invoices.InvoiceWrittenOff"),
    *("invoices.StatementAsked", "invoices.StatementKept", "invoices.StatementSent"),
    "invoices.StatementsAsked",
    *("invoices.DocumentKept", "invoices.DocumentSendAsked", "invoices.InvoiceSent"),
}


def sides(body: Json, kind: str) -> Iterator[tuple[int, int]]:
    """The two sides of what an event moves, each as its own fields say it."""
    for line in usage_lines(body):
        yield line["amount"], total(line.get("lots", [])) + line.get("debt", 0)
    if kind == "credits.HoldCaptured":
        paid = total(body["held"]) + total(body.get("extra", []))
        yield total(body["line"].get("lots", [])), paid
    if kind == "credits.HoldExpired":
        yield total(body["hold"]["lots"]), total(body["returned"].get("lots", []))
    if kind == "credits.UsageReversed":
        back = total(body.get("restored", [])) + total(filter(None, [body.get("adjustment")]))
        yield body["amount"], back + body.get("cancelled", 0)
        yield back, total(body.get("lots", []))
    if kind == "credits.CreditReversed":
        yield body["amount"], total(body.get("withdrawn", [])) + body.get("debt", 0)
    if kind == "credits.CreditsTakenBack":
        yield body["amount"], total(body.get("lots", [])) + body.get("debt", 0)
    if kind == "credits.CreditsRestored":
        yield body["amount"], total(body.get("restored", [])) + body.get("cancelled", 0)
    if kind == "credits.MoneyConverted":  # a cent is ten credits
        yield body["credits"], total(body["lots"]) * 10_000_000


ARRIVES = {
    "credits.CreditsSent": "credits.CreditsReceived",
    "credits.MoneyConverted": "credits.CreditsConverted",
}
"""What leaves one wallet arrives in another, by one of the next events."""


class Books:
    """Adds up what events move, and follows each wallet through the range."""

    def __init__(self, report: Report, *, whole: bool) -> None:
        self._report = report
        self._whole = whole
        self._cut = set() if whole else set(ARRIVES.values())
        self._balances: dict[str, int] = {}
        self._moving: dict[str, int] = {}
        self.types: Counter[str] = Counter()
        self.sums: dict[str, dict[str, Json]] = {}

    def see(self, event: Json, body: Json) -> None:
        """Take in an event."""
        kind, name = event["type"], f"event {event['sequence']}"
        self.types[kind] += 1
        if kind in MOVE_NOTHING:
            return
        if kind not in MOVEMENTS or body.get("class_version", 1) != 1:
            self._report["sums"].skip(f"{name} is of a kind not known here: {shown(kind)}")
            return
        for number, (left, right) in enumerate(sides(body, kind)):
            self._report["zero-sum"].expect(left, right, f"side {number} of {name}")
        self._see_arrival(kind, body, name)
        stream = event["stream"]
        asset = stream.split("/", 2)[1]
        for movement in MOVEMENTS[kind](body):
            self._add(stream, asset, movement, name)

    def _add(self, stream: str, asset: str, movement: Movement, name: str) -> None:
        category, amount, after = movement
        if stream in self._balances or self._whole:
            right = self._balances.get(stream, 0) + amount
            self._report["balances"].expect(right, after, f"balance after {name}")
        self._balances[stream] = after
        sums = self.sums.setdefault(asset, {})
        row = sums.setdefault(category, {"transactions": 0, "amount": 0})
        row["transactions"] += 1
        row["amount"] += amount

    def _see_arrival(self, kind: str, body: Json, name: str) -> None:
        """What was sent in the event before the range is not known: one arrival of each kind may
        stand at its beginning without it."""
        check = self._report["zero-sum"]
        if kind in ARRIVES:
            sent = body["credits"] if "credits" in body else total(body["lots"])
            self._moving[ARRIVES[kind]] = sent
        elif kind in ARRIVES.values():
            came = total(body["lots"] if "lots" in body else [body["lot"]])
            if kind in self._moving or kind not in self._cut:
                check.expect(self._moving.pop(kind, None), came, f"what arrives with {name}")
            self._cut.discard(kind)


# -- prices --------------------------------------------------------------------------------------


class Cards:
    """Pinned versions of rate cards, and what lines cost by them."""

    def __init__(self) -> None:
        self.versions: dict[tuple[str, int], Json] = {}
        self._offered: dict[tuple[Any, ...], list[Json]] = {}

    def add(self, event: Json) -> None:
        """Take in the event that published a version."""
        body = parsed(base64.b64decode(event["body"], validate=True))
        if event["type"] != "rating.RateCardPublished" or event["stream"] != "rate-card":
            raise Wrong(f"event {event['sequence']} does not publish a rate card")
        place = (event["org"], body["card_version"])
        if place in self.versions:
            raise Wrong(f"version {place[1]} of the card of {shown(place[0])} stands twice")
        self.versions[place] = body

    def price(self, line: Json, org: str) -> list[tuple[Json, int]]:
        """Price a line again, after what it says was used before it; the prices that count over a
        month, with the units they count. Raises Wrong when it costs something else."""
        rate = line["rate"]
        if rate["card"] not in (org, DEFAULT_CARD):
            raise Wrong(f"pins the card of {shown(rate['card'])}")
        owner = PLATFORM if rate["card"] == DEFAULT_CARD else org
        version = self.versions.get((owner, rate["version"]))
        if version is None:
            raise Wrong(f"pins version {shown(rate['version'])}, which is not in the bundle")
        occurred_us = line["occurred_us"]
        if occurred_us < natural(version.get("effective_us", 0)):
            raise Wrong(f"pins version {rate['version']}, which begins later")
        asked = (owner, rate["version"], line.get("provider"), line["model"])
        if asked not in self._offered:
            self._offered[asked] = offered_to(*asked[2:], version)
        quantities = line.get("quantities", {})
        used = rate.get("used_before", {})
        amount, units, counted = price_line(
            self._offered[asked], quantities, occurred_us, version, used
        )
        if used.keys() != {price["meter"] for price, _ in counted}:
            raise Wrong("says what was used before of other meters than are counted")
        if (amount, units) != (line["amount"], rate["unit_prices"]):
            raise Wrong(f"costs {amount} by the card it pins, {shown(line['amount'])} was charged")
        return counted


def offered_to(provider: str | None, model: str, version: Json) -> list[Json]:
    """The prices that a line means: its provider's if that sells the model, else anybody's."""
    prices, names = version["prices"], version.get("names", [])
    sold = dict.fromkeys((lowered(price.get("provider")), price["model"]) for price in prices)
    known = {each for each, _ in sold} | {lowered(name.get("provider")) for name in names}
    provider = lowered(provider)
    if provider not in known:
        others = version.get("providers", [])
        called = (each["provider"] for each in others if is_like(each, provider or ""))
        provider = lowered(next(called, None))
    for of in dict.fromkeys([provider, None]):
        named = [
            (is_pattern(name["name"]), (lowered(name.get("seller", of)), name.get("model")))
            for name in names
            if lowered(name.get("provider")) == of and is_like(name, model)
        ]
        mine = [place for place in sold if place[0] == of and place[1].lower() == model.lower()]
        found = [
            *(place for place in mine if place[1] == model),
            *(place for wild, place in named if not wild),
            *mine,
            *(place for wild, place in named if wild),
        ]
        if found:
            meant = [p for p in prices if (lowered(p.get("provider")), p["model"]) == found[0]]
            is_another_s = of is None and provider and found[0][0] not in (None, provider)
            if is_another_s or not meant:
                break
            return meant
    raise Wrong(f"has no price for {shown(model)}")


def is_pattern(name: str) -> bool:
    """Whether a name stands for more than itself."""
    return "*" in name or "#" in name


def lowered(text: str | None) -> str | None:
    """A provider as it is compared."""
    return None if text is None else text.lower()


def is_like(name: Json, text: str) -> bool:
    """Whether a name's pattern fits: `*` is any text, `#` any digit, the case of letters is none's
    business; what it excludes does not."""
    patterns = (name["name"], *name.get("excluding", []))
    fits = [
        re.fullmatch(
            re.escape(pattern.lower()).replace(r"\*", ".*").replace(r"\#", "[0-9]"),
            text.lower(),
            re.DOTALL,
        )
        for pattern in patterns
    ]
    return bool(fits[0]) and not any(fits[1:])


class Months:
    """What was used of each meter that a price counts over a month, followed line by line."""

    def __init__(self, check: Check, *, whole: bool) -> None:
        self._check, self._whole = check, whole
        self._used: dict[tuple[str, ...], int] = {}

    def count(self, event: Json, line: Json, counted: list[tuple[Json, int]], name: str) -> None:
        """Add a line; the first one of each counter is believed unless nothing is before it."""
        at_us = natural(line["occurred_us"])
        month = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)).strftime("%Y-%m")
        payer = event["stream"].split("/", 2)[2]
        for price, units in counted:
            meter, said = price["meter"], natural(line["rate"]["used_before"][price["meter"]])
            whose = "" if price.get("tier_over") == "org" else payer
            key = (whose, lowered(price.get("provider")) or "", price["model"], meter, month)
            before = self._used.get(key, 0 if self._whole else said)
            self._check.expect(before, said, f"{shown(meter)} used before {name} in {month}")
            self._used[key] = before + units


def price_line(
    offered: list[Json],
    quantities: dict[str, int],
    occurred_us: int,
    version: Json,
    used: dict[str, int],
) -> tuple[int, Json, list[tuple[Json, int]]]:
    """The amount in microcredits, rounded half-even, the unit price of each meter, and what counts
    over a month.

    Prices are attodollars (10**-18 USD): a microcredit is 10**9 of them. What was `used` before in
    the month stands in the sum, and is taken off after rounding.
    """
    rule = version.get("rule", 1)
    if rule not in (1, 2):
        raise Wrong(f"is priced by the rule {shown(rule)}, which is not known here")
    prices = applying(offered, quantities.get("input_tokens", 0), occurred_us)
    assumed = {meter: price["assumed"] for meter, price in prices.items() if "assumed" in price}
    quantities = {**assumed, **quantities}
    billed = (charged_for if rule == 2 else charged_for_two)(quantities, prices)
    before = exact = 0
    units, counted = {}, []
    for meter, quantity in billed.items():
        if quantity:
            if meter not in prices:
                raise Wrong(f"has no price for {shown(meter)} of {shown(offered[0]['model'])}")
            price, start = prices[meter], 0
            if price.get("tier_scope") == "month":
                counted.append((price, quantity))
                start = natural(used.get(meter, 0))
            charge, units[meter], below = charged(price, quantity, start)
            exact, before = exact + charge, before + below
    bps = 10_000 + version.get("margin_bps", 0)
    amount = rounded((before + exact) * bps) - rounded(before * bps)
    return max(version.get("minimum", 0), amount), units, counted


def rounded(attodollar_bps: int) -> int:
    """Microcredits, half-even, of ten-thousandths of attodollars."""
    unit = 10**9 * 10_000
    amount, rest = divmod(attodollar_bps, unit)
    return amount + (2 * rest > unit or (2 * rest == unit and amount % 2 == 1))


def traits(meter: str) -> frozenset[str]:
    """What is true of all that a meter counts: a part of another meter has all of its traits."""
    special = {
        "cached_tokens": "tokens input read",
        "audio_seconds": "seconds",
        "input_audio_seconds": "seconds input",
        "output_audio_seconds": "seconds output",
        "input_document_pages": "pages",
        "input_annotated_document_pages": "pages annotated",
    }
    if meter in special:
        return frozenset(special[meter].split())
    media = "(?:_(text|audio|image|video))?"
    forms = (
        f"(input){media}(?:_(tool))?_tokens",
        f"(output){media}(?:_(reasoning|citation))?_tokens",
        "cache_(text|audio|image|video)_(read)_tokens",
        f"cache{media}_(write)(?:_(5m|1h))?_tokens",
    )
    found = next(filter(None, (re.fullmatch(form, meter) for form in forms)), None)
    if found is None:
        return frozenset({f"of {meter} alone"})
    side = "output" if meter.startswith("output") else "input"
    return frozenset({"tokens", side, *filter(None, found.groups())})


def beside(quantities: dict[str, int]) -> dict[str, int]:
    """What each meter counts beside its parts; a whole that is not named is their sum, but input
    and output tokens are none."""
    alone: dict[str, int] = {}
    quantities = {"input_tokens": 0, "output_tokens": 0, **quantities}
    for meter in sorted(quantities, key=lambda meter: -len(traits(meter))):
        parts = sum(alone[part] for part in alone if traits(meter) < traits(part))
        alone[meter] = quantities[meter] - parts
        if alone[meter] < 0:
            raise Wrong(f"has parts of {shown(meter)} that are more than it")
    return alone


def charged_for(quantities: dict[str, int], prices: dict[str, Json]) -> dict[str, int]:
    """What each meter is charged for: a part without a price as the smallest whole with one."""
    billed: dict[str, int] = {}
    for meter, quantity in beside(quantities).items():
        wholes = [whole for whole in prices if traits(whole) < traits(meter)]
        whole = min(wholes, key=lambda each: (-len(traits(each)), each), default=meter)
        place = meter if meter in prices else whole
        billed[place] = billed.get(place, 0) + quantity
    told = [meter for meter in quantities if quantities[meter]]
    both = {traits(one) | traits(other) for one in told for other in told}
    for meter in prices:
        if traits(meter) in both and meter not in quantities:
            raise Wrong(f"does not say how many are {shown(meter)}")
    return billed


def charged_for_two(quantities: dict[str, int], prices: dict[str, Json]) -> dict[str, int]:
    """The same by the first rule: only these two were parts, of the input tokens."""
    parts = ("cached_tokens", "cache_write_tokens")
    beside({meter: quantities.get(meter, 0) for meter in ("input_tokens", *parts)})
    billed = dict(quantities)
    for part in parts:
        if part in billed and part not in prices:
            del billed[part]
        elif part in billed:
            billed["input_tokens"] = billed.get("input_tokens", 0) - billed[part]
    return billed


def applying(offered: list[Json], context: int, occurred_us: int) -> dict[str, Json]:
    """The price of each meter; of several, one for its hours before one for any, then the one for
    the longest context reached."""
    prices: dict[str, Json] = {}
    for price in sorted(offered, key=lambda p: ("hours" not in p, -(p.get("context_over") or 0))):
        over, hours = price.get("context_over"), price.get("hours")
        if (over is None or context > over) and (hours is None or is_in(hours, occurred_us)):
            prices.setdefault(price["meter"], price)
    return prices


def is_in(hours: Json, us: int) -> bool:
    """Whether a moment is in the hours of a price, by UTC; they may go past midnight."""
    at = datetime.fromtimestamp(us // 1_000_000, UTC)
    minute = at.hour * 60 + at.minute
    start, end = hours.get("from_minute", 0), hours.get("until_minute", 24 * 60)
    days = hours.get("weekdays") or range(1, 8)
    inside = start <= minute < end if start < end else not end <= minute < start
    return inside and at.isoweekday() in days


def charged(price: Json, quantity: int, start: int) -> tuple[int, int, int]:
    """What a quantity costs in attodollars after what was used before, the price of its last unit,
    and what that before it costs where both are one sum."""
    mode, unit_price, end = price.get("mode", "flat"), price["unit_price"], start + quantity
    if mode == "flat":
        return quantity * unit_price, unit_price, 0
    if mode == "package":
        below = -(-start // price["per"]) * unit_price
        return -(-end // price["per"]) * unit_price - below, unit_price, below
    last = next(t["unit_price"] for t in price["tiers"] if end <= t.get("up_to", end))
    if mode == "volume":
        return quantity * last, last, 0
    below = graduated(price["tiers"], start)
    return graduated(price["tiers"], end) - below, last, below


def graduated(tiers: list[Json], units: int) -> int:
    """What so many units cost, each by the tier that it is in."""
    below = exact = 0
    for tier in tiers:
        upto = min(units, tier.get("up_to", units))
        exact, below = exact + (upto - below) * tier["unit_price"], upto
    return exact


# -- the verification ----------------------------------------------------------------------------


class Verification:
    """One pass over a bundle."""

    def __init__(
        self,
        folder: Path,
        keys: Sequence[Key],
        seen: Sequence[Note],
        documents: Path | None = None,
    ) -> None:
        self.report = Report()
        self._documents = documents
        self._folder, self._keys, self._seen = folder, keys, seen
        self._manifest: Json = {}
        self._notes: dict[str, Note] = {}
        self._cards = Cards()
        self._months = Months(self.report["months"], whole=False)
        self._cards_pinned: set[tuple[str, int]] = set()
        self._texts: Counter[str] = Counter()

    def run(self) -> Report:
        """Check everything; what cannot be read is wrong, never a traceback."""
        if self._guarded("files", self._read_manifest):
            self._guarded("files", self._check_files)
            self._guarded("manifest", self._check_manifest)
            self._guarded("signatures", self._check_signatures)
        if CHECKPOINT not in self._notes:
            for kind in KINDS:
                if not self.report[kind].wrong:
                    self.report[kind].skip("what it stands on is wrong")
            return self.report
        self._guarded("cards", self._check_cards)
        self._guarded("borders", self._check_borders)
        self._guarded("hashes", self._check_events)
        return self.report

    def _guarded(self, kind: str, stage: Callable[[], None]) -> bool:
        try:
            stage()
        except Wrong as wrong:
            self.report[kind].find(str(wrong))
        except UNREADABLE as error:
            self.report[kind].find(f"cannot be read: {shown(f'{type(error).__name__}: {error}')}")
        else:
            return True
        return False

    # -- what the rest stands on -----------------------------------------------------------------

    def _read_manifest(self) -> None:
        content = small(self._folder / MANIFEST)
        manifest = parsed(content)
        again = json.dumps(manifest, sort_keys=True, indent=1) + "\n"
        names = {"format", "ledger", "org", "first", "last", "from_us", "to_us", "size", "types"}
        if set(manifest) != names | {"sums", "texts", "cards", "files", "keys"}:
            raise Wrong(f"{MANIFEST} has not the members that it must have")
        if manifest["format"] != FORMAT or again.encode() != content:
            raise Wrong(f"{MANIFEST} is not of the format {FORMAT!r}, or not written as it must be")
        first, last = natural(manifest["first"]), natural(manifest["last"])
        if not 1 <= first <= last + 1:
            raise Wrong("the range ends before it begins")
        self._manifest = manifest

    def _check_files(self) -> None:
        check, files = self.report["files"], self._manifest["files"]
        listed = list(islice(self._folder.iterdir(), FILES_MAX + 1))
        if len(listed) > FILES_MAX:
            raise Wrong(f"the bundle holds more than {FILES_MAX:,} files")
        present = {path.name for path in listed} - {MANIFEST, MANIFEST_NOTE}
        pages = {name for name in files if PAGE.fullmatch(name)}
        if set(files) - pages - {PLATFORM_CHECKPOINT} != ALWAYS or pages != set(self._pages()):
            check.find(f"{MANIFEST} lists files that are no part of a bundle, or not all of one")
        for name in sorted(present - set(files)):
            check.find(f"{shown(name)} is not listed: it was added")
        for name in sorted(set(files) - present):
            check.find(f"{shown(name)} is missing")
        for name in sorted(set(files) & present):
            check.expect(described(self._folder / name), files[name], shown(name))

    def _check_manifest(self) -> None:
        """Its signature: README.md and verify.py stand on nothing else."""
        check, manifest = self.report["manifest"], self._manifest
        if not (self._folder / MANIFEST_NOTE).is_file():
            check.skip(f"nobody signed the list of files: {README} and {SELF} may be anybody's")
            return
        text, signatures = signed_note(small(self._folder / MANIFEST_NOTE))
        digest = hashlib.sha256(small(self._folder / MANIFEST)).digest()
        origin = f"{manifest['ledger']}/{manifest['org']}"
        right = f"{FORMAT} manifest\n{origin}\n{base64.b64encode(digest).decode()}\n"
        check.expect(right.encode(), text, MANIFEST_NOTE)
        listed = [Key.parse(key) for key in manifest["keys"]]
        if not signers_of(text, signatures, self._keys or listed):
            raise Wrong(f"no key {'that you trust' if self._keys else 'at hand'} signed it")

    def _pages(self) -> list[str]:
        """The names of the pages, if they are numbered as they must be."""
        count = sum(name.startswith("events-") for name in self._manifest["files"])
        names = ("events", "texts")
        return [f"{name}-{page:06}.jsonl" for page in range(1, count + 1) for name in names]

    def _check_signatures(self) -> None:
        manifest, signed = self._manifest, self.report["signatures"]
        listed = [Key.parse(text) for text in manifest["keys"]]
        logs = {CHECKPOINT: manifest["org"], PLATFORM_CHECKPOINT: PLATFORM}
        by_listed: set[Key] = set()
        for file, org in logs.items():
            if file not in manifest["files"]:
                continue
            note = Note.parse(small(self._folder / file))
            origin = f"{manifest['ledger']}/{org}"
            if note.origin != origin:
                raise Wrong(f"{file} is of {shown(note.origin)}, not of {shown(origin)}")
            by_listed |= self._check_signature(file, note, listed)
            self._notes[file] = note
        if by_listed != set(listed):
            signed.find("the manifest names a key that signed nothing here")
        note = self._notes[CHECKPOINT]
        signed.expect(note.size, manifest["size"], "size of the checkpoint")
        self._say(note)

    def _check_signature(self, file: str, note: Note, listed: Sequence[Key]) -> set[Key]:
        signed, trusted = self.report["signatures"], self.report["trusted key"]
        signers = note.signers(listed)
        if signers or note.signers(self._keys):
            signed.checked += 1
        else:
            signed.skip(f"no key at hand signed {file}")
        if not self._keys:
            trusted.skip(
                "you have not said which key you trust: get the ledger's verifier key by another "
                "road than this bundle, and give it with --key"
            )
        elif note.signers(self._keys):
            trusted.checked += 1
        else:
            trusted.find(f"no key that you trust signed {file}")
        return signers

    def _say(self, note: Note) -> None:
        first, last = self._manifest["first"], self._manifest["last"]
        run = f"events {first:,} to {last:,}" if first <= last else "no events"
        self.report.facts.append(
            f"{shown(note.origin)}: {run} of {note.size:,}, signed as a tree whose last event was "
            f"recorded {at(note.recorded_us)}"
        )

    # -- rate cards ------------------------------------------------------------------------------

    def _check_cards(self) -> None:
        check = self.report["cards"]
        for event in lines_of(self._folder / CARDS, PROVEN):
            platform = event["org"] == PLATFORM != self._manifest["org"]
            note = self._notes[PLATFORM_CHECKPOINT if platform else CHECKPOINT]
            proven(event, PLATFORM if platform else self._manifest["org"], note)
            self._cards.add(event)
            check.checked += 1
        check.expect(len(self._cards.versions), self._manifest["cards"], "rate cards")

    # -- the borders of the range ----------------------------------------------------------------

    def _check_borders(self) -> None:
        """The events just outside: there are none in the period that are not in the range."""
        note, manifest, check = self._notes[CHECKPOINT], self._manifest, self.report["borders"]
        first, last = manifest["first"], manifest["last"]
        from_us, to_us = manifest["from_us"], manifest["to_us"]
        wanted = [first - 1] if from_us is not None and first > 1 else []
        wanted += [last + 1] if to_us is not None and last < note.size else []
        beside = list(lines_of(self._folder / NEIGHBOURS, PROVEN))
        if [event["sequence"] for event in beside] != wanted:
            raise Wrong(f"{NEIGHBOURS} does not hold the events that it must: {wanted}")
        for event in beside:
            proven(event, manifest["org"], note)
            check.checked += 1
            if event["sequence"] < first and event["recorded_us"] >= natural(from_us):
                check.find(f"event {event['sequence']} is of the period and left out")
            if event["sequence"] > last and event["recorded_us"] < natural(to_us):
                check.find(f"event {event['sequence']} is of the period and left out")
        if to_us is not None and last == note.size:
            self.report.facts.append(
                "nothing follows the range in the signed tree: what was recorded after it was "
                "signed would not show"
            )

    # -- the events ------------------------------------------------------------------------------

    def _check_events(self) -> None:
        manifest, note = self._manifest, self._notes[CHECKPOINT]
        content = small(self._folder / PROOFS)
        proofs = parsed(content)
        previous = self._previous(proofs, content, note)
        tree = Tree(manifest["first"] - 1, [unhex(node) for node in proofs["left"]])
        whole = manifest["first"] == 1
        books = Books(self.report, whole=whole)
        self._months = Months(self.report["months"], whole=whole)
        seen = _Seen(self.report["seen"], self._seen, note)
        seen.see(tree)
        recorded_us = 0
        for page in self._pages()[::2]:
            digests: set[str] = set()
            for event in lines_of(self._folder / page, FIELDS):
                check_form(event)
                self._check_place(event, tree.size + 1, recorded_us)
                previous = self._check_hash(event, previous)
                recorded_us = event["recorded_us"]
                tree.add(leaf_hash(previous))
                seen.see(tree)
                digests |= self._read(event, books)
            self._guarded("texts", partial(self._check_texts, page, digests))
        seen.end()
        self.report["sequences"].expect(tree.size, manifest["last"], "last event")
        self._guarded("range", partial(self._check_root, tree, proofs, note))
        self._check_sums(books)

    def _previous(self, proofs: Json, content: bytes, note: Note) -> bytes:
        """The hash before the range: that of the leaf before it."""
        if list(proofs) != ["left", "right", "previous", "path"]:
            raise Wrong(f"{PROOFS} has not the members that it must have")
        again = json.dumps(proofs, indent=1) + "\n"
        if again.encode() != content:
            raise Wrong(f"{PROOFS} is not written as it must be")
        previous, before = unhex(proofs["previous"]), self._manifest["first"] - 1
        if before:
            name = f"event {before}, before the range,"
            check_included(before, previous, proofs["path"], note, name)
            self.report["borders"].checked += 1
        elif previous != GENESIS or proofs["path"]:
            raise Wrong("something stands before the first event")
        return previous

    def _check_place(self, event: Json, sequence: int, before_us: int) -> None:
        places, times, manifest = self.report["sequences"], self.report["times"], self._manifest
        name = f"event {event['sequence']}"
        places.expect((manifest["org"], sequence), (event["org"], event["sequence"]), "org, place")
        times.checked += 1
        if event["recorded_us"] < before_us:
            times.find(f"{name} was recorded before the one before it")
        from_us, to_us = manifest["from_us"], manifest["to_us"]
        if from_us is not None and event["recorded_us"] < natural(from_us):
            times.find(f"{name} was recorded before the period")
        if to_us is not None and event["recorded_us"] >= natural(to_us):
            times.find(f"{name} was recorded after the period")

    def _check_hash(self, event: Json, previous: bytes) -> bytes:
        """The computed hash, on which the next event must stand."""
        check = self.report["hashes"]
        check.checked += 1
        digest = event_hash(event, previous)
        if digest.hex() != event["hash"]:
            check.find(f"event {event['sequence']} has not the hash of its content")
        return digest

    def _read(self, event: Json, books: Books) -> set[str]:
        """Add up an event and price its lines; the digests of texts that it holds."""
        body = parsed(base64.b64decode(event["body"], validate=True))
        books.see(event, body)
        if event["type"] == "invoices.DocumentKept" and self._documents is not None:
            document, folder = body["document"], self._documents / event["org"]
            self._check_document(
                folder, document["number"], {"pdf": document["pdf"], "xml": document["xml"]}
            )
        if event["type"] == "invoices.StatementKept" and self._documents is not None:
            folder = self._documents / event["org"]
            self._check_document(folder, body["month"], {"pdf": body["statement"]["pdf"]})
        prices = self.report["prices"]
        for number, line in enumerate(usage_lines(body)):
            if "rate" not in line:
                continue
            prices.checked += 1
            name = f"line {number} of event {event['sequence']}"
            owner = PLATFORM if line["rate"]["card"] == DEFAULT_CARD else line["rate"]["card"]
            self._cards_pinned.add((owner, line["rate"]["version"]))
            try:
                counted = self._cards.price(line, self._manifest["org"])
                self._months.count(event, line, counted, name)
            except Wrong as wrong:
                prices.find(f"{name} {wrong}")
        return digests_of(event, body)

    def _check_document(self, folder: Path, number: str, digests: Json) -> None:
        """A document that is not there may have gone with the person whom it named."""
        check = self.report["documents"]
        for kind, said in digests.items():
            digest = unhex(said).hex()
            name = f"the {kind} of {shown(number)}"
            try:
                with plain(folder / f"{digest}.{kind}") as file:
                    found = hashlib.file_digest(file, "sha256").hexdigest()
            except FileNotFoundError:
                check.skip(f"{name} is not there: it would be called {digest}.{kind}")
                continue
            check.expect(digest, found, name)

    def _check_texts(self, page: str, held: set[str]) -> None:
        check = self.report["texts"]
        given = set()
        path = self._folder / page.replace("events", "texts")
        for text in lines_of(path, ("digest", "salt", "content")):
            given.add(text["digest"])
            check.checked += 1
            erased = text["salt"] is None and text["content"] is None
            self._texts["erased" if erased else "kept"] += 1
            if not erased and text_digest(text) != text["digest"]:
                check.find(f"the text of {shown(text['digest'])} is not the one recorded")
        for digest in sorted(held ^ given):
            found = "missing" if digest in held else "of no event here"
            check.find(f"the text of {shown(digest)} is {found}")

    def _check_root(self, tree: Tree, proofs: Json, note: Note) -> None:
        check = self.report["range"]
        check.checked += 1
        if tree.size > note.size:
            raise Wrong(f"the range ends at {tree.size}, the signed tree has {note.size} events")
        right = [unhex(node) for node in proofs["right"]]
        if tree.root_within(note.size, right) != note.root:
            raise Wrong("these events and the nodes beside them do not make the root signed")

    def _check_sums(self, books: Books) -> None:
        manifest, check = self._manifest, self.report["sums"]
        check.expect(dict(books.types), manifest["types"], "events by type")
        texts = {"kept": self._texts["kept"], "erased": self._texts["erased"]}
        check.expect(texts, manifest["texts"], "texts")
        if not check.unchecked:
            check.expect(books.sums, manifest["sums"], "sums by asset and category")
        if self._cards_pinned != set(self._cards.versions):
            self.report["cards"].find("the cards are not those that the lines pin")
        for asset, sums in sorted(books.sums.items()):
            for category, row in sorted(sums.items()):
                self.report.facts.append(
                    f"  {asset:<7} {category:<11} {row['transactions']:>9,} {amount_of(row, asset)}"
                )
        if texts["erased"]:
            self.report.facts.append(f"  {texts['erased']:,} texts were erased since")


class _Seen:
    """Compares checkpoints got elsewhere with the tree, whenever it has their size."""

    def __init__(self, check: Check, seen: Sequence[Note], note: Note) -> None:
        self._check, self._note = check, note
        self._roots: dict[int, set[bytes]] = {}
        self._given = bool(seen)
        for each in seen:
            if each.origin == note.origin:
                self._roots.setdefault(each.size, set()).add(each.root)
        self._compare(note.size, note.root)

    def see(self, tree: Tree) -> None:
        """The tree has grown."""
        if tree.size in self._roots and tree.size != self._note.size:
            self._compare(tree.size, tree.root())

    def end(self) -> None:
        """Say so when nothing could be compared."""
        if self._given and not self._check.checked:
            self._check.skip("none of them is of this log and of a size that the range reaches")

    def _compare(self, size: int, root: bytes) -> None:
        for other in self._roots.get(size, ()):
            self._check.checked += 1
            if other != root:
                self._check.find(f"another history was signed at size {size:,}")


def described(path: Path) -> Json:
    """Size and digest of a file."""
    with plain(path) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {"bytes": file.tell(), "sha256": digest}


def text_digest(text: Json) -> str:
    """The salted digest of a text, base64url without padding."""
    salt = unhex(text["salt"], len(text["salt"]) // 2)
    digest = hashlib.sha256(TEXT_TAG + salt + text["content"].encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def amount_of(row: Json, asset: str) -> str:
    """A sum in credits, or in the smallest unit of a currency."""
    if asset != "credit":
        return f"{row['amount']:>24,} of the smallest unit"
    sign, whole = "-" if row["amount"] < 0 else "", abs(row["amount"])
    return f"{f'{sign}{whole // 10**6:,}.{whole % 10**6:06}':>24}"


# -- the command ---------------------------------------------------------------------------------


def keys_of(texts: Iterable[str]) -> list[Key]:
    """Keys given as such, or as files with one a line, where `#` begins a remark."""
    given = []
    for text in texts:
        is_file = len(text) < 4096 and Path(text).is_file()
        lines = small(Path(text), follow=True).decode().splitlines() if is_file else [text]
        given += [line for line in lines if not is_file or (line.strip() and line[0] != "#")]
    return [Key.parse(text) for text in given]


def notes_of(paths: Iterable[Path]) -> list[Note]:
    """Checkpoints: a note a file, or a witness's file with one a line. Raises Wrong."""
    notes = []
    for path in paths:
        content = small(path, follow=True)
        try:
            if content.startswith(b"{"):
                lines = [parsed(line) for line in content.splitlines()]
                notes += [Note.parse(line["note"].encode()) for line in lines]
            else:
                notes.append(Note.parse(content))
        except UNREADABLE:
            raise Wrong(f"{path.name} holds no checkpoints") from None
    return notes


def verify(
    bundle: Path,
    keys: Sequence[Key] = (),
    seen: Sequence[Note] = (),
    documents: Path | None = None,
) -> Report:
    """Check a bundle. Raises Wrong or OSError when there is none."""
    try:
        with opened(bundle) as folder:
            if not (folder / MANIFEST).is_file():
                raise Wrong(f"there is no {MANIFEST} in it: it is no bundle, or was cut off")
            return Verification(folder, keys, seen, documents).run()
    except (tarfile.TarError, zlib.error, EOFError) as error:
        raise Wrong(f"the archive cannot be read to its end: {error}") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("bundle", type=Path, help="the folder or the .tar.gz")
    parser.add_argument(
        "--key", action="append", default=[], help="a verifier key you trust, or a file of them"
    )
    parser.add_argument(
        "--seen",
        action="append",
        default=[],
        type=Path,
        help="a checkpoint of this log that you got elsewhere, or a witness's file of them",
    )
    parser.add_argument(
        "--documents", type=Path, help="the folder of the invoices that you hold, to be compared"
    )
    given = parser.parse_args(arguments)
    try:
        keys, seen = keys_of(given.key), notes_of(given.seen)
        report = verify(given.bundle, keys, seen, given.documents)
    except (Wrong, *UNREADABLE) as error:
        print(f"Nothing was verified: {shown(str(error))[1:-1]}.")
        return 2
    print("\n".join(report.lines()))
    return report.exit_code


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.exit(main())
