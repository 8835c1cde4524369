"""Documents that prove who a person is: one key for all of them, (type, issuing country, number)."""

import datetime as dt
from dataclasses import dataclass

from idp.errors import InvalidInput
from idp.identifiers import citizen_id, foreign_resident, passport, residence_permit, typed

CHINA = "CHN"
# The number types that a form may offer, in the order it offers them.
ALL = (citizen_id.TYPE, residence_permit.TYPE, foreign_resident.TYPE, passport.TYPE)


@dataclass(frozen=True)
class Document:
    """A well-formed number of a person's document, and what can be read from it."""

    type: str
    number: str
    country: str
    birth_date: dt.date | None = None
    sex: str | None = None
    # Where the number was given, not where the person lives.
    division: str | None = None

    def masked(self) -> str:
        """Return the number as it may be shown."""
        return typed.masked(self.number)


def parse(kind: str, number: str, country: str = CHINA) -> Document:
    """Return the document; raises InvalidInput of its type, or ``identity_type_unknown``, field ``type``."""
    match kind:
        case citizen_id.TYPE:
            citizen = citizen_id.parse(number)
            return Document(kind, citizen.number, CHINA, citizen.birth_date, citizen.sex, citizen.division)
        case residence_permit.TYPE:
            permit = residence_permit.parse(number)
            return Document(kind, permit.number, CHINA, permit.birth_date, permit.sex, permit.division)
        case foreign_resident.TYPE:
            card = foreign_resident.parse(number)
            return Document(kind, card.number, CHINA, card.birth_date, card.sex, card.division)
        case passport.TYPE:
            book = passport.parse(number, country)
            return Document(kind, book.number, book.country)
    raise InvalidInput("identity_type_unknown", "Choose the kind of document", field="type")


def find(number: str) -> Document | None:
    """Return the document of China that a number alone can only be, or None (a passport needs its country)."""
    for kind in (citizen_id.TYPE, residence_permit.TYPE, foreign_resident.TYPE):
        try:
            return parse(kind, number)
        except InvalidInput:
            continue
    return None
