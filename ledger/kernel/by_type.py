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
        self._otherwise = otherwise
        self._found: dict[type, Callable[[Any], T]] = {}

    def register(self, function: F) -> F:
        """Register a function for the type of its parameter."""
        self._found.clear()
        self._dispatched.register(function)
        return function

    def knows(self, kind: type) -> bool:
        """Tell whether something is registered for a type."""
        return self._of(kind) is not self._otherwise

    def __call__(self, fact: Any) -> T:
        """Call what is registered for a fact."""
        return self._of(type(fact))(fact)

    def _of(self, kind: type) -> Callable[[Any], T]:
        function = self._found.get(kind)
        if function is None:
            function = self._found[kind] = self._dispatched.dispatch(kind)
        return function
