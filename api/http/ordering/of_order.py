"""Things of an order: each is seen by whom it is of, or by the guest who has the order's secret."""

from __future__ import annotations

from typing import Protocol, TypeVar

from api.http.auth.caller import Caller
from api.http.ordering.routes.orders import find
from ledger.kernel.errors import NotFound


class OfOrder(Protocol):
    """Something that an order has made its buyer's."""

    @property
    def order(self) -> str:
        """The id of the order."""

    @property
    def owner(self) -> str | None:
        """The user whose it is; None: a guest's."""


T = TypeVar("T", bound=OfOrder)


async def seen(caller: Caller, found: T | None, secret: str | None, none_such: NotFound) -> T:
    """Return what was found, if the caller may see it. Raises NotFound, the same whether it is
    another's or is not there."""
    if found is None:
        raise none_such
    if secret is not None:
        try:
            await find(caller, found.order, secret)
        except NotFound as refusal:
            raise none_such from refusal
    elif not caller.sees(found.owner):
        raise none_such
    return found


async def listed_owner(
    caller: Caller, user: str | None, order: str | None, secret: str | None
) -> str | None:
    """Return the user a list is narrowed to: everyone, where it is of an order whose secret is
    said. Raises NotFound."""
    if order is None or secret is None:
        return caller.filter(user)
    await find(caller, order, secret)
    return None
