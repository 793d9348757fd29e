"""The story of a service that is asked how it is."""

from __future__ import annotations

import time

from tests.api.served import Served, done


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of the service itself."""
    done(service.http.get("/healthz"))
    while done(service.http.get("/readyz"))["behind"]:
        time.sleep(0.1)  # on a busy machine
    assert service.operator.get("/metrics").is_success
