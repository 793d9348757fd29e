"""The one error of the embedded engines: a sentence of what went wrong."""

from ledger.kernel.errors import LedgerError


class EmbeddedEngineError(LedgerError):
    """An embedded engine, or the supervisor that keeps it, could not do what was asked."""

    code = "engine_failed"
