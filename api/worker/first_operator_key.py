"""The first operator key: made where there is none, so that somebody can begin."""

from __future__ import annotations

import uuid

from api.commands.tenancy.api_keys import IssueApiKey
from api.http.service import Service
from api.http.tenancy.routes.api_keys import KEY_ID_BYTES, new_key_id
from api.permissions import PERMISSIONS
from api.queries.tenancy.directory import operator_keys
from ledger.kernel.actor import Actor
from ledger.kernel.ids import PLATFORM
from ledger.kernel.roles import Role
from ledger.tenancy.api_key import SECRET_BYTES, hash_of, secret_of


async def first_operator_key(service: Service) -> str | None:
    """Return where no operator key exists, neither in the environment nor open in the ledger: make
    one.

    Two processes that start at once use one idempotency key, so only one of them makes it.
    """
    if service.settings.operator_key is not None:
        return None
    issued, still_open = await operator_keys(service.reader)
    if still_open:
        return None
    secret = secret_of(service.random(SECRET_BYTES))
    command = IssueApiKey(
        org=PLATFORM,
        actor=Actor("@operator", "tally serve", str(uuid.uuid4())),
        key=f"operator key {issued + 1}",
        sent={},
        key_id=new_key_id(service.random(KEY_ID_BYTES)),
        name="operator",
        role=Role.OPERATOR,
        granter=PERMISSIONS[Role.OPERATOR],
        secret_hash=hash_of(secret),
    )
    result = await service.writer.submit(command)
    return None if result.replayed else secret


def announcement(secret: str) -> str:
    """Return what is printed of a key."""
    return f"The operator key, shown this once: {secret}"
