"""The sealer and the deliveries of one process: threads that start and end with the claim."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

from api.container import DatabaseUrls, DeliveryStore, SealingStore, clock_us, signing_keys
from api.sealing.sealer import Sealer
from api.sealing.witness_delivery import Delivery
from api.settings import Settings
from ledger.kernel.errors import LedgerError

_ENDING_S = 8.0


class Sealing:
    """Seals and delivers until stopped; stands by while another process does."""

    def __init__(self, settings: Settings, database: DatabaseUrls, stop: threading.Event) -> None:
        self._database = database
        self._stop = stop
        self._wakes = [threading.Event() for _ in settings.witnesses]
        self._deliveries = [
            Delivery(url, DeliveryStore(database.writer), clock_us) for url in settings.witnesses
        ]
        self._threads: list[threading.Thread] = []
        store = SealingStore(database.writer)
        self._sealer = Sealer(store, signing_keys(settings), clock_us, self._signed)

    def start(self) -> None:
        """Begin, in threads that do not keep the process alive."""
        self._start("sealer", lambda: self._sealer.run(self._stop, self._active))

    def join(self) -> None:
        """Wait until all have ended, or long enough: one may hang in a dead network."""
        until = time.monotonic() + _ENDING_S
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def once(self) -> bool:
        """Seal, sign and deliver everything there is; False when another process seals.

        Raises the LedgerError of the first witness that did not take it, after trying all.
        """
        if not self._sealer.catch_up():
            return False
        self._configure()
        failed: list[LedgerError] = []
        for delivery in self._deliveries:
            try:
                delivery.deliver()
            except LedgerError as error:
                failed.append(type(error)(f"witness {delivery.name}: {error.detail}"))
            finally:
                delivery.close()
        if failed:
            raise failed[0]
        return True

    @property
    def refused(self) -> list[str]:
        """The orgs that are not sealed any further."""
        return self._sealer.refused

    def _active(self) -> None:
        """We hold the claim: the witnesses are ours to serve."""
        self._configure()
        if len(self._threads) > 1:
            return
        for delivery, wake in zip(self._deliveries, self._wakes, strict=True):
            self._start(delivery.name, partial(delivery.run, self._stop, wake))

    def _configure(self) -> None:
        store = DeliveryStore(self._database.writer)
        try:
            store.configure([delivery.name for delivery in self._deliveries])
        finally:
            store.close()

    def _signed(self) -> None:
        for wake in self._wakes:
            wake.set()

    def _start(self, name: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()
