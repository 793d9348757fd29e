"""The issuer of a machine, for tests and trying: discovery and keys over HTTP, tokens for anybody.

    python -m adapters.embedded.issuer --org acme --role admin --subject ann

prints a file of issuers for `TALLY_ISSUERS_FILE` and a token, and serves its keys until stopped.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey

AUDIENCE = "tallystick"
LASTS_S = 3600
_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}

SigningKey = RSAKey | ECKey | OKPKey


class DevelopmentIssuer:
    """Signs whatever it is asked to: nobody may take its tokens but who tries things out."""

    def __init__(self, algorithm: str = "ES256") -> None:
        self.algorithm = algorithm
        self.asked = 0
        """How often it was asked for its keys."""

        self.is_down = False
        self.url = ""
        self._numbers = 0
        self.keys: dict[str, SigningKey] = {}
        self.key_id = ""
        self.rotate()

    def rotate(self, *, keep: bool = True) -> None:
        """Sign with a new key from now on; the ones before still verify, or are taken back."""
        self._numbers += 1
        self.key_id = f"key-{self._numbers}"
        others = self.keys if keep else {}
        self.keys = {**others, self.key_id: new_key(self.algorithm)}

    def claims(self, **claims: object) -> dict[str, object]:
        """Return what a token says, besides what is given; None takes a claim away."""
        now = int(time.time())
        usual = {"iss": self.url, "aud": AUDIENCE, "sub": "ann", "iat": now, "exp": now + LASTS_S}
        return {name: each for name, each in (usual | claims).items() if each is not None}

    def token(self, **claims: object) -> str:
        """Return a token that says so, signed by the newest key."""
        return self.signed(json.dumps(self.claims(**claims)).encode())

    def signed(
        self,
        content: bytes,
        header: Mapping[str, object] | None = None,
        key: SigningKey | None = None,
    ) -> str:
        """Return a token of these very bytes; `header` is added to the usual one."""
        says = {"alg": self.algorithm, "kid": self.key_id, "typ": "JWT", **(header or {})}
        registry = jws.JWSRegistry(algorithms=[str(says["alg"])], strict_check_header=False)
        with warnings.catch_warnings(action="ignore", category=SecurityWarning):  # of old names
            return jws.serialize_compact(
                says, content, key or self.keys[self.key_id], registry=registry
            )

    def file(self, role: str) -> str:
        """Return the file of issuers by which its tokens are taken, with one role."""
        return (
            f'[[issuers]]\nname = "development"\nissuer = "{self.url}"\n'
            f'audience = "{AUDIENCE}"\n[issuers.roles]\n{role} = "{role}"\n'
        )

    def document(self, path: str) -> dict[str, Any] | None:
        """Return what is found at a path."""
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        if path == "/keys":
            self.asked += 1
            return {"keys": [self.public(name) for name in self.keys]}
        return None

    def public(self, key_id: str) -> dict[str, Any]:
        """Return a key as it is published."""
        public = dict(self.keys[key_id].as_dict(private=False))
        return {**public, "kid": key_id, "use": "sig", "alg": self.algorithm}

    @contextmanager
    def served(self, port: int = 0) -> Iterator[DevelopmentIssuer]:
        """Serve the keys on this machine meanwhile."""
        server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, name="issuer", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def new_key(algorithm: str) -> SigningKey:
    """Return a key for an algorithm."""
    if algorithm in _CURVES:
        return ECKey.generate_key(_CURVES[algorithm])
    if algorithm.startswith("Ed"):
        return OKPKey.generate_key("Ed25519")
    return RSAKey.generate_key(2048)


def _handler(issuer: DevelopmentIssuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            found = issuer.document(self.path)
            body = json.dumps(found).encode()
            self.send_response(503 if issuer.is_down else 404 if found is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def main() -> None:
    """Serve an issuer until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=9099)
    parser.add_argument("--org", required=True)
    parser.add_argument("--role", required=True)
    parser.add_argument("--subject", default="ann")
    given = parser.parse_args()
    with DevelopmentIssuer().served(given.port) as issuer:
        print(issuer.file(given.role))
        print(issuer.token(org=given.org, sub=given.subject, roles=[given.role]), flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
