"""Found items: what facts make of what a catalogue item is found by: one pure function."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ledger.catalogue.catalogue_item import CatalogueItem
from ledger.catalogue.item_state import ItemState
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import name_of


class FoundItem(NamedTuple):
    """What a fact says of how an item is found; None: as before. `categories`, `options` (as
    `colour=red`) and `texts` are JSON."""

    item: str
    type: str | None = None
    state: str | None = None
    categories: str | None = None
    options: str | None = None
    texts: str | None = None


@ByType
def found_of(fact: Fact) -> list[FoundItem]:
    """Return what a fact says of how an item is found; most kinds of facts say nothing."""
    return []


@found_of.register
def _(fact: CatalogueItem.ItemCreated) -> list[FoundItem]:
    return [FoundItem(name_of(fact.originator_id), type=fact.type, state=ItemState.DRAFT.value)]


@found_of.register
def _(fact: CatalogueItem.ItemDescribed) -> list[FoundItem]:
    return [
        FoundItem(
            name_of(fact.originator_id),
            categories=_json(fact.details.categories),
            texts=_json(fact.details.texts),
        )
    ]


@found_of.register
def _(fact: CatalogueItem.VariantsDefined) -> list[FoundItem]:
    chosen = {f"{name}={value}" for each in fact.variants for name, value in each.values.items()}
    return [FoundItem(name_of(fact.originator_id), options=_json(sorted(chosen)))]


@found_of.register
def _(fact: CatalogueItem.ItemPublished) -> list[FoundItem]:
    return [FoundItem(name_of(fact.originator_id), state=ItemState.PUBLISHED.value)]


@found_of.register
def _(fact: CatalogueItem.ItemArchived) -> list[FoundItem]:
    return [FoundItem(name_of(fact.originator_id), state=ItemState.ARCHIVED.value)]


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
