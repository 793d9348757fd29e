"""The look-up tables of all contexts, by name."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.contexts import CONTEXTS
from ledger.kernel.context import Context, Table


def tables_of(contexts: Iterable[Context]) -> dict[str, Table]:
    """Return every table of contexts by its name. Raises ValueError where two declare the same."""
    found: dict[str, Table] = {}
    for context in contexts:
        for table in context.tables:
            if table.name in found:
                raise ValueError(
                    f"the context {context.name} declares the table {table.name}, as another does."
                )
            found[table.name] = table
    return found


TABLES = tables_of(CONTEXTS)
"""Name → table, in the order of the contexts."""
