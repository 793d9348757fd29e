"""The ids of transactions: `<sequence>-<line>`."""

from __future__ import annotations

import re

from ledger.kernel.errors import NotFound

_ID = re.compile(r"([1-9][0-9]{0,17})-(0|[1-9][0-9]{0,3})")


def parse_transaction_id(text: str) -> tuple[int, int]:
    """Return the sequence and the line; what cannot be an id is not there."""
    match = _ID.fullmatch(text)
    if match is None:
        raise NotFound("there is no transaction of that id.", field="id")
    return int(match[1]), int(match[2])
