"""Claims: what items of one file are called, so that no two of them want the same name."""

from __future__ import annotations

from dataclasses import replace

from api.imports.imported_item import ImportedItem
from api.imports.read_item import NotTaken


class Claims:
    """The slugs and SKUs that items of a file have claimed, with the line of each. They are given
    in the order of the file, so that the same file always gives the same."""

    def __init__(self) -> None:
        self._slugs: dict[str, int] = {}
        self._skus: dict[str, int] = {}

    def claim(self, item: ImportedItem) -> ImportedItem:
        """Return an item with the first of its slugs that is free. Raises NotTaken where none is,
        or one of its SKUs is not."""
        for each in item.variants:
            before = self._skus.get(each.meaning.sku)
            if before is not None:
                raise NotTaken(
                    each.line,
                    f"its SKU {each.meaning.sku} is that of line {before}: give it another.",
                )
        free = next((slug for slug in item.slugs if slug not in self._slugs), None)
        if free is None:
            before = self._slugs[item.slug]
            raise NotTaken(item.line, f"its slug {item.slug} is that of the item on line {before}.")
        self._slugs[free] = item.line
        self._skus |= {each.meaning.sku: each.line for each in item.variants}
        return replace(item, slugs=(free,))
