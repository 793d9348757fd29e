"""The one error of the embedded engines: a sentence of what went wrong."""


class EmbeddedEngineError(Exception):
    """An embedded engine, or the supervisor that keeps it, could not do what was asked."""
