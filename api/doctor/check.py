"""A check: what was looked at, what was found, and what to do about it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    """How it is. Only `WRONG` makes the doctor's exit code 1."""

    RIGHT = "ok"
    LOOK = "look"
    WRONG = "wrong"


class Check(NamedTuple):
    """A line of what the doctor says; `advice` is empty where nothing is to be done."""

    what: str
    verdict: Verdict
    found: str
    advice: str = ""


def right(what: str, found: str) -> Check:
    """Return a check that found nothing to do."""
    return Check(what, Verdict.RIGHT, found)


def look(what: str, found: str, advice: str) -> Check:
    """Return a check that found what somebody should look at."""
    return Check(what, Verdict.LOOK, found, advice)


def wrong(what: str, found: str, advice: str) -> Check:
    """Return a check that found what must not stay so."""
    return Check(what, Verdict.WRONG, found, advice)
