"""`docs/read-models.md` is what the tables are: each column of each read model, with its type and
the key."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest

from projections.followers import STORED
from projections.read_models import READ_MODELS
from tests.tidy.tree import ROOT

Connection = psycopg.Connection[tuple[Any, ...]]

PAGE = (ROOT / "docs" / "read-models.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S))
TABLES = [name for name in STORED if name in READ_MODELS]
COLUMNS = """
SELECT a.attname, format_type(a.atttypid, NULL), a.attgenerated <> ''
  FROM pg_attribute a
 WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum
"""
KEY = """
SELECT a.attname
  FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (number, place)
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
 WHERE i.indrelid = %s::regclass AND i.indisprimary
 ORDER BY k.place
"""


def test_every_table_of_a_read_model_has_its_section_and_no_other() -> None:
    assert list(SECTIONS) == TABLES


@pytest.mark.parametrize("name", TABLES)
def test_a_section_has_the_columns_and_the_key_of_its_table(owner: Connection, name: str) -> None:
    columns = owner.execute(COLUMNS, [f"tally.{name}"]).fetchall()
    written = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", SECTIONS[name], re.M)
    assert written == [(column, type_) for column, type_, _ in columns]
    followed = [column for column, _, is_generated in columns if not is_generated]
    assert followed == list(READ_MODELS[name].columns)
    key = [column for (column,) in owner.execute(KEY, [f"tally.{name}"]).fetchall()]
    assert list(READ_MODELS[name].key) == key
    (said,) = re.findall(r"Key: (.*)\.$", SECTIONS[name], re.M)
    assert said == ", ".join(f"`{column}`" for column in key)
