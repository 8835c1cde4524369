"""Somebody who has lost the way into their account: verified people, registers that know them, and the way back."""

import itertools
import json
import re
from collections.abc import Mapping
from typing import Any

from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.db import commit
from idp.proofing import evidence
from tests.accounts.gateway import Gateway
from tests.pages import newcomer
from tests.person import Person, Visitor
from tests.proofing.register_server import Answer, Question, RegisterServer
from tests.provider import Provider

P3 = ("phone", "register", "operator3", "bank4")
CARD = "4111111111111111"
_numbers = itertools.count(100)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number() -> str:
    """Return a citizen's number that nobody else has (GB 11643-1999)."""
    body = f"33010619900101{next(_numbers):03}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return body + "10X98765432"[total % 11]


def verified(provider: Provider, *codes: str, totp: bool = False) -> tuple[Person, str]:
    """Make a person with a proven identity and this evidence; return them and their number."""
    person, own = provider.person(phone=newcomer.phone(), totp=totp), number()
    with provider.context():
        account = accounts.get(person.id)
        identities.bind(account, identities.parse("citizen_id", own))
        for code in codes:
            evidence.add(account, code, source="test")
        commit()
    return person, own


def know(register: RegisterServer, *people: tuple[Person, str], **details: Any) -> None:
    """Let the registers know these people, each with their number; everybody else is unknown."""
    numbers = {number: person.name for person, number in people}
    population = {"status": "alive", "card": "valid"} | details

    def respond(question: Question) -> Answer:
        asked: Mapping[str, str] = json.loads(question.body)
        if question.source == "chip":
            person, number = people[0]
            read = {"name": person.name, "number": number, "holder_checked": asked["reading"] == "genuine"}
            return register.signed(question, "match", read)
        matches = numbers.get(asked["number"]) == asked["name"]
        told = population if question.source == "population" and matches else {}
        return register.signed(question, "match" if matches else "mismatch", told)

    register.respond = respond


def arrive(provider: Provider, gateway: Gateway, phone: str | None) -> Visitor:
    """Prove a phone; stands at the proof page, or where it leads."""
    visitor = newcomer.visitor_of(provider)
    visitor.go("/recovery")
    visitor.send("recovery-submit", values={"phone": phone})
    assert visitor.is_at("/recovery/code")
    visitor.send("code-submit", values={"code": gateway.last_code()})
    return visitor


def prove_all(visitor: Visitor, name: str, number: str) -> None:
    """Answer the register's, the operator's and the bank's question."""
    visitor.send("proof-submit", values={"name": name, "number": number})
    visitor.send("proof-submit")
    visitor.send("proof-submit", values={"card": CARD})


def ticket(visitor: Visitor) -> str:
    """Begin the waiting and read the ticket."""
    assert visitor.is_at("/recovery/start"), visitor.path
    visitor.send("recovery-start")
    found = re.search(r'id="recovery-ticket">([^<]+)<', visitor.response.get_data(as_text=True))
    assert found
    return found[1]


def resume(provider: Provider, ticket: str) -> Visitor:
    """Come back in another browser."""
    visitor = newcomer.visitor_of(provider)
    visitor.go("/recovery/resume")
    visitor.send("ticket-submit", values={"ticket": ticket})
    return visitor
