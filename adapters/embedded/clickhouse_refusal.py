"""An error in ClickHouse's own shape: its code, its text, the HTTP status it travels with."""

from __future__ import annotations

import re

_STATUS = {
    4: 400, 6: 400, 16: 404, 26: 400, 27: 400, 33: 400, 36: 400, 38: 400, 41: 400, 43: 400,
    46: 404, 47: 404, 48: 501, 50: 404, 53: 400, 60: 404, 62: 400, 69: 400, 72: 400, 73: 404,
    81: 404, 115: 404, 117: 400, 159: 408, 160: 408, 164: 403, 192: 403, 193: 403, 194: 401,
    202: 429, 223: 413, 457: 400, 497: 403, 516: 403,
}  # fmt: skip
_NAMES = {
    48: "NOT_IMPLEMENTED", 62: "SYNTAX_ERROR", 117: "INCORRECT_DATA", 202:
    "TOO_MANY_SIMULTANEOUS_QUERIES", 223: "QUERY_IS_TOO_LARGE", 243: "NOT_ENOUGH_SPACE",
    516: "AUTHENTICATION_FAILED",
}  # fmt: skip
_CODE = re.compile(r"Code: (\d+)\. ")
_UNKNOWN_EXCEPTION = 1002


class Refusal(Exception):
    """What the client is told instead of a result. Codes are ClickHouse's."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text

    @classmethod
    def from_engine(cls, error: Exception) -> Refusal:
        """Return a message without the words that chdb puts before ClickHouse's message."""
        message = str(error)
        if (match := _CODE.search(message)) is None:
            return cls(_UNKNOWN_EXCEPTION, message)
        return cls(int(match.group(1)), message[match.start() :])

    @property
    def status(self) -> int:
        return _STATUS.get(self.code, 500)

    def body(self, version: str) -> bytes:
        if self.text.startswith("Code: "):
            message = self.text
        else:
            name = _NAMES.get(self.code, "UNKNOWN_EXCEPTION")
            message = f"Code: {self.code}. DB::Exception: {self.text} ({name})"
        ending = "" if "(version " in message else f" (version {version} (chdb))"
        return f"{message}{ending}\n".encode()
