"""Settings: what an operator sets, from the environment and the command line."""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from api.issuers import Issuer, IssuersRefused, read_issuers
from api.limits import parse_amounts
from api.server_urls import is_http, is_limit_store, is_nats, is_postgresql, is_smtp
from ledger.tenancy.operator_key import weakness

_OBJECT_STORES = ("s3", "s3a", "gs", "az", "adl", "azure", "abfs", "abfss")
_WITNESSES = ("file", "http", "https", *_OBJECT_STORES)
_LEDGER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")
_STRIPE_KEY = re.compile(r"(sk|rk)_[A-Za-z0-9_]{8,255}")
RETENTION_YEARS = 7
MONTHS_MIN, MONTHS_MAX = 2, 1_200
"""Lines come late, so that those of an hour must not go before the last of them is there."""
YEARS_MAX = 1_000
CART_DAYS, GUEST_CART_DAYS = 30, 7
CART_DAYS_MAX = 365
_SECRET_MAX = 16_384
"""Bytes of a file that holds one setting."""


class SettingRefused(Exception):
    """A setting cannot be what it is; the text says why."""


class WebhookCalls(StrEnum):
    """Which webhooks of orgs are called."""

    PUBLIC = "public"
    """Those of public machines, over TLS."""

    PRIVATE = "private"
    """Also those of our own network, and without TLS: for trying it."""

    OFF = "off"
    """None: what is to be told waits."""


