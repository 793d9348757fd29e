"""The book of the sandbox: what it holds of each purchase, read from its own file."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from adapters.embedded.stripe_sandbox.store import Store

Resource = dict[str, Any]


class SandboxBook:
    """Reads beside the sandbox, from one thread."""

    def __init__(self, home: Path) -> None:
        self._store = Store(home / "sandbox.sqlite")

    def close(self) -> None:
        """Give the file up."""
        self._store.close()

    def all(self, kind: str, **fields: object) -> list[Resource]:
        """Return the objects of a kind, of those whose fields are so."""
        return self._store.find(kind, fields)

    def payment_of(self, checkout_url: str) -> str:
        """Return the payment that was tried on a page."""
        return str(self._session(checkout_url)["payment_intent"])

    def method_of(self, setup_url: str) -> str:
        """Return the payment method that was saved on a page."""
        setup = self._store.get(str(self._session(setup_url)["setup_intent"]))
        assert setup is not None
        return str(setup["payment_method"])

    def by_purchase(self) -> dict[str, Resource]:
        """Return the payment of each purchase that one was tried for. One has one."""
        found: dict[str, Resource] = {}
        for intent in self.all("payment_intent"):
            purchase = intent["metadata"]["purchase"]
            assert purchase not in found, f"{purchase} has two payments"
            found[purchase] = intent
        return found

    def of_payments(self, kind: str) -> dict[str, list[Resource]]:
        """Return the objects of a kind by their payment."""
        found: dict[str, list[Resource]] = defaultdict(list)
        for each in self.all(kind):
            found[each["payment_intent"]].append(each)
        return found

    def moved(self) -> dict[str, int]:
        """Return what has come in and not gone out again for each payment, without fees."""
        payments = {
            each["id"]: each["payment_intent"]
            for kind in ("charge", "refund", "dispute")
            for each in self.all(kind)
        }
        found: dict[str, int] = defaultdict(int)
        for each in self.all("balance_transaction"):
            found[payments[each["source"]]] += each["amount"]
        return found

    def _session(self, url: str) -> Resource:
        session = self._store.get(url.rpartition("/")[2])
        assert session is not None
        return session
