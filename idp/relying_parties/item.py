"""One piece of personal data a relying party registered for, as the consent page lists it (PIPL art. 16)."""

from dataclasses import dataclass

from idp.relying_parties.localized import UNSAID, Localized

# On which law the data of a person is used (PIPL art. 13): they agree, or the office has the duty.
LEGAL_BASES = ("consent", "statutory_duty")


@dataclass(frozen=True, slots=True)
class Item:
    """A claim, whether the service cannot do without it, from which level on it is told, and what for."""

    name: str
    required: bool = False
    minimum_acr: int = 0
    purpose: Localized = UNSAID
    # Empty: that of the relying party.
    legal_basis: str = ""
