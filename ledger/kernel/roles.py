"""The roles of credentials: those that every org has, and how those of its own are kept.

What each of the first may do is told by `schemas/permissions.yaml`.
"""

from collections.abc import Mapping
from enum import StrEnum

from ledger.kernel.canonical import canonical

ROLES_STREAM = "roles"
"""The stream of what an org says of the roles of its own."""


class Role(StrEnum):
    """The roles that every org has."""

    OPERATOR = "operator"
    ADMIN = "admin"
    BILLING = "billing"
    GATEWAY = "gateway"
    AUDITOR = "auditor"
    MEMBER = "member"


def text_of(roles: Mapping[str, list[str]]) -> str:
    """Return the roles of an org's own, each with what it lets do, as the directory keeps them."""
    return canonical(roles).decode()
