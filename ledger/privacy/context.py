"""The context of privacy: the erasure of texts that may name a person."""

from __future__ import annotations

from ledger.kernel.context import Context
from ledger.privacy.erasure import Erasure
from ledger.privacy.inspection import ErasureInspection

CONTEXT = Context(
    name="privacy",
    aggregates=(Erasure,),
    uses=("credits",),
    checks=(ErasureInspection,),
)
