"""Answers about what an org has decided of its orders."""

from __future__ import annotations

from typing import Annotated

from api.http.answers import Answer, one_of
from ledger.ordering.capture import Capture


class OrderPolicyAnswer(Answer):
    """When the money of orders that a provider collects is taken: at once, or when they leave."""

    capture: Annotated[str, one_of(Capture)]
