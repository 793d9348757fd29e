"""The own user: whose things are asked for where a path says no more than `me`."""

from __future__ import annotations

from api.http.auth.caller import Caller
from ledger.kernel.errors import Invalid


def own_user(caller: Caller) -> str:
    """Return the user that a credential stands for. Raises Invalid where it stands for none."""
    if caller.credential.subject is None:
        raise Invalid(
            "/v1/me is what is a user's own, and this credential stands for no user: take a key "
            "with a user or a token of one, or ask for what is of a user you name.",
            field="Authorization",
        )
    return caller.credential.subject
