"""By: who has something done that a function of a unit of work does for any command."""

from __future__ import annotations

from typing import NamedTuple

from ledger.kernel.actor import Actor


class By(NamedTuple):
    """Who has something done; `key` and `fingerprint`: of the command whose own fact it is."""

    actor: Actor
    key: str = ""
    fingerprint: str = ""
