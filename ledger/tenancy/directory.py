"""The directories: rows of `orgs` and `api_keys`, written with the events that say so."""

from __future__ import annotations

from ledger.kernel.ids import split_stream_id
from ledger.kernel.times import microseconds
from ledger.tenancy.api_key import ApiKey
from ledger.tenancy.org import Org


def org_row(org: Org) -> dict[str, object]:
    """An org as the directory lists it."""
    return {
        "org": split_stream_id(org.id)[0],
        "name": org.name,
        "billing_mode": org.billing_mode,
        "recorded_us": microseconds(org.created_on),
    }


def api_key_row(key: ApiKey) -> dict[str, object]:
    """A credential as the directory lists it: never its secret."""
    org, stream = split_stream_id(key.id)
    return {
        "org": org,
        "id": stream.partition("/")[2],
        "name": key.name,
        "role": key.role,
        "subject": key.subject,
        "secret_hash": key.secret_hash,
        "recorded_us": microseconds(key.created_on),
        "revoked": key.revoked,
    }
