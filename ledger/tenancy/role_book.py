"""The role book of an org: the roles that it has made for itself, by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.kernel.ids import PLATFORM, split_stream_id, stream_id
from ledger.kernel.limits import ROLES_MAX
from ledger.kernel.roles import ROLES_STREAM, Role, text_of
from ledger.kernel.rows import TableRow

ROLE_PATTERN = r"[a-z][a-z0-9-]{0,62}"
_ROLE = re.compile(ROLE_PATTERN)


class RoleBook(LedgerAggregate):
    """The roles of an org, each with what it lets its holders do."""

    TOPIC: ClassVar[str] = "tenancy.RoleBook"
    STREAM: ClassVar[str] = ROLES_STREAM

    def __init__(self) -> None:
        self.roles: Mapping[str, list[str]] = {}

    class Event(LedgerAggregate.Event):
        """Base of a role book's facts."""

    class RoleBookOpened(Event, FirstFact):
        """An org begins to have roles of its own."""

        TOPIC: ClassVar[str] = "tenancy.RoleBookOpened"

    class RolesChanged(Event):
        """A role was defined, changed or removed: these are all that there are from now on."""

        TOPIC: ClassVar[str] = "tenancy.RolesChanged"
        fingerprint: str
        name: str
        roles: dict[str, list[str]]

        def apply(self, aggregate: RoleBook) -> None:
            aggregate.roles = self.roles

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        return [TableRow("role_books", {"org": org, "roles": text_of(self.roles)})]

    @classmethod
    def open(cls, org: str, at: datetime) -> RoleBook:
        """Return the role book that begins with an org's first role."""
        if org == PLATFORM:
            raise Conflict(
                "the platform has operators, and no roles of its own: name an org.", field="org"
            )
        return cls._create(cls.RoleBookOpened, id=role_book_id(org), timestamp=at)

    def define(
        self, name: str, permissions: Iterable[str], at: datetime, *, fingerprint: str
    ) -> None:
        """Have a role let its holders do this, and nothing else, whatever it did before."""
        check_role_name(name)
        if name not in self.roles and len(self.roles) >= ROLES_MAX:
            raise Conflict(
                f"an org has at most {ROLES_MAX} roles of its own: remove one, or change it.",
                field="name",
            )
        roles = {**self.roles, name: sorted(permissions)}
        self._change(name, roles, at, fingerprint)

    def remove(self, name: str, at: datetime, *, fingerprint: str) -> None:
        """Take a role away."""
        if name not in self.roles:
            raise no_such_role("name")
        roles = {each: held for each, held in self.roles.items() if each != name}
        self._change(name, roles, at, fingerprint)

    def _change(
        self, name: str, roles: dict[str, list[str]], at: datetime, fingerprint: str
    ) -> None:
        in_order = dict(sorted(roles.items()))
        self.trigger_event(
            self.RolesChanged, timestamp=at, fingerprint=fingerprint, name=name, roles=in_order
        )


def role_book_id(org: str) -> str:
    """Return the stream of an org's role book."""
    return stream_id(org, ROLES_STREAM)


def check_any_role(name: object, field: str) -> str:
    """Return what can be the name of a role."""
    if isinstance(name, str) and _ROLE.fullmatch(name):
        return name
    raise Invalid(
        f"{field} must be 1 to 63 of the characters a-z 0-9 - and begin with a letter.",
        field=field,
    )


def check_role_name(name: str, field: str = "name") -> str:
    """Return a name that an org may give to a role of its own."""
    if check_any_role(name, field) in [*Role]:
        raise Invalid(
            f"{name} is a role that every org has: give yours a name of its own.", field=field
        )
    return name


def no_such_role(field: str) -> NotFound:
    """Return the refusal of a role that an org does not have."""
    return NotFound("there is no role of that name in this org.", field=field)
