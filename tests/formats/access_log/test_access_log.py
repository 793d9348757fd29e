"""The page on the access log tells the truth: its example, and the table of its fields."""

from __future__ import annotations

import hashlib
import re

from ledger.access_log.log import DOMAIN_TAG
from tests.formats.access_example import BEGIN, END, NAMES, PAGE, page_part


def example() -> str:
    return PAGE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]


def test_the_example_on_the_page_is_what_the_code_computes() -> None:
    assert example() == page_part(), "run: python -m tests.formats.access_example"


def test_the_hex_on_the_page_hashes_to_the_hash_on_the_page() -> None:
    blocks = example().split("```")[1::2]
    assert len(blocks) == 2
    previous = bytes(32).hex()
    for block in blocks:
        lines = [line[16:] for line in block.strip().splitlines()]
        assert lines[-2] == previous
        previous = hashlib.sha256(bytes.fromhex("".join(lines[:-1]))).hexdigest()
        assert previous == lines[-1]


def test_the_page_names_every_field_in_its_order_and_the_tag() -> None:
    text = PAGE.read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", text, re.MULTILINE)
    assert rows == [(str(place), name) for place, name in enumerate(NAMES, 1)]
    assert f"field({len(NAMES)})" in text
    assert f"`{DOMAIN_TAG.decode().strip()}`" in text
    assert f"the {len(DOMAIN_TAG)} bytes" in text
