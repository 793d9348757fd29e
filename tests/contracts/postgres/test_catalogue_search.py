"""A search finds the same whether many items have a word, and the first of them are read, or few,
and the index on words is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from adapters.postgres.connection import DatabaseUrls

Found = dict[str, Any]
ITEMS, COUNTED, PAGE = 2_000, 300, 50

FILL = """
INSERT INTO tally.catalogue_search (org, item, type, state, categories, options, texts, sequence)
SELECT %s, n.item, 'cup', n.state, '[]', '[]', n.texts, 1
  FROM unnest(%s::text[], %s::text[], %s::text[]) AS n (item, state, texts)
"""
SEARCH = """
SELECT tally.search_catalogue(
    %s, %s, %s, 'en', '{}'::text[], '{}'::text[], %s, %s, %s, %s, true)
"""
WORDS = {"mug": 1, "red": 2, "tall": 6, "last": 40}
"""A word → of so many items the last one has it."""


def titles() -> Iterator[tuple[str, str, set[str]]]:
    """Items: id, state and words; every ninth is archived."""
    for number in range(ITEMS):
        words = {word for word, nth in WORDS.items() if (number + 1) % nth == 0}
        yield f"item_{number:06}", "archived" if number % 9 == 0 else "published", words


def having(word: str) -> set[str]:
    """The published items that have a word."""
    return {item for item, state, words in titles() if state == "published" and word in words}


@pytest.fixture(scope="module")
def filled(database: DatabaseUrls) -> DatabaseUrls:
    """Two orgs with the same items."""
    rows = [
        (item, state, json.dumps({"en": {"title": " ".join(sorted(words))}}))
        for item, state, words in titles()
    ]
    with psycopg.connect(database.owner, autocommit=True) as owner:
        for org in ("acme", "globex"):
            columns = (list(column) for column in zip(*rows, strict=True))
            owner.execute(FILL, [org, *columns])
    return database


@contextmanager
def reading(database: DatabaseUrls, org: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A tenant's connection."""
    with psycopg.connect(database.query, autocommit=True) as reader:
        reader.execute("SELECT set_config('tally.org', %s, false)", [org])
        yield reader


def search(
    reader: psycopg.Connection[tuple[Any, ...]],
    word: str,
    after: tuple[float, str] = (2.0**53, ""),
    org: str = "acme",
) -> Found:
    """A page of what has a word."""
    row = reader.execute(SEARCH, [org, word, f"'{word}':*", *after, PAGE, COUNTED]).fetchone()
    assert row is not None
    found: Found = row[0]
    return found


@pytest.mark.parametrize("word", WORDS)
def test_all_that_is_found_has_the_word_and_is_found_once(filled: DatabaseUrls, word: str) -> None:
    there, seen = having(word), []
    with reading(filled, "acme") as reader:
        found = search(reader, word)
        assert found["found"] == min(len(there), COUNTED)
        assert found["is_more"] == (len(there) > COUNTED)
        assert found["facets"] == [["types", "cup", found["found"]]]
        page = found["items"]
        while page:
            seen += [item for _, item in page]
            page = search(reader, word, tuple(page[-1]))["items"]
    assert len(seen) == len(set(seen)) == found["found"]
    assert set(seen) <= there


def test_the_words_of_another_org_are_not_found(filled: DatabaseUrls) -> None:
    with reading(filled, "initech") as reader:
        for org in ("initech", "acme"):
            assert search(reader, "mug", org=org)["found"] == 0


def test_what_many_have_is_read_without_the_index_on_words(
    filled: DatabaseUrls, owner: psycopg.Connection[tuple[Any, ...]]
) -> None:
    common = """SELECT items FROM tally.common_items('acme', %s::tsquery, %s::tsquery, %s)"""
    lengths = {}
    for word in WORDS:
        query = f"'@acme' & '{word}'"
        row = owner.execute(common, [query, query, COUNTED]).fetchone()
        assert row is not None
        lengths[word] = len(row[0] or [])
    assert lengths == {"mug": COUNTED + 1, "red": COUNTED + 1, "tall": 0, "last": 0}


def test_of_words_that_are_only_alike_a_fifth_is_ranked(filled: DatabaseUrls) -> None:
    with reading(filled, "acme") as reader:
        found = search(reader, "taxl")
    assert (found["found"], found["is_more"]) == (COUNTED // 5, True)
    assert {item for _, item in found["items"]} <= having("tall")
