"""The address of a webhook: which URLs may be called for somebody else, and which machines.

Whoever names a URL has us call it from inside our network: nothing that only we can reach may be
named, neither by its number nor by a name that leads there.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from ledger.kernel.errors import Invalid

URL_MAX = 2_000
"""Characters of a URL."""

_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.?")
_OURS = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa", "onion")
"""Names that end so lead to no public machine."""

_PROTOCOLS = IPv4Network("192.0.0.0/24")
"""Addresses of protocols (RFC 6890), of which Python's list of private ones leaves some out."""

_TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv6 addresses that end in the IPv4 address that is meant (RFC 6052)."""


def check_url(url: object, field: str, *, private: bool = False) -> str:
    """Return the URL of a webhook; `private` ones too lead to our own network, and without TLS."""
    if not isinstance(url, str) or not 1 <= len(url) <= URL_MAX:
        raise Invalid(f"{field} must be a URL of at most {URL_MAX} characters.", field=field)
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise Invalid(
            f"{field} must be ASCII without spaces and backslashes: write other characters as %XX, "
            "and a name of another script as its xn-- form.",
            field=field,
        )
    parts, host = _parts(url, field)
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise Invalid(f"{field} must begin with https://.", field=field)
    if "@" in parts.netloc:
        raise Invalid(
            f"{field} must hold no user and no password: calls are signed instead.", field=field
        )
    if "#" in url:
        raise Invalid(f"{field} must hold no fragment: it would not be sent.", field=field)
    if not private:
        _check_host(host, field)
    return url


def host_of(url: str) -> tuple[str, int]:
    """Return the host and the port of a checked URL."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _parts(url: str, field: str) -> tuple[SplitResult, str]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if not host or port == 0 or not (_number(host) or _HOST.fullmatch(host)):
        raise Invalid(
            f"{field} must be a URL with a host, as https://example.com/path.", field=field
        )
    return parts, host


def _check_host(host: str, field: str) -> None:
    number = _number(host)
    labels = host.rstrip(".").split(".")
    if number is not None:
        allowed = is_public(number)
    else:
        allowed = len(labels) > 1 and labels[-1] not in _OURS and not labels[-1].isdigit()
    if not allowed:
        raise Invalid(
            f"{field} must lead to a public machine: not to a private, local or reserved address.",
            field=field,
        )


def _number(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is one machine that everybody can reach, also by what it stands
    for."""
    if isinstance(address, IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local or address.scope_id is not None:
            return False
    elif address in _PROTOCOLS:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inner(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address carries, if it carries one."""
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return (
        address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    )
