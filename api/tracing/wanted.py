"""The wanted traces: asked for once, at the start, so that they cost nothing where nobody does."""

from __future__ import annotations

from typing import Any

from api.settings import SettingRefused, traces_wanted


def spans_of(process: str) -> Any:
    """Return the `Spans` of this process, whose types are an extra's; None: nobody asked. Raises
    SettingRefused."""
    wanted = traces_wanted()
    if wanted is None:
        return None
    try:
        from api.tracing.spans import Spans  # noqa: PLC0415  # an extra
    except ImportError:
        raise SettingRefused(
            "TALLY_TRACES_URL needs what is not installed: pip install 'tallystick[traces]'."
        ) from None
    return Spans(wanted, process)
