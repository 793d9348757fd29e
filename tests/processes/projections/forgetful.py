"""A ClickHouse that says that it has inserted, and keeps nothing: what chdb is on a full disk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit, urlunsplit

import httpx

_NOT_FORWARDED = {"host", "connection", "accept-encoding", "content-length", "transfer-encoding"}


class Forgetful:
    """Stands before a real server; forgets so many inserts, and forwards everything else."""

    def __init__(self, real: httpx.Client) -> None:
        self.forgets = 0
        self.forgot = 0
        self._real = real

    def forward(self, path: str, headers: dict[str, str], body: bytes) -> httpx.Response:
        """The answer of the real server, or one that is not true."""
        if self.forgets and b"INSERT INTO" in body[:100].upper():
            self.forgets -= 1
            self.forgot += 1
            return httpx.Response(200, headers={"X-ClickHouse-Summary": '{"written_rows": "30"}'})
        kept = {name: value for name, value in headers.items() if name not in _NOT_FORWARDED}
        return self._real.post(path, content=body, headers=kept)


@contextmanager
def forgetful(url: str) -> Iterator[tuple[Forgetful, str]]:
    """The server and its URL."""
    base_url = urlunsplit(urlsplit(url)._replace(path=""))
    with httpx.Client(base_url=base_url, timeout=30) as real:
        yield from _before(Forgetful(real), url)


def _before(server: Forgetful, url: str) -> Iterator[tuple[Forgetful, str]]:

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self._body()
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = server.forward(self.path, headers, body)
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower().startswith(("x-clickhouse", "content-type")):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def _body(self) -> bytes:
            if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                return self.rfile.read(int(self.headers.get("Content-Length", "0")))
            parts = []
            while size := int(self.rfile.readline().strip(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        thread = threading.Thread(target=listener.serve_forever)
        thread.start()
        parts = urlsplit(url)
        place = f"{parts.username}:{parts.password}@127.0.0.1:{listener.server_port}"
        try:
            yield server, urlunsplit(parts._replace(netloc=place))
        finally:
            listener.shutdown()
            thread.join()
