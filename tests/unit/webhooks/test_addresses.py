"""The address of a webhook is a public machine's, however it is written."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address

import httpx
import pytest

from adapters.public_network import NotPublic, PublicOnly, public_address, require_public
from ledger.kernel.errors import Invalid
from ledger.webhooks.address import check_url, is_public

PRIVATE = [
    *("127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "10.255.255.255", "172.16.0.1"),
    *("172.31.255.254", "192.168.1.1", "169.254.169.254", "169.254.170.2", "100.64.0.1"),
    *("100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.5"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.0.0.8"),
    *("::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1"),
    *("64:ff9b::a00:1", "2002:7f00:1::", "2002:a9fe:a9fe::", "2001:0:53aa:64c:0:fbf5:f5ff:fffe"),
    *("::7f00:1", "100::1"),
]
PUBLIC = ["93.184.215.14", "1.1.1.1", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]

HOSTILE = [
    *(f"https://{each}/" for each in PRIVATE if ":" not in each),
    *(f"https://[{each}]/" for each in PRIVATE if ":" in each),
    *("http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/"),
    *("javascript:alert(1)", "//example.com/", "example.com", "", "https://", "https:///path"),
    *("https://localhost/", "https://localhost./", "https://LOCALHOST/", "https://a.localhost/"),
    *("https://metadata.google.internal/", "https://db.internal/", "https://printer.local/"),
    *("https://intranet/", "https://postgres:5432/", "https://router.lan/", "https://x.home/"),
    *("https://2130706433/", "https://0x7f000001/", "https://017700000001/", "https://127.1/"),
    *("https://10.1/", "https://0x7f.0.0.1/", "https://0300.0250.1.1/", "https://1.1.1.256/"),
    *("https://user@example.com/", "https://user:word@example.com/", "https://@example.com/"),
    *("https://example.com@127.0.0.1/", "https://example.com#@127.0.0.1/", "https://a.com/#x"),
    *("https://example.com:0/", "https://example.com:99999/", "https://example.com:x/"),
    *("https://exam ple.com/", "https://example.com/\n", "https://example.com/a\r\nHost: x"),
    *("https://example.com\\@127.0.0.1/", "https://[::1", "https://::1/", "https://[x]/"),
    *("https://ex\u00e4mple.com/", "https://\u2460\u2461\u2466.0.0.1/", "https://a..com/"),
    *("https://-a.com/", "https://a_b.com/", "https://%31%32%37.0.0.1/", "https://a.com\x00/"),
    *("https://1.0.0.127.in-addr.arpa/", "https://facebookcorewwwi.onion/", "https://*.com/"),
    *("https://server.corp/", "https://nas.home.arpa/", "https://wiki.intranet/", "https://a.-b/"),
    *("https://10.0.0.1.:443/", "https://[fe80::1%25eth0]/", "https://1.1.1.1\t@a.com/"),
    "https://example.com/" + "a" * 2_000,
]


def test_there_are_a_hundred_hostile_targets() -> None:
    assert len(set(HOSTILE)) >= 100


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_target_is_no_address_of_a_webhook(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_url(url, "url")
    assert refused.value.field == "url"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://hooks.example.com:8443/a/b?c=d",
        "https://xn--exmple-cua.com/",
        "https://93.184.215.14/told",
        "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:443/",
    ],
)
def test_a_public_one_is(url: str) -> None:
    assert check_url(url, "url") == url


def test_where_private_ones_are_allowed_they_need_no_tls_and_still_no_password() -> None:
    assert check_url("http://127.0.0.1:8000/x", "url", private=True)
    for url in ("http://a:b@127.0.0.1/", "ftp://127.0.0.1/", "http://"):
        with pytest.raises(Invalid):
            check_url(url, "url", private=True)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(ip_address(address))


def _leading_to(*answers: Sequence[str]) -> PublicOnly:
    """A network whose names lead somewhere else each time."""
    left = list(answers)
    return PublicOnly(lambda *_: left.pop(0))


def _post(network: PublicOnly, url: str) -> None:
    async def post() -> None:
        async with httpx.AsyncClient(transport=network, timeout=5) as client:
            await client.post(url, content=b"x")

    asyncio.run(post())


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_a_private_address_is_not_called(address: str) -> None:
    with pytest.raises(NotPublic):
        _post(_leading_to([address]), "https://example.com/")


def test_one_private_address_among_public_ones_is_enough() -> None:
    with pytest.raises(NotPublic):
        _post(_leading_to(["1.1.1.1", "127.0.0.1"]), "https://example.com/")


def test_a_name_that_changes_its_mind_is_asked_at_each_call() -> None:
    network = _leading_to(["93.184.215.14"], ["127.0.0.1"])
    assert asyncio.run(public_address("example.com", 443, network.resolve)) == "93.184.215.14"
    with pytest.raises(NotPublic):
        _post(network, "https://example.com/")


def test_what_was_checked_is_what_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[tuple[str, object]] = []

    async def take(_: object, request: httpx.Request) -> httpx.Response:
        called.append((request.url.host, request.extensions["sni_hostname"]))
        assert request.headers["host"] == "example.com"
        return httpx.Response(204)

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", take)
    _post(_leading_to(["93.184.215.14"]), "https://example.com/")
    _post(_leading_to(["2606:2800:21f::1"]), "https://example.com/")
    assert called == [("93.184.215.14", "example.com"), ("2606:2800:21f::1", "example.com")]


def test_a_name_that_leads_nowhere_is_no_reason_to_refuse_it_and_is_not_called() -> None:
    def nowhere(*_: object) -> list[str]:
        raise OSError("no such name")

    asyncio.run(require_public("https://example.com/", nowhere))
    with pytest.raises(httpx.ConnectError):
        _post(PublicOnly(nowhere), "https://example.com/")


def test_a_name_that_leads_to_us_is_refused_when_it_is_named() -> None:
    with pytest.raises(Invalid, match="public machine") as refused:
        asyncio.run(require_public("https://example.com/", lambda *_: ["10.0.0.1"]))
    assert refused.value.field == "url"
