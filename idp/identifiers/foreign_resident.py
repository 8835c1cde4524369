"""Foreign permanent residents' cards 外国人永久居留身份证: the form of 2023, and that of 2017, which stays valid.

2023: 9, province (2), country (ISO 3166-1 numeric), birth date, sequence, the check of citizens' numbers.
2017: three letters and twelve digits. One person can hold a number of each form.
"""

import datetime as dt
import re
from dataclasses import dataclass

from idp.errors import InvalidInput
from idp.identifiers import birth_date, mod_11_2, typed

TYPE = "foreign_resident"

_FORM_2023 = re.compile(r"9[0-9]{16}[0-9X]")
_FORM_2017 = re.compile(r"[A-Z]{3}[0-9]{12}")


@dataclass(frozen=True)
class ForeignResident:
    """A well-formed number; of the older form nothing is read."""

    number: str
    division: str | None = None
    country: str | None = None
    birth_date: dt.date | None = None
    sex: str | None = None


def find(text: str) -> ForeignResident | None:
    """Return the number with what it says, or None when *text* is no number of such a card."""
    number = typed.normalized(text)
    if _FORM_2017.fullmatch(number):
        return ForeignResident(number)
    if not _FORM_2023.fullmatch(number) or not mod_11_2.is_right(number):
        return None
    born = birth_date.find(number[6:14])
    if born is None:
        return None
    sex = "male" if int(number[16]) % 2 else "female"
    return ForeignResident(number, f"{number[1:3]}0000", number[3:6], born, sex)


def parse(text: str) -> ForeignResident:
    """Return the number with what it says; raises InvalidInput ``foreign_resident_malformed``, field ``number``."""
    found = find(text)
    if found is None:
        raise InvalidInput(
            "foreign_resident_malformed", "Enter the number on the permanent resident card", field="number"
        )
    return found
