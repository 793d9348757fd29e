"""The file of the verified state, beside the keys."""

from __future__ import annotations

from pathlib import Path

from adapters.files import replace_file
from ledger.kernel.errors import Invalid

_PRIVATE = 0o600


class VerifiedStateFile:
    """A file that only its owner reads."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> bytes | None:
        """Return what was kept; None: nothing was. Raises Invalid when it cannot be read."""
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Invalid(f"{self._path} cannot be read: {error.strerror}.") from error

    def write(self, content: bytes) -> None:
        """Keep this in its stead. Raises Invalid when it cannot be written."""
        try:
            replace_file(self._path, content, _PRIVATE)
        except OSError as error:
            raise Invalid(f"{self._path} cannot be written: {error.strerror}.") from error
