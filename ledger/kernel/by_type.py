"""A function of a fact's type: `functools.singledispatch` of fewer steps."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


class ByType(Generic[T]):
    """Calls what is registered for the type of its argument, by one look-up; the library's goes
    through a cache of weak references, which costs more than most of what is called."""

    def __init__(self, otherwise: Callable[[Any], T]) -> None:
        functools.update_wrapper(self, otherwise)
        self._dispatched = functools.singledispatch(otherwise)
        self._found: dict[type, Callable[[Any], T]] = {}

    def register(self, function: F) -> F:
        """Register a function for the type of its parameter."""
        self._found.clear()
        self._dispatched.register(function)
        return function

    def __call__(self, fact: Any) -> T:
        """Call what is registered for a fact."""
        function = self._found.get(type(fact))
        if function is None:
            function = self._found[type(fact)] = self._dispatched.dispatch(type(fact))
        return function(fact)
