"""HTML text: what a reader sees of a description, without its markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from ledger.kernel.ids import UNSEEN

SOURCE_MAX = 64 * 1024
"""Characters of HTML that are looked at: many times what a description can be."""

_BLOCKS = {
    *("p", "div", "br", "li", "ul", "ol", "table", "tr", "section", "article", "blockquote", "pre"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "dl", "dt", "dd", "figure", "header", "footer"),
}
_HIDDEN = {"script", "style", "template", "head", "iframe", "noscript"}
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<end>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]*+)[^<>]*+>|<[!?][^<>]*+>", re.DOTALL
)
"""A comment or a tag. Each character is looked at a few times, whatever the text is."""

_UNSEEN = re.compile("[" + "".join(f"{chr(a)}-{chr(b)}" for a, b in UNSEEN) + "]")


def text_of_html(source: str) -> str:
    """Return the text of HTML, or of a text without markup, in lines."""
    return _clean("".join(_parts(source[:SOURCE_MAX])))


def _parts(source: str) -> Iterator[str]:
    """Yield what is seen, in one pass: the parser of the standard library takes a minute for a
    text of brackets that was made for it."""
    hidden, at = "", 0
    for token in _TOKEN.finditer(source):
        if not hidden:
            yield unescape(source[at : token.start()])
        at, tag, is_end = token.end(), (token["tag"] or "").lower(), bool(token["end"])
        if hidden:
            hidden = "" if is_end and tag == hidden else hidden
        elif tag in _HIDDEN and not is_end:
            hidden = tag
        elif tag in _BLOCKS:
            yield "\n- " if tag == "li" and not is_end else "\n"
    if not hidden:
        yield unescape(source[at:])


def clean_line(text: str) -> str:
    """Return a text in one line, without what cannot be seen."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def _clean(text: str) -> str:
    lines = (clean_line(line) for line in text.replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line and line != "-")
