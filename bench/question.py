"""A question of a benchmark: one file of this folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.answer import Answer
from bench.session import Session


@dataclass(frozen=True)
class Question:
    """One file of this folder. `budget_s`: how long it takes at full size, in seconds."""

    name: str
    asks: str
    budget_s: int
    answer: Callable[[Session], Sequence[Answer]]
