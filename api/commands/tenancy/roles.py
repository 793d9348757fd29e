"""Roles of an org's own: `DefineRole`, `RemoveRole`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org_or_platform
from api.commands.unit_of_work import UnitOfWork
from api.permissions import PERMISSIONS
from ledger.kernel.errors import Conflict, Invalid
from ledger.tenancy.role_book import RoleBook, no_such_role, role_book_id


@dataclass(frozen=True)
class DefineRole(KeyedCommand):
    """Have a role let its holders do this and nothing else, from now on."""

    name: str
    permissions: Sequence[str]

    operation: ClassVar[str] = "roles"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org_or_platform(unit, self.org)
        at = unit.now(self.org)
        book = unit.get(RoleBook, role_book_id(self.org)) or RoleBook.open(self.org, at)
        book.define(self.name, self.permissions, at, fingerprint=self.fingerprint)
        return unit.record(book, self.actor, self.key)


@dataclass(frozen=True)
class RemoveRole(KeyedCommand):
    """Take away a role that no key comes with; a token that names it may do nothing any more."""

    name: str
    holders: Sequence[str] = ()
    """API keys that come with it, as the directory said when this was asked for."""

    operation: ClassVar[str] = "roles/remove"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        book = unit.get(RoleBook, role_book_id(self.org))
        if book is None:
            raise no_such_role("name")
        if self.holders:
            raise Conflict(
                f"API keys come with this role, as {', '.join(self.holders)}: revoke them first, "
                "or have the role allow nothing.",
                field="name",
            )
        book.remove(self.name, unit.now(self.org), fingerprint=self.fingerprint)
        return unit.record(book, self.actor, self.key)


def held_by(unit: UnitOfWork, org: str, role: str) -> Collection[str]:
    """Return what a role of an org lets do, one that every org has or one of its own."""
    if role in PERMISSIONS:
        return PERMISSIONS[role]
    book = unit.get(RoleBook, role_book_id(org))
    if book is None or role not in book.roles:
        raise Invalid("there is no role of that name in this org.", field="role")
    return book.roles[role]
