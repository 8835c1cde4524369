"""How old somebody is by law: whole years, reached at the beginning of the birthday in Asia/Shanghai. Pure.

China has had one time without summer time since 1992, so a fixed offset says all there is. Who was born on
29 February reaches an age on 1 March in a year without that day.
"""

from datetime import UTC, date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def today(now: datetime) -> date:
    """Return the date in Asia/Shanghai."""
    return now.astimezone(SHANGHAI).date()


def years(birthdate: date, now: datetime) -> int:
    """Return the age in whole years; 0 for who is not born yet."""
    day = today(now)
    had_birthday = (day.month, day.day) >= (birthdate.month, birthdate.day)
    return max(0, day.year - birthdate.year - (not had_birthday))


def reached(birthdate: date, age: int) -> datetime:
    """Return the moment (UTC) at which *age* years are reached."""
    year = birthdate.year + age
    try:
        day = birthdate.replace(year=year)
    except ValueError:
        day = date(year, 3, 1)
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)
