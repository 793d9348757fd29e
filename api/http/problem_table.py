"""The problem table: what is said of every code, from `schemas/errors.yaml`, the one list.

`python -m api.http.problem_table` writes its rows into `docs/errors.md`; a test compares them.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path

import msgspec

PLACE = Path(__file__).parents[2] / "docs" / "errors.md"
_ROWS = re.compile(r"(?<=\|---\|---\|---\|---\|\n)(?:\|.*\n)+")


class Described(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A kind of problem: its status and title, and for people what it means and whether to send the
    same again."""

    status: HTTPStatus
    title: str
    meaning: str
    again: str


PROBLEMS = msgspec.yaml.decode(
    (files("schemas") / "errors.yaml").read_bytes(), type=dict[str, Described]
)
"""Code → what is said of it."""


def text() -> str:
    """Return the page with the rows as they are to be kept."""
    rows = "".join(
        f"| `{code}` | {int(each.status)} | {each.meaning} | {each.again} |\n"
        for code, each in PROBLEMS.items()
    )
    return _ROWS.sub(lambda _: rows, PLACE.read_text("utf-8"), count=1)


if __name__ == "__main__":
    PLACE.write_text(text(), "utf-8")
