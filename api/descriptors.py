"""File descriptors: as many as may be had, some of them kept back for our own work."""

from __future__ import annotations

import resource

WANTED = 65_536
"""More would only make slower what looks at all of them, as programs do that are being started."""

KEPT_BACK = 256
"""For databases, pipes, files, and a writer that is started again."""


def raise_limit() -> None:
    """Take what the soft limit keeps from us; the hard one stays."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
    if soft != resource.RLIM_INFINITY and soft < limit:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


def for_connections() -> int:
    """Return how many connections there may be at once."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = WANTED if soft == resource.RLIM_INFINITY else soft
    return max(limit - KEPT_BACK, limit // 2)
