"""A clean text: each of its characters can be seen."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.kernel.errors import Invalid
from ledger.kernel.ids import UNSEEN, check_text

CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Controls, formats, surrogates, and what separates lines and paragraphs."""

SEEN = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD} | set(
    range(0x13430, 0x13440)
)
"""Formats that show something: signs before numbers, and of hieroglyphs."""

BLANK = {0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10)} | {
    *range(0x180B, 0x180E),
    0x180F,
    *range(0xE0100, 0xE01F0),
}
"""Letters and marks that show nothing."""


def test_every_character_that_shows_nothing_is_unclean() -> None:
    unseen = {code for first, last in UNSEEN for code in range(first, last + 1)}
    for code in range(0x110000):
        shows_nothing = unicodedata.category(chr(code)) in CATEGORIES and code not in SEEN
        if shows_nothing or code in BLANK:
            assert code in unseen, f"U+{code:04X}"
        elif code in unseen:
            assert unicodedata.category(chr(code)) == "Cn", f"U+{code:04X}"  # kept for such


@pytest.mark.parametrize("unseen", ["\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\x9b", "\0"])
@pytest.mark.parametrize("text", ["{}", "a{}b", "grün {}"])
def test_an_unclean_text_is_refused_and_the_character_named(unseen: str, text: str) -> None:
    with pytest.raises(Invalid, match=rf"reference must not hold U\+{ord(unseen):04X}"):
        check_text(text.format(unseen), "reference")


@pytest.mark.parametrize(
    "text", ["grün", "漢字", "مرحبا", "שלום", "नमस्ते", "e\u0301", "🙂", "a b", "\u00a0"]
)
def test_letters_of_every_script_are_clean(text: str) -> None:
    assert check_text(text, "reference") == text


@given(st.text(min_size=1, max_size=20))
def test_a_text_is_clean_as_its_characters_are(text: str) -> None:
    def is_clean(each: str) -> bool:
        try:
            return check_text(each, "text") == each
        except Invalid:
            return False

    assert is_clean(text) == all(map(is_clean, text))
