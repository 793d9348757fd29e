"""What is remembered of callers is bounded in bytes, however many and long their names are."""

from __future__ import annotations

import tracemalloc

from api.access_log.origins import Origins
from api.bounded import Bounded


def test_a_map_is_bounded_in_number() -> None:
    bounded: Bounded[int, str] = Bounded(3)
    for number in range(5):
        bounded.put(number, "x")
    assert [key for key, _ in bounded.items()] == [2, 3, 4]


def test_a_map_is_bounded_in_weight() -> None:
    bounded: Bounded[str, int] = Bounded(100, weigh=len, heaviest=10)
    for number, key in enumerate(["aaaa", "bbbb", "cc", "aaaa", "ddd"]):
        bounded.put(key, number)
    assert bounded.items() == [("cc", 2), ("aaaa", 3), ("ddd", 4)]
    bounded.forget("aaaa")
    bounded.forget("aaaa")
    bounded.put("e" * 5, 5)
    assert bounded.items() == [("cc", 2), ("ddd", 4), ("e" * 5, 5)]
    bounded.put("f" * 11, 6)
    assert bounded.items() == []


def test_origins_of_long_names_take_no_more_than_their_bound() -> None:
    tracemalloc.start()
    origins = Origins()
    for number in range(30_000):
        origins.of("acme", "key", "ada", "127.0.0.1", f"{number:0500}")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 24 * 1024 * 1024
