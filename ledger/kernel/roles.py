"""The roles of credentials, and those that are often named together."""

from enum import StrEnum


class Role(StrEnum):
    """The roles of a credential."""

    OPERATOR = "operator"
    ADMIN = "admin"
    BILLING = "billing"
    GATEWAY = "gateway"
    AUDITOR = "auditor"
    MEMBER = "member"


OPERATORS = frozenset({Role.OPERATOR})
ADMINS = OPERATORS | {Role.ADMIN}
"""Whatever may be done in an org."""

BILLERS = ADMINS | {Role.BILLING}
"""Money that comes in, and what is put right."""

READERS = BILLERS | {Role.AUDITOR}
"""Whatever is to be read in an org."""

GATEWAYS = ADMINS | {Role.GATEWAY}
"""Usage that is recorded."""

MEMBERS = frozenset({Role.MEMBER})
"""What is one's own."""
