"""At which moment somebody is how old by law: at the beginning of the birthday in Asia/Shanghai. Pure.

What a day of law and an age are is `birth_date`'s; who was born on 29 February reaches an age on 1 March in a year
without that day.
"""

from datetime import UTC, date, datetime

from idp.identifiers import birth_date
from idp.identifiers.birth_date import today

__all__ = ["SHANGHAI", "reached", "today", "years"]

SHANGHAI = birth_date.LAW


def years(birthdate: date, now: datetime) -> int:
    """Return the age in whole years at the moment *now*; 0 for who is not born yet."""
    return max(0, birth_date.age(birthdate, today(now)))


def reached(birthdate: date, age: int) -> datetime:
    """Return the moment (UTC) at which *age* years are reached."""
    year = birthdate.year + age
    try:
        day = birthdate.replace(year=year)
    except ValueError:
        day = date(year, 3, 1)
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)
