"""Citizen identity numbers 公民身份号码 (GB 11643-1999): division of first registration, birth date, sequence, check.

The division says where the number was given, not where the person lives; an abolished one stays valid.
"""

import datetime as dt
import re
from dataclasses import dataclass

from idp.errors import InvalidInput
from idp.identifiers import birth_date, mod_11_2, typed

TYPE = "citizen_id"
# Divisions under which residence permits are numbered (residence_permit.py).
PERMIT_DIVISIONS = frozenset({"810000", "820000", "830000"})

# No division begins with 0; numbers that begin with 9 belong to foreign permanent residents.
_FORM = re.compile(r"[1-8][0-9]{16}[0-9X]")


@dataclass(frozen=True)
class CitizenId:
    """A well-formed number and what can be read from it."""

    number: str
    division: str
    birth_date: dt.date
    sex: str


def find(text: str) -> CitizenId | None:
    """Return the number with what it says, or None when *text* is no citizen's number."""
    found = read(typed.normalized(text))
    return None if found is None or found.division in PERMIT_DIVISIONS else found


def parse(text: str) -> CitizenId:
    """Return the number with what it says; raises InvalidInput ``citizen_id_malformed``, field ``number``."""
    found = find(text)
    if found is None:
        raise InvalidInput(
            "citizen_id_malformed", "Enter the 18 characters of the identity number", field="number"
        )
    return found


def read(number: str) -> CitizenId | None:
    """Read a number of this form, whatever its division (residence permits have the same form)."""
    if not _FORM.fullmatch(number) or not mod_11_2.is_right(number):
        return None
    born = birth_date.find(number[6:14])
    if born is None:
        return None
    return CitizenId(number, number[:6], born, "male" if int(number[16]) % 2 else "female")
