"""Following: ends of followers that are caught up, as `tally project` does."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from api.garbage_collection import rare_collections
from projections.engine import End, Runner


def follow(ends: Sequence[End]) -> None:
    """Catch up, each in a thread of its own."""
    threads = [
        threading.Thread(target=Runner(end, threading.Event()).catch_up, name=end.name)
        for end in ends
    ]
    with rare_collections():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
