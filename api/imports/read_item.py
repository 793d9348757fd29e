"""The read item: what rows of a file say of one thing that is sold, before any rule of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.catalogue.item_type import Kind


class NotTaken(Exception):
    """A row that cannot be taken, with all of its item; the text says why."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line, self.why = line, why


@dataclass(frozen=True)
class Remark:
    """What was taken otherwise than it stands in the file, or left out. `what` is one of few
    sentences, by which remarks are counted."""

    line: int
    what: str


@dataclass(frozen=True)
class ReadPrice:
    """A price as it is written, and for which time, in microseconds."""

    text: str
    from_us: int | None = None
    until_us: int | None = None


@dataclass(frozen=True)
class ReadVariant:
    """What can be bought: a value of each option, in their order; empty: none is named. `cost`: of
    a unit, as it is written."""

    line: int
    sku: str
    values: Sequence[str] = ()
    grams: int | None = None
    prices: Sequence[ReadPrice] = ()
    units: int = 0
    oversell: bool = False
    cost: str = ""


@dataclass(frozen=True)
class ReadItem:
    """What is sold. `names`: what it may be called in links, the first that is free; `texts`: its
    titles and descriptions in HTML by language, the empty one that of the file."""

    line: int
    names: Sequence[str]
    texts: Mapping[str, tuple[str, str]]
    variants: Sequence[ReadVariant]
    options: Sequence[str] = ()
    kind: Kind = Kind.PHYSICAL
    categories: Sequence[Sequence[str]] = ()
    tax_category: str = ""
    media: Sequence[tuple[str, str]] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    is_published: bool = True
    remarks: Sequence[Remark] = ()
