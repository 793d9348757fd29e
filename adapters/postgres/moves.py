"""Events as moves, by binary COPY: only the columns that replay reads, numbers first."""

from __future__ import annotations

import struct

from psycopg import sql

from ledger.replay import Move

_NUMBERS = struct.Struct(">6xq4xqi")
"""Of a row: its count of columns and a length, version, a length, recorded time, a length."""


def moves_query(org: str | None = None, until: int | None = None, kind: str = "") -> sql.Composed:
    """Return COPY of the moves in the order of the chains: of all orgs or of one, up to a sequence,
    of streams whose names begin with `kind`. It takes no parameters, so values are quoted
    literals."""
    conditions = [sql.SQL("true").format()]
    if kind:
        conditions.append(sql.SQL("starts_with(stream, {})").format(sql.Literal(kind)))
    if org is not None:
        conditions.append(sql.SQL("org = {}").format(sql.Literal(org)))
    if until is not None:
        conditions.append(sql.SQL("sequence <= {}").format(sql.Literal(until)))
    return sql.SQL(
        "COPY (SELECT version, recorded_us, org || '/' || stream, type, body FROM tally.events "
        "WHERE {} ORDER BY position) TO STDOUT (FORMAT BINARY)"
    ).format(sql.SQL(" AND ").join(conditions))


def decode_move(row: bytes) -> Move:
    """Return the move of a row."""
    version, recorded_us, length = _NUMBERS.unpack_from(row)
    at = _NUMBERS.size + length
    end = at + 4 + int.from_bytes(row[at : at + 4])
    return Move(
        row[_NUMBERS.size : at].decode(),
        row[at + 4 : end].decode(),
        version,
        recorded_us,
        row[end + 4 :],
    )
