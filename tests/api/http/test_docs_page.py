"""The documentation page needs nobody but the service."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import httpx

from tests.api.problems import problem
from tests.api.served import Served, done

LINK = re.compile(r'(?:src|href)="([^"]+)"')
NAMED_BY_STYLE = re.compile(r"url\(\s*[\"']?([^\"')]+)")
ELSEWHERE = re.compile(r"https?://|[\"'(]//")


def own(answer: httpx.Response) -> str:
    """The text of an answer that a browser may take from the service alone."""
    assert answer.status_code == 200
    policy = dict(
        each.split(" ", 1) for each in answer.headers["Content-Security-Policy"].split("; ")
    )
    assert policy.pop("img-src") == "'self' data:"
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert set(policy.values()) == {"'none'", "'self'"}
    return answer.text


def test_the_page_and_all_that_it_names_come_from_the_service(service: Served) -> None:
    page = own(service.http.get("/docs"))
    names = LINK.findall(page)
    assert len(names) == 4
    assert not ELSEWHERE.search(page)
    assert "<script>" not in page, "the policy lets no script stand in the page"
    for name in names:
        assert not urlsplit(name).netloc
        answer = service.http.get(urljoin("/docs", name))
        text = own(answer)
        if answer.headers["content-type"].startswith("text/css"):
            assert all(each.startswith("data:") for each in NAMED_BY_STYLE.findall(text))


def test_the_page_shows_the_document_of_the_service_and_shows_it_to_nobody(
    service: Served,
) -> None:
    start = own(service.http.get("/docs/start.js"))
    assert not ELSEWHERE.search(start)
    assert "validatorUrl: null" in start
    (named,) = re.findall(r'url: "([^"]+)"', start)
    assert done(service.http.get(urljoin("/docs", named)))["openapi"].startswith("3.")


def test_nothing_else_is_under_the_page(service: Served) -> None:
    for path in ("/docs/__init__.py", "/docs/swagger-ui.css.map", "/docs/..%2Fmain.py", "/redoc"):
        problem(service.http.get(path), 404, "no_such_route", None)
