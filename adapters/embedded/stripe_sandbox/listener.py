"""The listener of a sandbox: where it was before, so that addresses of pages stay good."""

from __future__ import annotations

import socket
from pathlib import Path

import msgspec

from adapters.embedded.stripe_sandbox.access import access_of, keep_access


def listener_of(home: Path) -> socket.socket:
    """Return a socket that listens where the sandbox did before, if that is still free."""
    access = access_of(home)
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", access.port))
    except OSError:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
        keep_access(home, msgspec.structs.replace(access, port=port))
    listener.listen(512)
    return listener
