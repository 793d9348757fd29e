"""Every field of an event is under its hash, and no two events share a preimage."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.kernel.chain import EMPTY, GENESIS, Entry, Head, extend, link_hash
from ledger.kernel.texts import blind, is_same

ENTRY = Entry("acme", "org", 1, "tenancy.OrgOpened", 5, "{}", "key", b"body")
OTHERS: dict[str, Any] = {
    "org": "acm",
    "stream": "orG",
    "version": 2,
    "type": "tenancy.OrgOpene",
    "recorded_us": 6,
    "actor": "{ }",
    "idempotency_key": "",
    "body": b"bodY",
}


@pytest.mark.parametrize("field", Entry._fields)
def test_the_hash_covers_every_field(field: str) -> None:
    other = ENTRY._replace(**{field: OTHERS[field]})
    assert link_hash(other, 1, GENESIS) != link_hash(ENTRY, 1, GENESIS)


def test_the_hash_covers_place_and_link() -> None:
    hashes = {
        link_hash(ENTRY, 1, GENESIS),
        link_hash(ENTRY, 2, GENESIS),
        link_hash(ENTRY, 1, b"\1" * 32),
    }
    assert len(hashes) == 3


def test_what_moves_between_fields_changes_the_hash() -> None:
    one = ENTRY._replace(actor="ab", idempotency_key="c")
    other = ENTRY._replace(actor="a", idempotency_key="bc")
    assert link_hash(one, 1, GENESIS) != link_hash(other, 1, GENESIS)


def test_each_org_has_a_chain_of_its_own() -> None:
    heads = {"acme": EMPTY}
    links = extend(heads, [ENTRY, ENTRY._replace(org="other"), ENTRY._replace(version=2)])
    assert [link.sequence for link in links] == [1, 1, 2]
    assert heads["acme"] == Head(2, links[2].hash, 5)
    assert links[2].hash == link_hash(links[2].entry, 2, links[0].hash)


def test_a_texts_digest_needs_its_salt() -> None:
    one, other = (blind("text", "reason", "ada", salt) for salt in (b"1", b"2"))
    assert one.digest != other.digest
    assert is_same("text", one)
    assert not is_same("texT", one)
