"""The problem that a refused request is answered with, as an exception; a class for each code."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar


class TallystickError(Exception):
    """What this client raises."""


class Unreachable(TallystickError):
    """No answer came in time. What was sent may have been done: the same again is safe."""


class NotAProblem(TallystickError):
    """An answer that is not of the contract: something else stands between, such as a proxy."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text[:200]}")
        self.status = status
        self.text = text


class Problem(TallystickError):
    """A refused request. Decide by its class or `code`; `detail` is a sentence for a person."""

    code: str = ""
    status: int = 0
    may_be_sent_again: ClassVar[bool] = False
    """Whether time alone heals it, so that the client sends the same again by itself."""

    classes: ClassVar[dict[str, type[Problem]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        Problem.classes[cls.code] = cls

    def __init__(self, members: Mapping[str, Any]) -> None:
        self.code = members["code"]
        self.status = int(members["status"])
        self.title: str = members.get("title", "")
        self.detail: str = members.get("detail", "")
        self.field: str | None = members.get("field")
        self.index: int | None = members.get("index")
        self.request_id: str | None = members.get("request_id")
        self.members = dict(members)
        super().__init__(f"{self.code}: {self.detail}")

    @staticmethod
    def of(members: Mapping[str, Any]) -> Problem:
        """Return the problem as the class of its code; a newer code as this class."""
        return Problem.classes.get(members["code"], Problem)(members)

    def _decimal(self, name: str) -> Decimal:
        return Decimal(self.members[name])

    def _text(self, name: str) -> str | None:
        value = self.members.get(name)
        return None if value is None else str(value)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.members,)
