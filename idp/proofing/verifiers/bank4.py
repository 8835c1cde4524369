"""Bank card, four elements 银行卡四要素: name, number, card and phone belong to one customer (domain §2 ``bank4``).

The phone is one that the person has just proven to hold: the door sends a code to it first.
"""

from collections.abc import Mapping

from idp.accounts import phone_number
from idp.errors import InvalidInput
from idp.identifiers import typed
from idp.proofing import claimed_identity, registers
from idp.proofing.outcome import Outcome
from idp.proofing.registers import Answer
from idp.proofing.verifier import Question, Subject, Way

CODE = "bank4"
KIND = "citizen"
WAY = Way.SOURCE
NEEDS: frozenset[str] = frozenset()
PASSING: frozenset[str] = frozenset()

CARD_LENGTHS = range(12, 20)  # ISO/IEC 7812-1
_DOUBLED = 9


def read(form: Mapping[str, str], subject: Subject) -> dict[str, str]:
    """Return name, document, card and phone."""
    who = claimed_identity.read(form, subject)
    card = typed.normalized(form.get("card", ""))
    if not is_card(card):
        raise InvalidInput("card_malformed", "Enter the number of your bank card", field="card")
    return who | {"card": card, "phone": phone_number.get(form.get("phone", ""))}


def question(given: Mapping[str, str], subject: Subject) -> Question:
    """Ask whether the four belong together."""
    body = {
        "name": given["name"],
        "number": given["number"],
        "card_number": given["card"],
        "phone": given["phone"],
    }
    return Question(registers.BANK, body)


def judge(given: Mapping[str, str], subject: Subject, answer: Answer) -> Outcome:
    """Believe a match."""
    return claimed_identity.judge(given, answer)


def is_card(text: str) -> bool:
    """Whether *text* has the form and check digit of a card number (ISO/IEC 7812-1, Annex B: Luhn)."""
    if not (text.isascii() and text.isdigit() and len(text) in CARD_LENGTHS):
        return False
    digits = [int(digit) for digit in reversed(text)]
    doubled = [digit * 2 - _DOUBLED * (digit * 2 > _DOUBLED) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
