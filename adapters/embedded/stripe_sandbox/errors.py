"""Errors as Stripe words them: a status, and an object that says why."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A call is not done. `keeps`: what it has changed stays, as a declined payment does."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        keeps: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.keeps = keeps
        self._error = {"type": type, "code": code, "message": message, "param": param, **more}

    def body(self) -> dict[str, Any]:
        """Return the body of the response."""
        return {"error": {name: each for name, each in self._error.items() if each is not None}}


def no_such(kind: str, id: str, param: str = "id") -> Refused:
    """Return the refusal of what is not there."""
    return Refused(
        f"No such {kind}: '{id}'",
        status=400 if param != "id" else 404,
        code="resource_missing",
        param=param,
    )


def declined(code: str, decline_code: str, message: str, **more: Any) -> Refused:
    """Return the refusal of a payment by a bank; what it has changed stays."""
    return Refused(
        message,
        status=402,
        type="card_error",
        code=code,
        decline_code=decline_code,
        keeps=True,
        **more,
    )
