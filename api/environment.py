"""The environment of a child: what says where things are, and what is its own.

Everything else stays with us. An environment can be read by whoever runs as the same user, and it
is passed on: a credential stands only in that of the process that logs in with it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

_ANY = (
    "PATH",
    "HOME",
    "USER",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TMPDIR",
    "VIRTUAL_ENV",
    "LD_LIBRARY_PATH",
    "TALLY_LOG",
    "TALLY_TRACES_URL",
    "TALLY_TRACES_RATIO",
)
_ANY_BEGIN = ("LC_", "PYTHON", "COVERAGE_", "SSL_CERT_", "XDG_", "OTEL_")
_SERVER, _SERVER_SECRETS = "PG", ("PGPASSWORD",)
"""How libpq finds and trusts a server; its password belongs to the URL without one, the owner's."""

_PROXIES = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
)

_BUCKETS = ("AWS_", "GOOGLE_", "AZURE_")
"""What opens an object store."""

WITNESSES = (
    *(*_BUCKETS, "TALLY_NAME", "TALLY_SIGNING_KEYS", "TALLY_VERIFIER_KEYS_FILE"),
    *("TALLY_WITNESSES", *_PROXIES),
)
"""What sealing takes: the keys, and what opens the buckets of witnesses."""

SERVICE = (
    *("TALLY_OPERATOR_KEY", "TALLY_BILLING_URL", "TALLY_RETENTION_YEARS", "TALLY_NAME"),
    *("TALLY_SIGNING_KEYS", "TALLY_VERIFIER_KEYS_FILE", "FORWARDED_ALLOW_IPS"),
    *("TALLY_ISSUERS_FILE", "TALLY_LIMITS", "TALLY_WEBHOOKS", *_PROXIES),
    *("TALLY_STRIPE_", "TALLY_BLOBS_URL", *_BUCKETS, "TALLY_CART_DAYS", "TALLY_GUEST_CART_DAYS"),
)
"""What a process that serves HTTP takes: who may do everything, what signs exports, which proxies
are believed, whose tokens are taken, how their issuers are reached, how much may be asked for,
where webhooks may lead, what opens the account that payments go to, where documents are kept, and
how long carts last."""

BUS = ("TALLY_NATS_CREDENTIALS", "TALLY_NATS_CA")
"""What a process takes that connects to NATS, beside where it is."""

ANALYSTS = ("TALLY_ANALYSTS_MONTHS",)
"""What a process takes that fills the tables of analysts: how long these keep lines."""

WRITERS = ("TALLY_WRITERS_HOST",)
"""What a writer takes: where others reach it."""

CALLS = (
    *("TALLY_ALERTS_URL", "TALLY_ALERTS_SECRET", "TALLY_WEBHOOKS", *_PROXIES),
    *("TALLY_STRIPE_KEY", "TALLY_STRIPE_URL"),
    *("TALLY_BLOBS_URL", "TALLY_SMTP_URL", *_BUCKETS),
)
"""What the process takes that makes calls: whom it tells, what it signs with or pays by, where
documents are kept and who sends them."""


def environment_of_child(*begin: str, **given: str) -> dict[str, str]:
    """Return the environment of a child that also takes what begins so, and is given the rest."""
    return {name: os.environ[name] for name in _kept(os.environ, *begin)} | given


def whole_environment(**given: str) -> dict[str, str]:
    """Return our whole environment, for a service that is to be as one started by hand, and the
    rest."""
    return {**os.environ, **given}


def _kept(names: Iterable[str], *begin: str) -> Iterator[str]:
    for name in names:
        is_server = name.startswith(_SERVER) and name not in _SERVER_SECRETS
        if name in _ANY or is_server or name.startswith((*_ANY_BEGIN, *begin)):
            yield name


@contextmanager
def as_of_child() -> Iterator[None]:
    """Have only what a child sees while children are started that take our environment whole."""
    ours = dict(os.environ)
    for name in set(ours).difference(_kept(ours)):
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(ours)