@dataclass(frozen=True)
class Settings:
    """`data` holds everything embedded; a URL replaces that engine by a server."""

    data: Path = Path(".tally")
    database_url: str | None = field(default=None, repr=False)
    """Of the database's owner, who migrates."""

    writer_url: str | None = field(default=None, repr=False)
    query_url: str | None = field(default=None, repr=False)
    """Logins of the two roles; None: the owner makes one each."""

    clickhouse_url: str | None = None
    nats_urls: tuple[str, ...] = field(default=(), repr=False)
    """The servers of one NATS cluster."""
    nats_credentials: Path | None = None
    """The file of a user's JWT and seed."""
    nats_ca: Path | None = None
    """The certificates that a server is trusted by, beside those of the machine."""
    operator_key: str | None = None
    billing_url: str | None = None
    """Where a caller without credit is sent."""
    retention_years: int = RETENTION_YEARS
    """How old events must be before they may be archived."""

    analysts_months: int | None = None
    """How many months lines are kept for analysts; 0: for ever; None: as their tables say."""

    cart_days: int = CART_DAYS
    """How long a user's cart lasts after its last change."""

    guest_cart_days: int = GUEST_CART_DAYS
    """The same of a guest's."""

    name: str = "tallystick"
    """What this ledger is called in its checkpoints."""

    signing_keys: str | None = field(default=None, repr=False)
    """The private keys themselves, one a line; None: they are in a file."""

    signing_keys_file: Path | None = None
    verifier_keys_file: Path | None = None
    """None: a file in `data`."""

    witnesses: tuple[str, ...] = ()
    """Where checkpoints are taken to: URLs, or folders."""

    alerts_url: str | None = field(default=None, repr=False)
    """Whom alerts are posted to; None: nobody."""

    alerts_secret: bytes | None = field(default=None, repr=False)
    """What they are signed with."""

    issuers: Mapping[str, Issuer] = field(default_factory=dict)
    """Whose tokens are taken, by what these say as `iss`."""

    limits: Mapping[str, int | None] = field(default_factory=dict)
    """Limits that are not to be what they are by default, by name; None: lifted."""

    limits_url: str | None = field(default=None, repr=False)
    """Where services that share limits count; None: each service counts for itself."""

    webhooks: WebhookCalls = WebhookCalls.PUBLIC
    """Which webhooks of orgs are called."""

    stripe_key: str | None = field(default=None, repr=False)
    """The secret key of the account that payments go to; None: there is none."""

    stripe_webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    """What its notices are signed with; several while one is replaced."""

    stripe_url: str | None = None
    """Where its API is, if not at Stripe's: a sandbox."""

    blobs_url: str | None = None
    """Where documents are kept: the URL of an object store, or a folder; None: in `data`."""

    smtp_url: str | None = field(default=None, repr=False)
    """The server that mail is handed to; None: it is written into a folder in `data`."""

    def __post_init__(self) -> None:
        if self.operator_key is not None and (why := weakness(self.operator_key)):
            raise SettingRefused(
                f"TALLY_OPERATOR_KEY {why}. It opens every org: make one that cannot be guessed, "
                "for example with `head -c 32 /dev/urandom | base64`."
            )
        if not _LEDGER_NAME.fullmatch(self.name):
            raise SettingRefused(
                "TALLY_NAME is what the ledger is called in its checkpoints: 1 to 100 letters, "
                "digits and . _ - / without spaces, a host name for example."
            )
        self._check_servers()
        self._check_witnesses()

    def _check_servers(self) -> None:
        for variable, url in (
            ("TALLY_DATABASE_URL", self.database_url),
            ("TALLY_WRITER_URL", self.writer_url),
            ("TALLY_QUERY_URL", self.query_url),
        ):
            if url is not None and not is_postgresql(url):
                raise SettingRefused(
                    f"{variable} must be postgresql://user:password@host:port/database, with "
                    "characters such as @ : / ? # in the password percent-encoded."
                )
        if self.clickhouse_url is not None and not is_http(self.clickhouse_url):
            raise SettingRefused(
                "TALLY_CLICKHOUSE_URL must be http[s]://user:password@host:port/database, with "
                "characters such as @ : / ? # in the password percent-encoded."
            )

        self._check_bus()
        self._check_stripe()
        self._check_documents()

        if self.alerts_url is not None and not is_http(self.alerts_url):
            raise SettingRefused(
                "TALLY_ALERTS_URL must be https://user:password@host:port/path, or http:// where "
                "the network between is yours, with characters such as @ : / ? # in the password "
                "percent-encoded."
            )

        if self.limits_url is not None and not is_limit_store(self.limits_url):
            raise SettingRefused(
                "TALLY_LIMITS_URL must be valkey://user:password@host:port/number, or redis:// of "
                "the same form, valkeys:// and rediss:// with TLS, with characters such as "
                "@ : / ? # in the password percent-encoded."
            )

    def _check_witnesses(self) -> None:
        for witness in self.witnesses:
            if witness.startswith(("http://", "https://")) and not is_http(witness):
                raise SettingRefused("TALLY_WITNESSES: a URL must be http[s]://host:port/path.")
            scheme, separator, _ = witness.partition("://")
            if separator and scheme not in _WITNESSES:
                raise SettingRefused(
                    f"TALLY_WITNESSES: nothing can be taken to {scheme}://. A witness is a folder, "
                    f"or one of {', '.join(_WITNESSES)}."
                )

    def _check_bus(self) -> None:
        if not all(map(is_nats, self.nats_urls)):
            raise SettingRefused(
                "TALLY_NATS_URL must be nats://user:password@host:port, or tls:// and the same; "
                "several servers of a cluster with commas between them, and characters such as "
                "@ : / ? # in the password percent-encoded."
            )
        for variable, file in (
            ("TALLY_NATS_CREDENTIALS", self.nats_credentials),
            ("TALLY_NATS_CA", self.nats_ca),
        ):
            if file is not None and not file.is_file():
                raise SettingRefused(f"{variable}: there is no file {file}.")

    def _check_documents(self) -> None:
        scheme, separator, _ = (self.blobs_url or "").partition("://")
        if separator and scheme not in _OBJECT_STORES:
            raise SettingRefused(
                f"TALLY_BLOBS_URL: nothing can be kept at {scheme}://. It is a folder, or one of "
                f"{', '.join(_OBJECT_STORES)}."
            )
        if self.smtp_url is not None and not is_smtp(self.smtp_url):
            raise SettingRefused(
                "TALLY_SMTP_URL must be smtp://user:password@host:port, or smtps:// and the same, "
                "with ?from=address where all mail is sent in one name, and characters such as "
                "@ : / ? # in the password percent-encoded."
            )

    def _check_stripe(self) -> None:
        if self.stripe_key is None and (self.stripe_webhook_secrets or self.stripe_url):
            raise SettingRefused(
                "TALLY_STRIPE_WEBHOOK_SECRET and TALLY_STRIPE_URL are of an account whose key is "
                "TALLY_STRIPE_KEY: set it, too."
            )
        if self.stripe_key is not None and not _STRIPE_KEY.fullmatch(self.stripe_key):
            raise SettingRefused(
                "TALLY_STRIPE_KEY must be a secret or restricted key of Stripe, which begins with "
                "sk_ or rk_."
            )
        if not all(each.startswith("whsec_") for each in self.stripe_webhook_secrets):
            raise SettingRefused(
                "TALLY_STRIPE_WEBHOOK_SECRET must begin with whsec_; several, while one is "
                "replaced, with spaces between them."
            )
        if self.stripe_url is not None and not is_http(self.stripe_url):
            raise SettingRefused("TALLY_STRIPE_URL must be http[s]://host:port, of a sandbox.")

    @property
    def has_database(self) -> bool:
        """Whether a server of PostgreSQL is configured, by whichever login."""
        return any((self.database_url, self.writer_url, self.query_url))

    @classmethod
    def from_environment(cls, data: Path) -> Settings:
        """Return the settings of this process."""
        return cls(
            data=data,
            database_url=_secret("TALLY_DATABASE_URL"),
            writer_url=_secret("TALLY_WRITER_URL"),
            query_url=_secret("TALLY_QUERY_URL"),
            clickhouse_url=_secret("TALLY_CLICKHOUSE_URL"),
            nats_urls=tuple((_secret("TALLY_NATS_URL") or "").replace(",", " ").split()),
            nats_credentials=_path("TALLY_NATS_CREDENTIALS"),
            nats_ca=_path("TALLY_NATS_CA"),
            operator_key=_secret("TALLY_OPERATOR_KEY"),
            billing_url=os.environ.get("TALLY_BILLING_URL") or None,
            retention_years=_number("TALLY_RETENTION_YEARS", YEARS_MAX, RETENTION_YEARS),
            analysts_months=_months(os.environ.get("TALLY_ANALYSTS_MONTHS") or None),
            cart_days=_number("TALLY_CART_DAYS", CART_DAYS_MAX, CART_DAYS),
            guest_cart_days=_number("TALLY_GUEST_CART_DAYS", CART_DAYS_MAX, GUEST_CART_DAYS),
            name=os.environ.get("TALLY_NAME") or "tallystick",
            signing_keys=os.environ.get("TALLY_SIGNING_KEYS") or None,
            signing_keys_file=_path("TALLY_SIGNING_KEYS_FILE"),
            verifier_keys_file=_path("TALLY_VERIFIER_KEYS_FILE"),
            witnesses=tuple((os.environ.get("TALLY_WITNESSES") or "").split()),
            alerts_url=_secret("TALLY_ALERTS_URL"),
            limits=_limits(os.environ.get("TALLY_LIMITS") or ""),
            limits_url=_secret("TALLY_LIMITS_URL"),
            alerts_secret=_webhook_secret(_secret("TALLY_ALERTS_SECRET")),
            issuers=_issuers(_path("TALLY_ISSUERS_FILE")),
            webhooks=_webhooks(os.environ.get("TALLY_WEBHOOKS") or None),
            stripe_key=_secret("TALLY_STRIPE_KEY"),
            stripe_webhook_secrets=tuple((_secret("TALLY_STRIPE_WEBHOOK_SECRET") or "").split()),
            stripe_url=os.environ.get("TALLY_STRIPE_URL") or None,
            blobs_url=os.environ.get("TALLY_BLOBS_URL") or None,
            smtp_url=_secret("TALLY_SMTP_URL"),
        )


