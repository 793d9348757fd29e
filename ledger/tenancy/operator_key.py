"""The operator's credential: it opens every org, so one that can be guessed is refused at start."""

from __future__ import annotations

from itertools import pairwise

LENGTH_MIN = 32
CHARACTERS_MIN, STEPS_MIN, TRIPLES_MIN = 8, 8, 24
"""How many of each must differ. 128 random bits in hexadecimal, the narrowest way to write them,
miss this once in ten million times; a word again and again, or counting, does always."""


def weakness(key: str) -> str | None:
    """Return why a key can be guessed, as the rest of a sentence; None where nothing is seen."""
    if len(key) < LENGTH_MIN:
        return f"must have at least {LENGTH_MIN} characters"
    if len(set(key)) < CHARACTERS_MIN:
        return f"must have at least {CHARACTERS_MIN} different characters"
    if len({ord(after) - ord(before) for before, after in pairwise(key)}) < STEPS_MIN:
        return "counts: what follows each character can be told"
    if len({key[place : place + 3] for place in range(len(key) - 2)}) < TRIPLES_MIN:
        return "says the same again and again"
    return None
