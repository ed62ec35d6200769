"""Dates and durations, by calendar."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction


def spread(tard: date, tot: date) -> Fraction:
    """Days between two dates."""
    return Fraction((tard - tot).days)


def move(start: date, count: Fraction, months: bool) -> date | None:
    """A date moved by whole days or calendar months (31/01 + 1 month is the end of February).

    None when it leaves the calendar.
    """
    whole = count.numerator // count.denominator
    try:
        if not months:
            return start + timedelta(days=whole)
        index = start.year * 12 + start.month - 1 + whole
        year, month = divmod(index, 12)
        return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
    except (ValueError, OverflowError):
        return None