def logs_as_json() -> bool:
    """Tell whether each line of the log is to be JSON. Raises SettingRefused."""
    form = os.environ.get("TALLY_LOG") or "text"
    if form not in ("text", "json"):
        raise SettingRefused("TALLY_LOG is text or json.")
    return form == "json"


@dataclass(frozen=True)
class Traces:
    """Where traces are sent, and what part of the requests has one."""

    url: str
    ratio: float


def traces_wanted() -> Traces | None:
    """Return where traces are sent; None: nowhere. Raises SettingRefused."""
    url, ratio = os.environ.get("TALLY_TRACES_URL"), os.environ.get("TALLY_TRACES_RATIO") or "1"
    if not url:
        return None
    if not is_http(url):
        raise SettingRefused(
            "TALLY_TRACES_URL must be http[s]://host:port/v1/traces: where a collector takes OTLP."
        )
    if not (re.fullmatch(r"[01](\.\d{1,6})?", ratio) and float(ratio) <= 1):
        raise SettingRefused("TALLY_TRACES_RATIO must be a number from 0 to 1.")
    return Traces(url, float(ratio))


def names_set() -> list[str]:
    """Return the names of the settings that are set, and never what to."""
    return sorted(name for name in os.environ if name.startswith("TALLY_"))


def writer_url_of_child() -> str:
    """Return the login that a writer was given by who started it."""
    return os.environ["TALLY_WRITER_URL"]


