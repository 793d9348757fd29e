"""Transactions: lists from the read model, one of them from its event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from api.queries.reader import Reader
from ledger.credits.transactions import Transaction, transactions_of
from ledger.kernel.aggregate import restore_fact
from ledger.kernel.decoding import decoder
from ledger.kernel.ids import stream_id
from ledger.kernel.times import moment

PROJECTION = "transactions"
FIRST_PLACE = (2**63 - 1, 2**31 - 1)
"""After every transaction: where the newest-first list begins."""

TEXTS_MAX = 1_000_000
"""Characters of erasable texts in one list."""

TEXTS_PART = 50
"""Transactions whose texts are read at once: each may have some 40,000 characters."""

_decode = decoder(Transaction)


class Listed(msgspec.Struct, frozen=True):
    """A transaction with its place in the chain."""

    sequence: int
    hash: bytes
    transaction: Transaction

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in a list."""
        return self.sequence, self.transaction.line


class Filters(msgspec.Struct, frozen=True):
    """What a list is narrowed to; `from_us` to `to_us` is half-open, by recorded time."""

    user: str | None = None
    category: str | None = None
    from_us: int | None = None
    to_us: int | None = None


async def list_transactions(
    reader: Reader, org: str, filters: Filters, before: tuple[int, int], limit: int
) -> list[Listed]:
    """Return transactions, the newest first, before a place."""
    name = "credits/transactions" if filters.user is None else "credits/transactions_of_user"
    parameters = msgspec.structs.asdict(filters) | {
        "org": org,
        "sequence": before[0],
        "line": before[1],
        "limit": limit,
    }
    rows = await reader.rows(org, name, parameters)
    return [Listed(row["sequence"], row["hash"], _decode(row["detail"])) for row in rows]


async def find_transaction(reader: Reader, org: str, sequence: int, line: int) -> Listed | None:
    """Return one transaction: from the list, or while it is not there yet, made from its event;
    that may have a thousand."""
    parameters = {"org": org, "sequence": sequence, "line": line}
    row = await reader.row(org, "credits/transaction", parameters)
    if row is not None:
        return Listed(sequence, row["hash"], _decode(row["detail"]))
    return await _find_recorded(reader, org, sequence, line)


async def _find_recorded(reader: Reader, org: str, sequence: int, line: int) -> Listed | None:
    row = await reader.row(org, "event", {"org": org, "sequence": sequence})
    if row is None:
        return None
    fact = restore_fact(
        row["type"],
        row["body"],
        stream_id(org, row["stream"]),
        row["version"],
        moment(row["recorded_us"]),
    )
    found = transactions_of(fact)
    return Listed(sequence, row["hash"], found[line]) if line < len(found) else None


async def texts_of_some(
    reader: Reader, org: str, listed: Sequence[Listed]
) -> tuple[dict[str, str], int]:
    """Return the texts of the first transactions of a list, in parts until they are long; and of
    how many they are."""
    texts: dict[str, str] = {}
    length = held = 0
    while held < len(listed) and length < TEXTS_MAX:
        part = await texts_of(reader, org, listed[held : held + TEXTS_PART])
        length += sum(map(len, part.values()))
        texts |= part
        held += TEXTS_PART
    return texts, held


async def texts_of(reader: Reader, org: str, listed: Iterable[Listed]) -> dict[str, str]:
    """Return the erasable texts of transactions by digest, without those erased."""
    digests = {
        digest
        for each in listed
        for digest in (each.transaction.metadata, each.transaction.reason)
        if digest is not None
    }
    if not digests:
        return {}
    rows = await reader.rows(org, "texts", {"org": org, "digests": sorted(digests)})
    return {row["digest"]: row["content"] for row in rows}
