"""Time as integer microseconds since 1970-01-01 UTC: what the chain hashes and events hold."""

import re
from datetime import MAXYEAR, UTC, date, datetime, timedelta
from functools import lru_cache

from ledger.kernel.errors import Invalid
from ledger.kernel.limits import TIME_MAX_US

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CALENDAR_END = datetime.max.replace(tzinfo=UTC)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_RFC3339_UTC = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,6}))?(?:[Zz]|[+-]00:00)"
)


def moment(us: int) -> datetime:
    """Return microseconds as an aware UTC datetime, exactly; what is beyond the calendar is its
    end."""
    try:
        return EPOCH + timedelta(microseconds=us)
    except OverflowError:
        return CALENDAR_END


def microseconds(at: datetime) -> int:
    """Return an aware datetime as microseconds, exactly."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


DAY_US = 24 * 3600 * 1_000_000
_CALENDAR_END_US = microseconds(CALENDAR_END)
_EPOCH_DAY = EPOCH.toordinal()


def format_time(us: int) -> str:
    """Return a moment as RFC 3339 in UTC; always six decimals, so that text sorts as time does.

    What is stored can always be read: what is beyond the calendar is its last moment.
    """
    seconds, micro = divmod(min(us, _CALENDAR_END_US), 1_000_000)
    return f"{_to_the_second(seconds)}.{micro:06}Z"


@lru_cache(maxsize=4096)
def _to_the_second(seconds: int) -> str:
    """Return a time as it was written before: most that are written are of the last few seconds."""
    return moment(seconds * 1_000_000).strftime("%Y-%m-%dT%H:%M:%S")


def parse_time(text: object, field: str) -> int:
    """Return a moment read from RFC 3339 in UTC (https://www.rfc-editor.org/rfc/rfc3339)."""
    match = _RFC3339_UTC.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise Invalid(
            f"{field} must be a time in RFC 3339, in UTC, with at most six decimals: "
            "2026-02-01T12:00:00Z.",
            field=field,
        )
    day, clock, fraction = match.groups()
    try:
        at = datetime.fromisoformat(f"{day}T{clock}+00:00")
    except ValueError:
        raise Invalid(f"{field} is not a moment of the calendar.", field=field) from None
    us = microseconds(at) + int((fraction or "0").ljust(6, "0"))
    if us < 0:
        raise Invalid(f"{field} must not be before 1970.", field=field)
    return us


def parse_day_or_time(text: str, field: str) -> int:
    """Return the first moment in UTC of a day, or a moment read from RFC 3339."""
    return parse_time(f"{text}T00:00:00Z" if _DAY.fullmatch(text) else text, field)


def check_time(us: int, field: str) -> int:
    """Return a moment that may be stored: one that is sent, or computed from one."""
    if us > TIME_MAX_US:
        raise Invalid(
            f"{field} must not lead beyond {format_time(TIME_MAX_US)}: leave it out for what has "
            "no end.",
            field=field,
        )
    return us


def parse_stored_time(text: object, field: str) -> int:
    """Return a moment that may be stored, from RFC 3339 as `parse_time` reads it."""
    return check_time(parse_time(text, field), field)


def day_of(us: int) -> str:
    """Return the day of a moment, as 2026-02-03."""
    return _day(min(us, _CALENDAR_END_US) // DAY_US)


@lru_cache(maxsize=4096)
def _day(number: int) -> str:
    return date.fromordinal(_EPOCH_DAY + number).isoformat()


def month_of(us: int) -> str:
    """Return the month of a moment, as 2026-02."""
    return day_of(us)[:7]


def month_after(month: str) -> int:
    """Return the first moment after a month, as 2026-02."""
    return month_end(microseconds(datetime.strptime(f"{month} +0000", "%Y-%m %z")))


def month_end(us: int) -> int:
    """Return the first moment of the next month; of the calendar's last month, its end."""
    first = moment(us).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if (first.year, first.month) == (MAXYEAR, 12):
        return microseconds(CALENDAR_END)
    december = first.month == 12
    return microseconds(
        first.replace(year=first.year + december, month=1 if december else first.month + 1)
    )
