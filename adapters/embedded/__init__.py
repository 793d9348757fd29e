"""PostgreSQL, ClickHouse and NATS from wheels, kept by a supervisor process of their own."""

from adapters.embedded.engines import Engines, EngineUrls, require_kept, running_engines
from adapters.embedded.errors import EmbeddedEngineError

__all__ = ["EmbeddedEngineError", "EngineUrls", "Engines", "require_kept", "running_engines"]
