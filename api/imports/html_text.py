"""HTML text: what a reader sees of a description, without its markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from ledger.kernel.ids import UNSEEN

SOURCE_MAX = 64 * 1024
"""Characters of HTML that are looked at: many times what a description can be."""

_BLOCKS = {
    *("p", "div", "br", "li", "ul", "ol", "table", "tr", "section", "article", "blockquote", "pre"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "dl", "dt", "dd", "figure", "header", "footer"),
}
_HIDDEN = {"script", "style", "template", "head", "iframe", "noscript", "svg"}
_IS_HTML = re.compile(r"<[a-zA-Z/!]|&[a-zA-Z#]")
_UNSEEN = re.compile("[" + "".join(f"{chr(a)}-{chr(b)}" for a, b in UNSEEN) + "]")


def text_of_html(source: str) -> str:
    """Return the text of HTML, or of a text without markup, in lines."""
    source = source[:SOURCE_MAX]
    if not _IS_HTML.search(source):
        return _clean(source)
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return _clean("".join(reader.parts))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag in _BLOCKS:
            self.parts.append("\n- " if tag == "li" else "\n")

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def clean_line(text: str) -> str:
    """Return a text in one line, without what cannot be seen."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def _clean(text: str) -> str:
    lines = (clean_line(line) for line in text.replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line and line != "-")
