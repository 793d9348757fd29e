"""Listening: what an address is, before a socket is made for it."""

from __future__ import annotations

import socket


def family_of(host: str) -> socket.AddressFamily:
    """Return the family of a host's addresses. Raises UnicodeError for what can be no name, which a
    socket would find out too late to close itself."""
    host.encode("idna")
    return socket.AF_INET6 if ":" in host else socket.AF_INET
