"""Residence permits 港澳台居民居住证 of residents from Hong Kong, Macao and Taiwan: numbered like citizens."""

from idp.errors import InvalidInput
from idp.identifiers import citizen_id, typed
from idp.identifiers.citizen_id import CitizenId

TYPE = "residence_permit"


def find(text: str) -> CitizenId | None:
    """Return the number with what it says, or None when *text* is no such permit's number."""
    found = citizen_id.read(typed.normalized(text))
    return found if found and found.division in citizen_id.PERMIT_DIVISIONS else None


def parse(text: str) -> CitizenId:
    """Return the number with what it says; raises InvalidInput ``residence_permit_malformed``, field ``number``."""
    found = find(text)
    if found is None:
        raise InvalidInput(
            "residence_permit_malformed", "Enter the 18 characters of the residence permit", field="number"
        )
    return found
