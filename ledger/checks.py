"""The checks of all contexts, in the order of the contexts."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.contexts import CONTEXTS
from ledger.inspection import Inspection
from ledger.kernel.context import Context


def checks_of(contexts: Iterable[Context]) -> tuple[type[Inspection], ...]:
    """List every check of contexts. Raises TypeError where one is no Inspection."""
    checks = [(context, check) for context in contexts for check in context.checks]
    for context, check in checks:
        if not issubclass(check, Inspection):
            raise TypeError(f"the context {context.name} lists {check}, which is no Inspection.")
    return tuple(check for _, check in checks)


CHECKS = checks_of(CONTEXTS)

CHECKED = tuple(kind for check in CHECKS for kind in check.KINDS)
"""What they write of in the report."""

WHOLE_KINDS = tuple(kind for check in CHECKS for kind in check.WHOLE)
"""What of the report needs every event of an org."""
