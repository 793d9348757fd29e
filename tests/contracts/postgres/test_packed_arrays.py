"""A packed array is to PostgreSQL what psycopg would have sent."""

from __future__ import annotations

import pytest

from adapters.postgres import arrays
from adapters.postgres.connection import DatabaseUrls, connect


@pytest.mark.parametrize("empty", [False, True])
def test_each_kind_comes_back_as_it_was(fresh_database: DatabaseUrls, empty: bool) -> None:
    kinds = {
        "boolean": (arrays.bools, [True, False, True]),
        "bigint": (arrays.int8s, [0, -(2**63), 2**63 - 1]),
        "text": (arrays.texts, ["", "ä\n", "𝛑"]),
        "bytea": (arrays.byteas, [b"", b"\0\xff", b"x" * 300]),
    }
    with connect(fresh_database.writer, name="test") as connection:
        for kind, (pack, values) in kinds.items():
            sent = [] if empty else values
            query = f"SELECT %b::{kind}[]"
            ((found,),) = connection.execute(query.encode(), [pack(sent)], binary=True)  # type: ignore[operator]
            assert found == sent, kind
