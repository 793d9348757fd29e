"""Answers about what an org has decided of its orders."""

from __future__ import annotations

from typing import Annotated

from api.http.answers import Answer, one_of
from ledger.ordering.capture import Capture


class OrderPolicyAnswer(Answer):
    """When the money of orders is taken that a provider collects: at once, or when they are
    sent."""

    capture: Annotated[str, one_of(Capture)]
