"""The picture of a report: a figure of the house, which is written when it is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ledger.kernel.errors import Invalid

COLOURS = ("#2f5d8a", "#e08e3c", "#4f9a6d", "#b5495b", "#7d6ab0", "#5fa8b8", "#c9b04c", "#b8bcc2")


def check_picture(path: Path | None) -> None:
    """Raise Invalid where a file is none that is drawn."""
    if path is not None and path.suffix not in (".png", ".svg"):
        raise Invalid("--plot must name a file that ends with .png or .svg.", field="plot")


@contextmanager
def picture(path: Path) -> Iterator[Any]:
    """Give a figure to draw on. Raises Invalid without matplotlib, or where it cannot be
    written."""
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415  # an extra, and slow to load
    except ModuleNotFoundError:
        raise Invalid("to draw, install matplotlib: pip install 'tallystick[plots]'.") from None
    figure = Figure(figsize=(9.6, 5.4), layout="constrained")
    layout: Any = figure.get_layout_engine()
    layout.set(w_pad=0.15, h_pad=0.15)
    yield figure
    try:
        figure.savefig(path, dpi=160)
    except OSError as error:
        raise Invalid(f"the picture cannot be written to {path}: {error.strerror}.") from error


def title(figure: Any, text: str) -> None:
    """Say what a figure shows."""
    figure.suptitle(text, x=0.01, ha="left", fontsize=14, fontweight="bold")


def dress(axes: Any) -> None:
    """Give axes the look of the house, with the legend beside them."""
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    axes.grid(axis="y", color="#e3e5e8")
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0)
    axes.margins(x=0.01)
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(
        handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False
    )
