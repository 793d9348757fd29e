"""A receiver of webhooks that answers as it is told to: slowly, wrongly, for ever, not at all."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """What it was told, by id."""

    def __init__(self) -> None:
        self.answer = b"HTTP/1.1 204 No Content\r\n\r\n"
        self.endless = b""
        """Sent after the answer until the other side hangs up."""

        self.pause_s = 0.0
        """Between two pieces of what is endless."""

        self.taken: dict[str, bytes] = {}
        self.headers: list[dict[str, str]] = []
        self.hung_up = threading.Event()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/alerts"


@contextmanager
def receiving(receiver: Receiver, port: int = 0) -> Iterator[Receiver]:
    """The receiver as a real server."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.headers.append({name.lower(): value for name, value in self.headers.items()})
            with suppress(OSError):
                if receiver.answer.startswith(b"HTTP/1.1 2"):
                    receiver.taken.setdefault(self.headers["Idempotency-Key"], content)
                self.wfile.write(receiver.answer)
                while receiver.endless:
                    self.wfile.write(receiver.endless)
                    time.sleep(receiver.pause_s)
            receiver.hung_up.set()

        def log_message(self, format: str, *args: Any) -> None:
            """Tests are quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """Who hangs up may."""

    with Server(("127.0.0.1", port), Handler) as server:
        receiver.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            receiver.endless = b""
            server.shutdown()
            thread.join(60)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])
