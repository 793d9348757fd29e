"""What every problem must be."""

from __future__ import annotations

from typing import Any

import httpx

from tests.reached import meet


def problem(response: httpx.Response, status: int, code: str, field: str | None) -> dict[str, Any]:
    """Check that an answer is this problem, in the one shape that all have."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["code"] == code, body
    assert body.get("field") == field, body
    assert body["status"] == status
    assert body["type"] == f"urn:tallystick:problem:{code}"
    assert body["title"]
    assert body["detail"].endswith((".", "its-id", "...")), body["detail"]
    assert "Traceback" not in response.text
    meet(code)
    return body
