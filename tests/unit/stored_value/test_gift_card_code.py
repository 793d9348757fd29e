"""A code is told from one that was mistyped, however it is written, and its digest is an org's."""

from __future__ import annotations

import re

import pytest

from ledger.kernel.errors import Invalid
from ledger.stored_value.gift_card_code import (
    ALPHABET,
    CODE_PATTERN,
    LENGTH,
    RANDOM_BYTES,
    check_code,
    code_of,
    digest_of,
)

CODE = code_of(bytes(range(RANDOM_BYTES)))
TYPED = CODE.replace("-", "")


def test_it_is_read_however_it_is_typed() -> None:
    assert re.fullmatch(CODE_PATTERN, CODE)
    assert not set("01ILOU") & set(ALPHABET)
    assert check_code(CODE) == check_code(f"  {CODE.lower().replace('-', ' ')} ") == TYPED


def test_every_letter_that_is_mistyped_is_seen() -> None:
    for at in range(LENGTH):
        for letter in set(ALPHABET) - {TYPED[at]}:
            with pytest.raises(Invalid) as refused:
                check_code(TYPED[:at] + letter + TYPED[at + 1 :])
            assert TYPED[:at] not in str(refused.value) or not at


def test_neighbours_that_are_exchanged_are_seen() -> None:
    swapped = {TYPED[:at] + TYPED[at + 1] + TYPED[at] + TYPED[at + 2 :] for at in range(LENGTH - 1)}
    for code in swapped - {TYPED}:
        with pytest.raises(Invalid):
            check_code(code)


@pytest.mark.parametrize("code", ["", "0" * LENGTH, TYPED + "2", TYPED[:-1], "é" * 20, 7, None])
def test_what_is_no_code_is_refused(code: object) -> None:
    with pytest.raises(Invalid) as refused:
        check_code(code)
    assert refused.value.field == "code"


def test_a_digest_says_nothing_of_another_orgs() -> None:
    assert digest_of("acme", TYPED) == digest_of("acme", check_code(CODE))
    assert digest_of("acme", TYPED) != digest_of("other", TYPED)
    assert TYPED not in digest_of("acme", TYPED)


def test_drawn_letters_are_all_used() -> None:
    drawn = {letter for n in range(200) for letter in code_of(n.to_bytes(2) * 12)}
    assert drawn == {*ALPHABET, "-"}
