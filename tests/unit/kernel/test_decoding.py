"""Decoders that threads make at the same time are whole before any is used."""

from __future__ import annotations

import subprocess
import sys

STORY = """
import sys, threading
import msgspec
from ledger.kernel import decoding

LEAF = '{"a": 1, "b": "x", "c": [1, 2], "d": {"q": 1}}'
PART = '{"x": [%s], "y": {"k": %s}, "z": %s}' % (LEAF, LEAF, LEAF)
FIRST = ('{"part": %s, "parts": [%s]}' % (PART, PART)).encode()

sys.setswitchinterval(1e-6)
for _ in range(200):
    class Leaf(msgspec.Struct):
        a: int
        b: str
        c: list[int]
        d: dict[str, int]
        e: int | None = None

    class Part(msgspec.Struct):
        x: list[Leaf]
        y: dict[str, Leaf]
        z: Leaf

    class One(msgspec.Struct):
        part: Part
        parts: list[Part] = []

    class Other(msgspec.Struct):
        parts: list[Part]
        part: Part

    together = threading.Barrier(6)

    def decode(number):
        kind = (One, Other)[number % 2]
        together.wait()
        if number < 2:
            decoding.decoder(kind)(FIRST)
        elif number < 4:
            decoding.decoded(FIRST, kind)
        else:
            decoding.converted(PLAIN, kind)

    PLAIN = msgspec.json.decode(FIRST)
    threads = [threading.Thread(target=decode, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
"""


def test_threads_that_decode_into_the_same_for_the_first_time_do_not_end_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", STORY], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
