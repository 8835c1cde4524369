"""Birth dates as they stand in numbers, and the age they make. Days of law are days in Asia/Shanghai.

China has had one time without summer time since 1992, so a fixed offset says all there is.
"""

import datetime as dt

EARLIEST = dt.date(1870, 1, 1)
LAW = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")


def find(eight: str) -> dt.date | None:
    """Return the day of ``YYYYMMDD``, or None when there was no such day or nobody born then can be alive."""
    try:
        day = dt.date(int(eight[:4]), int(eight[4:6]), int(eight[6:]))
    except ValueError:
        return None
    return day if day >= EARLIEST else None


def today(now: dt.datetime) -> dt.date:
    """Return the day of law at the moment *now*."""
    return now.astimezone(LAW).date()


def age(born: dt.date, day: dt.date) -> int:
    """Return the full years (周岁) on *day*; who was born on 29 February has the birthday on 1 March otherwise."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
