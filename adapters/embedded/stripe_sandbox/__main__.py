"""The sandbox as a process: `python -m adapters.embedded.stripe_sandbox --home DIR`."""

from __future__ import annotations

import argparse
import os
import socket
from pathlib import Path

from adapters.embedded.stripe_sandbox.access import access_of
from adapters.embedded.stripe_sandbox.listener import listener_of
from adapters.embedded.stripe_sandbox.server import server_of


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(
        prog="python -m adapters.embedded.stripe_sandbox", description=__doc__
    )
    parser.add_argument("--home", type=Path, required=True, help="the folder that keeps its state")
    parser.add_argument("--listen", type=int, help="a descriptor that listens already")
    parser.add_argument("--notify", help="a URL that is told of everything")
    given = parser.parse_args()
    os.umask(0o077)
    given.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if given.listen is None:
        listener = listener_of(given.home)
        print(access_of(given.home).url_with_secrets(), flush=True)
    else:
        listener = socket.socket(fileno=given.listen)
    server_of(given.home, given.notify).run(sockets=[listener])


if __name__ == "__main__":
    main()