def writers_host() -> str | None:
    """Return the address at which writers are reached by other services; None: the one by which we
    reach the database."""
    return os.environ.get("TALLY_WRITERS_HOST") or None


def _secret(name: str) -> str | None:
    """Return a setting that may be a secret: itself, or what the file of NAME_FILE holds."""
    value, file = os.environ.get(name) or None, os.environ.get(f"{name}_FILE") or None
    if value is not None and file is not None:
        raise SettingRefused(f"{name} and {name}_FILE are both set: give one of them.")
    if file is None:
        return value
    try:
        with Path(file).open("rb") as content:
            return content.read(_SECRET_MAX).decode().strip() or None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SettingRefused(f"{name}_FILE: {file} cannot be read: {why}.") from None


def _path(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value) if value else None


def _issuers(path: Path | None) -> Mapping[str, Issuer]:
    try:
        return {} if path is None else read_issuers(path)
    except IssuersRefused as refusal:
        raise SettingRefused(f"TALLY_ISSUERS_FILE: {refusal}") from None


def _webhooks(text: str | None) -> WebhookCalls:
    try:
        return WebhookCalls(text or WebhookCalls.PUBLIC)
    except ValueError:
        raise SettingRefused(
            f"TALLY_WEBHOOKS is one of {', '.join(WebhookCalls)}: which webhooks are called."
        ) from None


def _number(name: str, high: int, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= high):
        raise SettingRefused(f"{name} must be a number from 1 to {high}.")
    return int(text)


def _months(text: str | None) -> int | None:
    if text is None or text == "all":
        return None if text is None else 0
    if not (text.isascii() and text.isdigit() and MONTHS_MIN <= int(text) <= MONTHS_MAX):
        raise SettingRefused(
            f"TALLY_ANALYSTS_MONTHS must be a number from {MONTHS_MIN} to {MONTHS_MAX}, or all."
        )
    return int(text)


def _limits(text: str) -> dict[str, int | None]:
    try:
        return parse_amounts(text)
    except ValueError as error:
        raise SettingRefused(f"TALLY_LIMITS: {error}.") from None


def _webhook_secret(text: str | None) -> bytes | None:
    """Return the bytes of a secret in the form of Standard Webhooks."""
    if text is None:
        return None
    try:
        secret = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        secret = b""
    if not (text.startswith("whsec_") and 24 <= len(secret) <= 64):
        raise SettingRefused(
            "TALLY_ALERTS_SECRET must be whsec_ and the base64 of 24 to 64 random bytes: make one "
            "with `echo whsec_$(head -c 32 /dev/urandom | base64)`."
        )
    return secret
