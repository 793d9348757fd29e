"""The payment page: where payers pay what is due, as an org's settings say."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text

PAYMENT_URL_MAX = 500
_FILLED = re.compile(r"\{(invoice|number|user)\}")


def check_payment_url(url: str, field: str) -> str:
    """Return the URL of a page. Raises Invalid unless it is one of https, in which `{invoice}`,
    `{number}` and `{user}` may stand behind the host."""
    check_text(url, field, PAYMENT_URL_MAX)
    host, bare = _host(url), _FILLED.sub("", url)
    is_one_word = url.isascii() and not any(each.isspace() for each in url)
    if not host or "{" in host or "{" in bare or "}" in bare or not is_one_word:
        raise Invalid(
            f"{field} must be a URL as https://example.com/pay/{{invoice}}, without other braces "
            "than those of {invoice}, {number} and {user}.",
            field=field,
        )
    return url


def page_of(url: str, *, invoice: str, number: str, user: str) -> str:
    """Return where an invoice is paid."""
    names = {"invoice": invoice, "number": number, "user": user}
    return _FILLED.sub(lambda found: quote(names[found[1]], safe=""), url)


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        return parts.netloc if parts.scheme == "https" and parts.hostname else None
    except ValueError:
        return None
