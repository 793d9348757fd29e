"""How long does a search of a large catalogue take, and how much of that is PostgreSQL's own?

A hundred thousand published items with texts of generated words, common ones and rare ones, are
searched over two connections, by what a shop's visitors type. In the same run the same words are
asked of the same index by bare SQL, without facets, ranks or HTTP.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import httpx
import psycopg

from api.container import Opening, owned_database
from api.settings import Settings
from bench.answer import Answer, Target, percentiles
from bench.long_reads import Gets
from bench.question import Question
from bench.report import main
from bench.series import Series
from bench.session import Session
from bench.stand import ORG, Stand

ITEMS = 100_000
CONNECTIONS, PAGE = 2, 20
ASKED = 200
"""Different searches of each kind."""

TARGET = Target(must=50.0, at_most=True)
WITH_READ_MODELS = ("--projections", "--no-seal")
BARE = "bare SQL"

_SYLLABLES = ("ba", "co", "di", "fen", "gol", "hu", "jar", "kel", "li", "mo", "nar", "pi", "ras")
_SHOWN = "SELECT item FROM tally.catalogue_search WHERE lexemes @@ %s::tsquery LIMIT 20"
_SEARCH_ROWS = """
INSERT INTO tally.catalogue_search (org, item, type, state, categories, options, texts, sequence)
SELECT %s, n.item, n.type, 'published', n.categories, n.options, n.texts, 1
  FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
       AS n (item, type, categories, options, texts)
"""
_ITEM_ROWS = """
INSERT INTO tally.catalogue_items
SELECT org, item, item, type, 1, 'physical', state,
       jsonb_build_object('texts', texts::jsonb, 'fields', '{}'::jsonb, 'media', '[]'::jsonb,
                          'tax_category', 'standard', 'categories', categories::jsonb),
       '[]', '[]'
  FROM tally.catalogue_search
"""


class Words:
    """Words of a language that nobody speaks: the n-th is drawn 1/n as often as the first."""

    def __init__(self, chance: random.Random, count: int = 5_000) -> None:
        self._chance = chance
        made = ("".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(count))
        self.all = list(dict.fromkeys(made))
        self._weights = [1 / rank for rank in range(1, len(self.all) + 1)]

    def draw(self, count: int) -> list[str]:
        return self._chance.choices(self.all, self._weights, k=count)


def answer(session: Session) -> list[Answer]:
    """The 99th percentile of each kind of search, of each run."""
    words = Words(random.Random(1))
    items = max(1_000, int(ITEMS * session.scale.size))
    with session.stand(*WITH_READ_MODELS) as stand:
        _fill(stand.data, words, items)  # not before its read models have begun, with none
        stand.settle()
        return [
            _measured(
                session, stand, f"{work} among {items:,} items", list(map(make, range(ASKED)))
            )
            for work, make in _kinds(words)
        ]


def _kinds(words: Words) -> Iterator[tuple[str, Callable[[int], dict[str, str]]]]:
    yield "searches for one word", lambda n: {"q": words.draw(1)[0]}
    yield "searches for a word and one begun", lambda n: {"q": _begun(words)}
    yield (
        "searches for a word in a category with an option",
        lambda n: {"q": words.draw(1)[0], "category": f"c{n % 30}", "option": "size=m"},
    )
    yield "searches for a word that is misspelt", lambda n: {"q": _misspelt(words.all[n])}
    yield "looks into a category", lambda n: {"category": f"c{n % 30}"}


def _begun(words: Words) -> str:
    one, other = words.draw(2)
    return f"{one} {other[:4]}"


def _misspelt(word: str) -> str:
    return f"{word[:2]}x{word[3:]}"


def _measured(session: Session, stand: Stand, work: str, asked: Sequence[dict[str, str]]) -> Answer:
    paths = tuple(
        f"/v1/catalogue/search?{urlencode(each | {'limit': str(PAGE)})}".encode() for each in asked
    )
    _check_found(stand, paths)
    series = session.measure(stand, Gets(stand.door(), paths), CONNECTIONS)
    return Answer(
        work=f"{work} (p99)",
        unit="ms",
        figures=[percentiles(run.latencies)[99.0] for run in series.runs],
        target=TARGET,
        latency_ms=series.latency_ms,
        cores=series.cores,
        limits={BARE: _bare(stand, asked, series)},
    )


def _check_found(stand: Stand, paths: Sequence[bytes]) -> None:
    """Fail where nine of ten searches do not find a page: to find nothing takes no time."""
    secret = {"Authorization": f"Bearer {stand.door().secret}"}
    with httpx.Client(base_url=stand.url, headers=secret) as http:
        pages = [http.get(path.decode()).raise_for_status().json()["data"] for path in paths]
    found = sum(map(bool, pages))
    if found < 0.9 * len(paths):
        raise RuntimeError(f"only {found} of {len(paths)} searches found anything.")


def _bare(stand: Stand, asked: Sequence[dict[str, str]], series: Series) -> list[float]:
    """The 99th percentile of the same searches by SQL alone, in milliseconds, run by run."""
    with _owner(stand.data) as owner:
        owner.execute("SET enable_seqscan = off")
        return [percentiles(_timed(owner, asked))[99.0] for _ in series.runs]


def _timed(
    owner: psycopg.Connection[tuple[object, ...]], asked: Sequence[dict[str, str]]
) -> list[float]:
    found = []
    for each in asked:
        parts = [
            f"@{ORG}",
            *(f"@{name}:{each[name]}" for name in ("category", "option") if name in each),
        ]
        parts += each.get("q", "").split()
        query = " & ".join(f"'{part}'" for part in parts) + (":*" if "q" in each else "")
        started = time.perf_counter()
        owner.execute(_SHOWN, [query]).fetchall()
        found.append(time.perf_counter() - started)
    return found


def _fill(folder: Path, words: Words, items: int) -> None:
    chance = random.Random(2)
    with _owner(folder) as owner:
        for first in range(0, items, 5_000):
            numbers = range(first, min(items, first + 5_000))
            columns = zip(*(_row(number, words, chance) for number in numbers), strict=True)
            owner.execute(_SEARCH_ROWS, [ORG, *map(list, columns)])
        owner.execute(_ITEM_ROWS)
        owner.execute("VACUUM ANALYZE tally.catalogue_search, tally.catalogue_items")


@contextmanager
def _owner(folder: Path) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The owner of the database of a running service."""
    with (
        owned_database(Settings(data=folder), Opening.READ) as at,
        psycopg.connect(at.owner, autocommit=True) as owner,
    ):
        yield owner


def _row(number: int, words: Words, chance: random.Random) -> tuple[str, str, str, str, str]:
    """An item: id, type, categories, option values and texts."""
    title, text = " ".join(words.draw(4)), " ".join(words.draw(40))
    sizes = [f"size={size}" for size in ("s", "m", "l") if chance.random() < 0.7]
    return (
        f"item_{number:024x}",
        f"t{number % 8}",
        json.dumps([f"c{chance.randrange(30)}"]),
        json.dumps([f"colour={chance.randrange(12)}", *sizes]),
        json.dumps({"en": {"title": title, "description": text}}),
    )


QUESTION = Question("catalogue", "Searches of a large catalogue", 60, answer)

if __name__ == "__main__":
    main(QUESTION)
