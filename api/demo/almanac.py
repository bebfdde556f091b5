"""When things happen in a farming year that must be over by yesterday."""

from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from domain.moments import CST

_OPENS, _SHUTS = 9, 17
_SUNDAY: Final = 6


class Window(NamedTuple):
    """A piece of work that begins on a day of the year and is over so many days later."""

    month: int
    day: int
    days: int


class Almanac:
    """The calendar as seen from `now`: each window at the latest year in which it is over."""

    def __init__(self, now: datetime) -> None:
        """Take the present (any time zone); the last day told of is the day before, in China."""
        self.last_day: Final = now.astimezone(CST).date() - timedelta(days=1)

    def start(self, window: Window) -> date:
        """Give the first day of a window."""
        first = date(self.last_day.year, window.month, window.day)
        while first + timedelta(days=window.days) > self.last_day:
            first = first.replace(year=first.year - 1)
        return first

    def ago(self, days: int) -> date:
        """Give the day so many days before the last one."""
        return self.last_day - timedelta(days=days)


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """Give a time of a day, as a clock in Luoding shows it."""
    return datetime.combine(day, time(hour, minute), CST)


class OfficeHours:
    """Hands out times one after another, within the hours of an office, Sundays off."""

    def __init__(self, first: date) -> None:
        """Begin at nine o'clock of the first day."""
        self._next = moment(first, _OPENS)

    def next(self, minutes: int) -> datetime:
        """Give the next time, so many minutes after the last one."""
        at = self._next + timedelta(minutes=minutes)
        while at.hour >= _SHUTS or at.weekday() == _SUNDAY:
            at = moment(at.date() + timedelta(days=1), _OPENS, at.minute)
        self._next = at
        return at
