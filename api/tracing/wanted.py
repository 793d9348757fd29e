"""The wanted traces: asked for once, at the start, so that they cost nothing where nobody does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.settings import SettingRefused, traces_wanted

if TYPE_CHECKING:
    from api.tracing.spans import Spans


def spans_of(process: str) -> Spans | None:
    """Return what makes the spans of this process; None: nobody asked. Raises SettingRefused."""
    wanted = traces_wanted()
    if wanted is None:
        return None
    try:
        from api.tracing.spans import Spans as Made  # noqa: PLC0415  # an extra
    except ImportError:
        raise SettingRefused(
            "TALLY_TRACES_URL needs what is not installed: pip install 'tallystick[traces]'."
        ) from None
    return Made(wanted, process)
