"""A real server that takes TLS and credentials files only: the ledger does its work there, and goes
nowhere with a certificate or credentials that are not right."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ipaddress
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nkeys
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.embedded.folder import DataFolder
from adapters.embedded.nats import Nats
from adapters.nats.address import NatsAddress
from adapters.nats.examination import examine_nats
from adapters.nats.feed import NatsFeed
from adapters.nats.usage import NatsUsage
from ledger.kernel.errors import Unavailable
from ledger.kernel.inbox import DeadLetter
from projections.ports import Message
from tests.processes.feed.reading import on, published
from tests.processes.inbound.test_permissions import ready

UNBOUNDED = {
    **dict.fromkeys(("subs", "data", "payload", "imports", "exports", "conn", "leaf"), -1),
    "wildcards": True,
}


class Identity:
    """A key pair of NATS, which signs what it says of others."""

    def __init__(self, kind: int) -> None:
        self.seed = nkeys.encode_seed(secrets.token_bytes(32), kind)
        self._pair = nkeys.from_seed(bytearray(self.seed))
        self.name = self._pair.public_key.decode()

    def says(self, kind: str, of: Identity, **more: Any) -> str:
        """A token (JWT) about somebody."""
        claims: dict[str, Any] = {"iss": self.name, "sub": of.name, "name": kind, "iat": 1}
        claims["nats"] = {"type": kind, "version": 2, **more}
        claims["jti"] = hashlib.sha256(json.dumps(claims).encode()).hexdigest()
        parts = [{"typ": "JWT", "alg": "ed25519-nkey"}, claims]
        signed = b".".join(_text(json.dumps(part).encode()) for part in parts)
        return (signed + b"." + _text(self._pair.sign(signed))).decode()


def _text(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


class Guarded(Nats):
    """The server: certificates and credentials lie in its folder."""

    def __init__(self, folder: DataFolder) -> None:
        super().__init__(folder)
        self.files = folder.path
        self._operator = Identity(nkeys.PREFIX_BYTE_OPERATOR)
        self._account, self._system = (Identity(nkeys.PREFIX_BYTE_ACCOUNT) for _ in range(2))
        self.credentials = self._issue("ledger.creds", self._account)
        self.forged = self._issue("forged.creds", Identity(nkeys.PREFIX_BYTE_ACCOUNT))
        self.ca = _certify(self.files, "server")
        self.other_ca = _certify(self.files, "other")

    def _issue(self, name: str, account: Identity) -> Path:
        user = Identity(nkeys.PREFIX_BYTE_USER)
        token = account.says("user", user, subs=-1, data=-1, payload=-1, pub={}, sub={})
        path = self.files / name
        path.write_text(
            f"-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n"
            f"-----BEGIN USER NKEY SEED-----\n{user.seed.decode()}\n"
            "------END USER NKEY SEED------\n"
        )
        return path

    def _configuration(self) -> str:
        stored = dict.fromkeys(("mem_storage", "disk_storage", "streams", "consumer"), -1)
        settings = json.loads(super()._configuration())
        del settings["authorization"]
        accounts = {self._account: UNBOUNDED | stored, self._system: UNBOUNDED}
        settings |= {
            "operator": self._operator.says("operator", self._operator),
            "system_account": self._system.name,
            "resolver": "MEMORY",
            "resolver_preload": {
                each.name: self._operator.says("account", each, limits=limits)
                for each, limits in accounts.items()
            },
            "tls": {
                "cert_file": str(self.files / "server.pem"),
                "key_file": str(self.files / "server.key"),
            },
        }
        return json.dumps(settings, indent=1)

    def address(self, credentials: Path | None, ca: Path | None) -> NatsAddress:
        """Where it is, for who logs in with a file and trusts a certificate."""
        return NatsAddress((f"tls://127.0.0.1:{self._port}",), credentials, ca)


def _certify(folder: Path, name: str) -> Path:
    """A certificate of 127.0.0.1 that has signed itself, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    host = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([host]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / f"{name}.key").write_bytes(key.private_bytes(pem, *plain))
    path = folder / f"{name}.pem"
    path.write_bytes(certificate.public_bytes(pem))
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    server = Guarded(DataFolder(tmp_path_factory.mktemp("guarded")))
    process = server.spawn()
    asyncio.run(ready(server, process))
    yield server
    process.kill()
    process.wait()


def test_the_ledger_publishes_and_takes_usage_by_tls_with_a_credentials_file(
    server: Guarded,
) -> None:
    address = server.address(server.credentials, server.ca)
    assert examine_nats(address).keeps
    feed = NatsFeed(address)
    feed.begin("ledger")
    messages = [Message(f"acme-{number}", "ledger.acme.x.Y", b"{}") for number in (1, 2)]
    feed.publish(messages)
    feed.close()
    assert published(address) == messages
    asyncio.run(_take(address))


async def _take(address: NatsAddress) -> None:
    inbox = NatsUsage(address, 4_194_304)
    await inbox.open()
    await asyncio.to_thread(
        on, address, lambda client: client.jetstream().publish("usage.acme", b"{}")
    )
    received = await inbox.next()
    assert received is not None
    assert received.body == b"{}"
    await inbox.park([DeadLetter("1", "acme", b"{}", "{}")])
    await inbox.done(received)
    await inbox.close()


@pytest.mark.parametrize("wrong", ["no credentials", "forged", "no certificate", "other"])
def test_it_goes_nowhere_with_a_wrong_certificate_or_wrong_credentials(
    server: Guarded, wrong: str
) -> None:
    credentials = {"no credentials": None, "forged": server.forged}.get(wrong, server.credentials)
    ca = {"no certificate": None, "other": server.other_ca}.get(wrong, server.ca)
    with pytest.raises(Unavailable, match=r"(?i)authorization|certificate"):
        examine_nats(server.address(credentials, ca))
