"""Access: the key of the sandbox's account, what its notices are signed with, and its port."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import msgspec

FILE = "access.json"
_PORTS = range(20_000, 32_000)
"""Below those that connections of others take by chance."""


class Access(msgspec.Struct, frozen=True):
    """What stands in the folder of a sandbox, for its owner alone."""

    api_key: str
    webhook_secret: str
    port: int

    def url(self) -> str:
        """Return where its pages are."""
        return f"http://127.0.0.1:{self.port}"

    def url_with_secrets(self) -> str:
        """Return where it is, its key as the user, the secret of its notices as the password."""
        return f"http://{self.api_key}:{self.webhook_secret}@127.0.0.1:{self.port}"


def access_of(home: Path) -> Access:
    """Return the access of a sandbox, made at the first time: addresses of pages stay good."""
    path = home / FILE
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=Access)
    made = Access(
        f"sk_test_{secrets.token_hex(16)}",
        f"whsec_{secrets.token_hex(16)}",
        secrets.choice(_PORTS),
    )
    keep_access(home, made)
    return made


def keep_access(home: Path, access: Access) -> None:
    """Write the access of a sandbox, whole or not at all."""
    new = home / f"{FILE}.new"
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.encode(access))
    new.replace(home / FILE)
