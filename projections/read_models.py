"""The read models of all contexts: `projections/<context>/<name>.py` of each name they list."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any, TypeAlias

from ledger.contexts import CONTEXTS
from ledger.kernel.context import Context
from projections.read_model import ReadModel
from projections.summary import Summary

AnyModel: TypeAlias = ReadModel[Any] | Summary[Any]
"""A read model of either kind."""


def read_models_of(contexts: Iterable[Context]) -> dict[str, AnyModel]:
    """Return every read model of contexts by its name. Raises ValueError where a file is none of
    that name, or two are called the same."""
    found: dict[str, AnyModel] = {}
    for context in contexts:
        for name in context.read_models:
            module = import_module(f"projections.{context.name}.{name}")
            if module.READ_MODEL.name != name:
                raise ValueError(f"{module.__name__} is not the read model {name}.")
            if name in found:
                raise ValueError(
                    f"the context {context.name} lists the read model {name}, as another does."
                )
            found[name] = module.READ_MODEL
    return found


READ_MODELS = read_models_of(CONTEXTS)
"""Name → read model, in the order of the contexts."""

SUMMARIES = tuple(name for name, model in READ_MODELS.items() if isinstance(model, Summary))
"""The names of those of which a row is of many events."""

ANALYSTS = {
    name: model
    for name, model in READ_MODELS.items()
    if isinstance(model, ReadModel) and model.for_analysts
}
"""Those in ClickHouse."""
