"""The language of a document: its words, and how it writes money, numbers and dates."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from ledger.invoices.document import PRICE_DECIMALS, QUANTITY_DECIMALS
from ledger.kernel.money import CREDIT_SCALE, scale_of
from ledger.kernel.times import moment

_FILES = Path(__file__).parent / "locales"
DEFAULT = "en"
LANGUAGES = tuple(sorted(path.stem for path in _FILES.glob("*.toml")))
_MILLION = 1_000_000
_MINUS = "\u2212"


class Language:
    """A language with the customs of a country, such as `de-AT`; English where it has no file."""

    def __init__(self, tag: str) -> None:
        language = tag.partition("-")[0]
        self.tag = language if language in LANGUAGES else DEFAULT
        self._words = _words(self.tag)
        self.locale = _locale(tag if self.tag == language else self.tag)

    def __call__(self, section: str, word: str, **filled: object) -> str:
        """Return a phrase, filled in."""
        phrase = self._words[section][word]
        return phrase.format(**filled) if filled else phrase

    def knows(self, section: str, word: str) -> bool:
        """Tell whether there is such a phrase."""
        return word in self._words[section]

    def phrases(self) -> dict[tuple[str, str], str]:
        """Return all of them."""
        return {
            (section, word): phrase
            for section, phrases in self._words.items()
            for word, phrase in phrases.items()
        }

    def money(self, amount: int, currency: str) -> str:
        """Return an amount of a currency's smallest unit."""
        number = Decimal(amount).scaleb(-scale_of(currency))
        return self._money(number, currency)

    def price(self, price: int, currency: str) -> str:
        """Return a price with all its decimals, and no fewer than the currency has."""
        number = Decimal(price).scaleb(-PRICE_DECIMALS)
        return self._money(_short(number), currency)

    def quantity(self, quantity: int) -> str:
        """Return a quantity with all its decimals."""
        return self._number(Decimal(quantity).scaleb(-QUANTITY_DECIMALS))

    def credits(self, microcredits: int) -> str:
        """Return credits with all their decimals."""
        return self._number(Decimal(microcredits).scaleb(-CREDIT_SCALE))

    def count(self, number: int) -> str:
        """Return a whole number."""
        return self._number(Decimal(number))

    def rate(self, millionths: int) -> str:
        """Return a tax rate."""
        return format_percent(
            _short(Decimal(millionths) / _MILLION), locale=self.locale, decimal_quantization=False
        )

    def date(self, us: int) -> str:
        """Return the day of a moment, in UTC."""
        return format_date(moment(us).date(), "long", locale=self.locale)

    def short_date(self, us: int) -> str:
        """Return the same, for where there is little room."""
        return format_date(moment(us).date(), "medium", locale=self.locale)

    def country(self, code: str) -> str:
        """Return what a country is called."""
        return str(self.locale.territories.get(code, code))

    def _money(self, number: Decimal, currency: str) -> str:
        written = format_currency(
            number, currency.upper(), locale=self.locale, decimal_quantization=False
        )
        return written.replace("-", _MINUS)

    def _number(self, number: Decimal) -> str:
        written = format_decimal(_short(number), locale=self.locale, decimal_quantization=False)
        return written.replace("-", _MINUS)


def _short(number: Decimal) -> Decimal:
    """Return a number without trailing zeros, and without an exponent."""
    shortened = number.normalize()
    return (
        shortened
        if shortened.as_tuple().exponent != 0 and _is_fraction(shortened)
        else (number.quantize(Decimal(1)))
    )


def _is_fraction(number: Decimal) -> bool:
    return number != number.to_integral_value()


@functools.cache
def _words(language: str) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((_FILES / f"{language}.toml").read_text("utf-8"))


@functools.cache
def _locale(tag: str) -> Locale:
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(tag.partition("-")[0])
