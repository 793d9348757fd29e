"""The fonts of documents: from packages of one version, so that bytes are the same everywhere.

FiraGO writes Latin, Greek, Cyrillic, Arabic, Hebrew, Thai, Georgian and Devanagari; Noto Sans CJK
Chinese, Japanese and Korean.
"""

from __future__ import annotations

import functools
import tempfile
import threading
from pathlib import Path

import manimgx_fonts_cjk
import typst
from pymupdf_fonts import FiraGO_Bold, FiraGO_Regular

FAMILIES = ("FiraGO", "Noto Sans CJK SC")
"""In which order they are asked for a character."""

_FACES = {"regular": FiraGO_Regular.fontbuffer, "bold": FiraGO_Bold.fontbuffer}


class _Unpacked:
    """A folder of fonts that are a program's text in their package, until the process ends."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tally-fonts-")
        self.path = Path(self._folder.name)
        for name, content in _FACES.items():
            (self.path / f"{name}.ttf").write_bytes(content)


@functools.cache
def fonts() -> typst.Fonts:
    """Return them, found once; those of the machine are not asked."""
    return typst.Fonts(False, False, [str(path.parent) for path in files()])


def files() -> list[Path]:
    """Return where they are, one of each family."""
    cjk = Path(manimgx_fonts_cjk.__file__).parent / "NotoSansCJK-VF.otf.ttc"
    return [_unpacked().path / "regular.ttf", cjk]


_one_thread = threading.Lock()


def _unpacked() -> _Unpacked:
    with _one_thread:  # of two that are made at once the folder of one would go
        return _unpack()


@functools.cache
def _unpack() -> _Unpacked:
    return _Unpacked()
