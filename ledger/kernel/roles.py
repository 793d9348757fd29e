"""The roles of credentials; what each may do is told by `schemas/permissions.yaml`."""

from enum import StrEnum


class Role(StrEnum):
    """The roles of a credential."""

    OPERATOR = "operator"
    ADMIN = "admin"
    BILLING = "billing"
    GATEWAY = "gateway"
    AUDITOR = "auditor"
    MEMBER = "member"
