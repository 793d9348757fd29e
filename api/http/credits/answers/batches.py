"""The results of a batch of usage lines, item by item."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from api.http.answers import Answer
from api.http.credits.answers.transactions import TransactionAnswer
from api.http.requests import SCHEMA_REF

Problem = Annotated[
    dict[str, Any], msgspec.Meta(extra_json_schema={"$ref": SCHEMA_REF.format(name="Problem")})
]


class ItemAnswer(Answer):
    """What became of an item: a `transaction` where it was charged, else its `problem`."""

    index: int
    status: int
    replayed: bool
    transaction: TransactionAnswer | UnsetType = UNSET
    problem: Problem | UnsetType = UNSET


class BatchAnswer(Answer):
    """The results, in the order of the items."""

    results: list[ItemAnswer]
