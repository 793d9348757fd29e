"""The requests of a benchmark: endless recipes, cheap to send to another process and to follow."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, cycle

from bench.load import Pair, Request

DRAWN = 50_000
"""Payers drawn before a run begins; then they come again in the same order."""

CREDITS = 1_000_000_000
"""What every wallet is given: more than any run spends."""

HOLD_ID = b"hold_"
_BLANK = HOLD_ID + b"?" * 24


@dataclass(frozen=True)
class Door:
    """Whose requests they are: the bytes around a body."""

    host: str
    secret: str

    def post(self, path: bytes, body: bytes, key: bytes = b"") -> bytes:
        """One POST; with a key, an idempotent command."""
        keyed = b"Idempotency-Key: %b\r\n" % key if key else b""
        return (
            b"POST %b HTTP/1.1\r\nHost: %b\r\nAuthorization: Bearer %b\r\n%b"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (path, self.host.encode(), self.secret.encode(), keyed, len(body), body)
        )

    def get(self, path: bytes) -> bytes:
        """One GET."""
        return b"GET %b HTTP/1.1\r\nHost: %b\r\nAuthorization: Bearer %b\r\n\r\n" % (
            path,
            self.host.encode(),
            self.secret.encode(),
        )


def user(rank: int) -> bytes:
    """The owner of a wallet; all have the same width."""
    return b"u%07d" % rank


def zipf(wallets: int, seed: str) -> Iterator[bytes]:
    """Payers, endlessly: the n-th most frequent is drawn 1/n as often as the first (Zipf 1.0)."""
    ranks = range(1, wallets + 1)
    draw = random.Random(seed)
    return cycle(map(user, draw.choices(ranks, [1 / rank for rank in ranks], k=DRAWN)))


def line_ids(*, ordered: bool) -> Iterator[bytes]:
    """New ids for lines: random (as UUID 4), or led by the time (as UUID 7), as senders make
    them."""
    draw = random.Random(random.SystemRandom().getrandbits(128)).getrandbits
    for n in count():
        head = time.time_ns() // 1_000_000 << 12 | n & 0xFFF if ordered else draw(60)
        yield b"%08x-%04x-%d%03x-%04x-%012x" % (
            head >> 28,
            head >> 12 & 0xFFFF,
            7 if ordered else 4,
            head & 0xFFF,
            0x8000 | draw(14),
            draw(48),
        )


def _line(line_id: bytes, payer: bytes, n: int) -> bytes:
    return (
        b'{"id":"%b","user":"%b","service":"chat","project":"p%02d","model":"m",'
        b'"input_tokens":%d,"output_tokens":%d}'
        % (line_id, payer, n % 20, 1000 + n % 9000, 100 + n % 900)
    )


@dataclass(frozen=True)
class SingleLines:
    """One usage line a request, priced by the rate card."""

    door: Door
    wallets: int
    seed: str = "single"
    ordered: bool = True

    def __iter__(self) -> Iterator[bytes]:
        payers, ids = zipf(self.wallets, self.seed), line_ids(ordered=self.ordered)
        for n in count():
            yield self.door.post(b"/v1/billing/usage", _line(next(ids), next(payers), n))


@dataclass(frozen=True)
class Batches:
    """Many usage lines a request, the n-th for the n-th wallet, from `first` on, going around."""

    door: Door
    wallets: int
    lines: int = 100
    first: int = 1
    ordered: bool = True

    def __iter__(self) -> Iterator[bytes]:
        ids = line_ids(ordered=self.ordered)
        payers = cycle(
            [user(self.first + place) for place in range(self.wallets)],
        )
        for n in count(0, self.lines):
            items = b",".join(_line(next(ids), next(payers), n + i) for i in range(self.lines))
            body = b'{"mode":"independent","items":[%b]}' % items
            yield self.door.post(b"/v1/billing/usage/batch", body)


@dataclass(frozen=True)
class HoldsAndCaptures:
    """A hold, then its capture for a little less."""

    door: Door
    wallets: int
    seed: str = "holds"

    def __iter__(self) -> Iterator[Request]:
        payers, keys = zipf(self.wallets, self.seed), line_ids(ordered=True)
        path = b"/v1/billing/holds/%b/capture" % _BLANK
        for n in count():
            hold = b'{"user":"%b","amount":"%d.5"}' % (next(payers), 10 + n % 90)
            actual = b'{"model":"m","input_tokens":%d,"output_tokens":%d}' % (
                1000 + n % 3000,
                100 + n % 300,
            )
            yield Pair(
                first=self.door.post(b"/v1/billing/holds", hold, next(keys)),
                then=self.door.post(path, actual, next(keys)),
                mark=HOLD_ID,
                blank=_BLANK,
            )


@dataclass(frozen=True)
class Reservations:
    """A unit of one SKU for an order of its own; of the next SKU, once so many are reserved."""

    door: Door
    skus: Sequence[bytes]
    each: int
    seconds: int = 600

    def __iter__(self) -> Iterator[bytes]:
        for number, key in enumerate(line_ids(ordered=True)):
            sku = self.skus[number // self.each % len(self.skus)]
            body = b'{"owner":"%b","lines":[{"sku":"%b","quantity":1}],"expires_in":%d}' % (
                key,
                sku,
                self.seconds,
            )
            yield self.door.post(b"/v1/stock/reservations", body, key)


@dataclass(frozen=True)
class Checkouts:
    """An order of a unit of one SKU, which costs one, by a user who pays with store credit, so that
    it is confirmed at once."""

    door: Door
    sku: bytes
    users: int

    def __iter__(self) -> Iterator[bytes]:
        body = (
            b'{"lines":[{"sku":"%b","units":1}],"currency":"usd","expected_total":"1",'
            b'"store_credit":true,"user":"%%b"}' % self.sku
        )
        for key, buyer in zip(line_ids(ordered=True), zipf(self.users, "checkouts"), strict=False):
            yield self.door.post(b"/v1/checkout", body % buyer, key)


@dataclass(frozen=True)
class BalanceReads:
    """The balances of wallets that are also being charged."""

    door: Door
    wallets: int
    seed: str = "reads"

    def __iter__(self) -> Iterator[bytes]:
        for owner in zipf(self.wallets, self.seed):
            yield self.door.get(b"/v1/billing/balance?user=" + owner)


@dataclass(frozen=True)
class Funding:
    """Ends: a deposit for each wallet, and for the first `granted` also an included grant, which
    burns before it."""

    door: Door
    wallets: int
    granted: int
    expires_at: str

    def __iter__(self) -> Iterator[bytes]:
        for rank in range(1, self.wallets + 1):
            body = b'{"user":"%b","amount":%d}' % (user(rank), CREDITS)
            yield self.door.post(b"/v1/billing/deposits", body, b"deposit-%d" % rank)
        for rank in range(1, self.granted + 1):
            body = b'{"user":"%b","amount":%d,"kind":"included","expires_at":"%b"}' % (
                user(rank),
                CREDITS,
                self.expires_at.encode(),
            )
            yield self.door.post(b"/v1/billing/credits", body, b"grant-%d" % rank)
