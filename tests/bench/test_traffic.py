"""The requests of the benchmark are what gateways send, and never the same twice."""

from __future__ import annotations

import json
from collections import Counter
from itertools import islice, pairwise

from bench.traffic import Batches, Door, SingleLines, line_ids, zipf

DOOR = Door("127.0.0.1:8080", "secret")


def body_of(request: bytes) -> dict[str, object]:
    head, _, body = request.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    return dict(json.loads(body))


def test_ids_are_new_and_led_by_the_time_or_random() -> None:
    ordered, random = (list(islice(line_ids(ordered=each), 10_000)) for each in (True, False))
    assert len({*ordered, *random}) == 20_000
    assert all(before[:13] <= after[:13] for before, after in pairwise(ordered))
    assert random != sorted(random)


def test_payers_are_drawn_by_rank() -> None:
    drawn = Counter(islice(zipf(10_000, "seed"), 50_000))
    assert drawn[b"u0000001"] > 1.5 * drawn[b"u0000002"] > 1.5 * drawn[b"u0000008"]
    assert len(drawn) > 5_000


def test_two_recipes_alike_never_repeat_a_line() -> None:
    recipe = SingleLines(DOOR, 10)
    ids = [body_of(request)["id"] for _ in range(2) for request in islice(recipe, 100)]
    assert len(set(ids)) == 200


def test_a_batch_has_a_line_for_each_wallet() -> None:
    (request,) = islice(Batches(DOOR, wallets=100, lines=100), 1)
    items = body_of(request)["items"]
    assert isinstance(items, list)
    assert len({item["user"] for item in items}) == len({item["id"] for item in items}) == 100
