"""Promotions: `PublishPromotion`, `PausePromotion`, `ResumePromotion`, `EndPromotion`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.promotions.lookup import find_promotion
from api.commands.result import CommandResult, PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.errors import Conflict
from ledger.kernel.keys import Key
from ledger.promotions.promotion import Promotion
from ledger.promotions.promotion_book import PromotionBook, code_key, promotion_id


@dataclass(frozen=True)
class PublishPromotion(KeyedCommand):
    """Publish a promotion from now on, in place of the one of its id; its code is its own for
    ever."""

    promotion: Promotion

    operation: ClassVar[str] = "promotions"

    def idempotency_keys(self) -> Iterable[Key]:
        code = self.promotion.code
        return [*super().idempotency_keys(), *([] if code is None else [code_key(self.org, code)])]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        at, name, code = unit.now(self.org), self.promotion.id, self.promotion.code
        found = unit.get(PromotionBook, promotion_id(self.org, name))
        is_new_code = found is None and code is not None
        if is_new_code and unit.keys.find(code_key(self.org, str(code))) is not None:
            raise Conflict("another promotion has or had that code.", field="code")
        book = found or PromotionBook.open(self.org, name, at)
        book.publish(self.promotion, at, fingerprint=self.fingerprint)
        fact = unit.record(book, self.actor, self.key)
        if is_new_code:
            unit.claim(code_key(self.org, str(code)), CommandResult(fact, 0), "")
        return fact


@dataclass(frozen=True)
class _OnPromotion(KeyedCommand):
    """A command on a promotion that exists."""

    promotion: str

    def effect(self, unit: UnitOfWork) -> PendingFact:
        book = find_promotion(unit, self.org, self.promotion)
        self.change(book, unit.now(self.org))
        return unit.record(book, self.actor, self.key)

    def change(self, book: PromotionBook, at: datetime) -> None:
        """Change the promotion."""
        raise NotImplementedError


@dataclass(frozen=True)
class PausePromotion(_OnPromotion):
    """Have a promotion not be had until it is resumed."""

    operation: ClassVar[str] = "promotions-paused"

    def change(self, book: PromotionBook, at: datetime) -> None:
        book.pause(at, fingerprint=self.fingerprint)


@dataclass(frozen=True)
class ResumePromotion(_OnPromotion):
    """Have a promotion be had again."""

    operation: ClassVar[str] = "promotions-resumed"

    def change(self, book: PromotionBook, at: datetime) -> None:
        book.resume(at, fingerprint=self.fingerprint)


@dataclass(frozen=True)
class EndPromotion(_OnPromotion):
    """Have a promotion not be had any more, for ever."""

    operation: ClassVar[str] = "promotions-ended"

    def change(self, book: PromotionBook, at: datetime) -> None:
        book.end(at, fingerprint=self.fingerprint)
