"""Moments as people read them, at the offset at which they were recorded."""

from datetime import datetime, timedelta, timezone
from typing import Final

_BEIJING: Final = timedelta(hours=8)
CST: Final = timezone(_BEIJING)
"""China Standard Time."""
_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


def show_moment(moment: datetime, language: str = "zh") -> str:
    """Write a moment as a calendar and a clock show it; another offset than Beijing's is named.

    >>> show_moment(datetime.fromisoformat("2026-05-03T08:00:00+08:00"), "en")
    '3 May 2026, 08:00'
    """
    if language == "zh":
        day = f"{moment.year}年{moment.month}月{moment.day}日 "
    else:
        day = f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}, "
    seconds = f":{moment.second:02d}" if moment.second else ""
    zone = "" if moment.utcoffset() == _BEIJING else f" ({moment.tzinfo})"
    return f"{day}{moment.hour:02d}:{moment.minute:02d}{seconds}{zone}"
