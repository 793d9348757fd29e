"""What buyers were told, and so what must be stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Told:
    """Answers of one campaign. Credits are microcredits."""

    begun: dict[str, str] = field(default_factory=dict)
    """The user of each purchase that a person began."""

    transfers: set[str] = field(default_factory=set)
    """Purchases by bank transfer that were confirmed."""

    refunds: dict[str, int] = field(default_factory=dict)
    """The credits of each refund that was asked for, by our id."""

    spent: Counter[str] = field(default_factory=Counter)
    """By user."""

    given: Counter[str] = field(default_factory=Counter)
    """By user: what came without a purchase."""

    ended: int = 0
    """Errands that are done."""

    statuses: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    wrong: list[str] = field(default_factory=list)
    """Answers that there may not be."""
