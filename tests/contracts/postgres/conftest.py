"""Connections to the migrated database that the tests of a module share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from adapters.postgres.connection import DatabaseUrls


@pytest.fixture
def owner(database: DatabaseUrls) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """The owner's, each statement of its own."""
    with psycopg.connect(database.owner, autocommit=True) as connection:
        yield connection
