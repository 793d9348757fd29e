"""The docs page: Swagger UI over the OpenAPI document, from this process and nowhere else.

Its files are those of the package `fastapi-swagger`, pinned in the lock file: the official build.
"""

from __future__ import annotations

import functools
from importlib.resources import files
from typing import NamedTuple

from fastapi import APIRouter, Response

from api.http.errors import NoSuchRoute

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""A browser asks nobody but this service, whatever the page's scripts would like; `data:` is for
the icons that stand in the style sheet."""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tallystick</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  showExtensions: true,
  validatorUrl: null,
});
"""
"""Without `validatorUrl` the page would show the document to a service of the makers of Swagger."""


class _Asset(NamedTuple):
    media_type: str
    text: str | None = None
    """Of a file that is not the package's."""


_ASSETS = {
    "swagger-ui.css": _Asset("text/css"),
    "swagger-ui-bundle.js": _Asset("text/javascript"),
    "favicon-32x32.png": _Asset("image/png"),
    "start.js": _Asset("text/javascript", _START),
}

router = APIRouter(prefix="/docs", include_in_schema=False)


@router.get("")
async def page() -> Response:
    """The page; its links are relative, so that a proxy may put it elsewhere."""
    return _answer(_PAGE.encode(), "text/html")


@router.get("/{name}")
async def asset(name: str) -> Response:
    """A file that the page names."""
    found = _ASSETS.get(name)
    if found is None:
        raise NoSuchRoute("there is nothing at this path.")
    content = _packaged(name) if found.text is None else found.text.encode()
    return _answer(content, found.media_type)


@functools.cache
def _packaged(name: str) -> bytes:
    return files("fastapi_swagger.resources").joinpath(name).read_bytes()


def _answer(content: bytes, media_type: str) -> Response:
    return Response(content, headers={"Content-Security-Policy": _POLICY}, media_type=media_type)
