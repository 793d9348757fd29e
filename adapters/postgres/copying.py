"""Copying out (COPY TO), row by row, from libpq itself.

psycopg's own loop over a COPY takes longer for a row than replay does with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import errors, sql
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn


def copied(connection: psycopg.Connection[Any], query: sql.Composed) -> Iterator[memoryview]:
    """Yield what `COPY … TO STDOUT` sends, each piece as it comes and good until the next is asked
    for.

    Who stops before the end has the statement cancelled, and with it the transaction. Another
    statement at the same time is refused: libpq would mix the two.
    """
    line = connection.pgconn
    if line.transaction_status == TransactionStatus.ACTIVE:
        raise errors.ActiveSqlTransaction("the connection is reading a COPY already")
    begun = line.exec_(query.as_bytes(connection))
    if begun.status != ExecStatus.COPY_OUT:
        raise errors.error_from_result(begun)
    is_whole = False
    try:
        yield from _pieces(line)
        is_whole = True
    finally:
        if not is_whole and line.status == ConnStatus.OK:
            line.get_cancel().cancel()
            for _ in _pieces(line):
                pass
        if line.status == ConnStatus.OK:
            _end(line, may_be_cancelled=not is_whole)


def _pieces(line: PGconn) -> Iterator[memoryview]:
    while (piece := line.get_copy_data(0))[0] > 0:
        yield piece[1]


def _end(line: PGconn, *, may_be_cancelled: bool) -> None:
    """Take what the server says at the end of a COPY. Raises what ended it early."""
    failed = None
    while (result := line.get_result()) is not None:
        if result.status != ExecStatus.COMMAND_OK:
            failed = errors.error_from_result(result)
    if failed is not None and not (may_be_cancelled and isinstance(failed, errors.QueryCanceled)):
        raise failed
