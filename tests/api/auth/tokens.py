"""A service that takes the tokens of two issuers on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from adapters.embedded.issuer import AUDIENCE, DevelopmentIssuer
from api.container import Endpoints
from api.http.auth.credentials import CredentialCache
from api.http.auth.issuer_keys import ASKED_AGAIN_S, IssuerKeys
from api.issuers import Issuer
from api.settings import Settings
from ledger.kernel.roles import Role
from tests.api.served import OPERATOR_KEY, Api, Served, done, served

ROLES = {
    "admins": Role.ADMIN,
    "members": Role.MEMBER,
    "gateways": Role.GATEWAY,
    "clerks": "clerk",
}


class Trusting(NamedTuple):
    """The service, an issuer of all orgs, and one of some that calls everything its own way."""

    service: Served
    issuer: DevelopmentIssuer
    other: DevelopmentIssuer
    org: str

    def caller(self, token: str) -> Api:
        return self.service.as_holder_of(token)

    def claims(self, **claims: object) -> bytes:
        """What a token of the org says, unless it is told otherwise."""
        usual = {"org": self.org, "roles": ["admins"]}
        return json.dumps(self.issuer.claims(**(usual | claims))).encode()

    def token(self, **claims: object) -> str:
        """A token that says so."""
        return self.issuer.signed(self.claims(**claims))

    @property
    def keys(self) -> IssuerKeys:
        """What the service knows of the issuer's keys."""
        credentials = self.service.service.credentials
        assert isinstance(credentials, CredentialCache)
        return credentials._tokens._keys[self.issuer.url]

    @contextmanager
    def later(self, seconds: float = ASKED_AGAIN_S) -> Iterator[None]:
        """So much later for who asks the issuer again."""
        keys = self.keys
        clock = keys._clock
        keys._clock = lambda: clock() + seconds
        try:
            yield
        finally:
            keys._clock = clock


@contextmanager
def trusting(ends: Endpoints) -> Iterator[Trusting]:
    """Serve, and have both issuers answer."""
    with ExitStack() as stack:
        issuer = stack.enter_context(DevelopmentIssuer().served())
        other = stack.enter_context(DevelopmentIssuer("RS256").served())
        issuers = [
            Issuer("login", issuer.url, AUDIENCE, ROLES, ("ES256", "RS256")),
            Issuer(
                "other",
                other.url,
                ("else", "https://billing.example"),
                {"acme billing": Role.BILLING},
                jwks_url=f"{other.url}/keys",
                org_claim=("tenant", "id"),
                orgs=("tenant-1", "elsewhere"),
                subject_claim="https://billing.example/subject",
                roles_claim=("realm_access", "roles"),
            ),
        ]
        settings = Settings(
            operator_key=OPERATOR_KEY, issuers={each.issuer: each for each in issuers}
        )
        service = stack.enter_context(served(ends, read_models=False, settings=settings))
        done(service.operator.send("/v1/orgs", {"id": "tenant-1", "name": "Tenant"}))
        yield Trusting(service, issuer, other, "tenant-1")
