"""What the pages of proofing share: the way of proving that is asked for, its names, and the journey it serves.

A site that asks for a higher level sends a person here with ``?journey=``; it is carried along, kept with the case,
and offered as the way back when the case is decided, also days later.
"""

from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_babel import get_locale

from idp import signed_in
from idp.accounts import account as accounts
from idp.accounts import phone_number
from idp.accounts.account import Account
from idp.assurance.policy import Text
from idp.divisions import tree
from idp.errors import Forbidden, InvalidInput, NotFound
from idp.identifiers import typed
from idp.journey import journey as journeys
from idp.level_policy import current
from idp.pages import refusal
from idp.proofing import case_row, claimed_identity, subject, verifiers
from idp.proofing.case_row import ProofingCase
from idp.proofing.verifier import Subject, Verifier, Way

OVERVIEW = "/account/proofing"
CASES = f"{OVERVIEW}/cases"
# What follows a question to a phone that has just been proven to be at hand.
BY_PHONE = frozenset({"operator3", "bank4"})


def account() -> Account:
    """Return the citizen who is signed in; Forbidden for officials, who are proven by their citizen account."""
    person = signed_in.current().account
    if person.kind != accounts.CITIZEN:
        raise Forbidden("forbidden", detail="only citizens prove their own name")
    return person


def get_way(address: str) -> Verifier:
    """Return the way of proving with that word in its address; NotFound when citizens have none like it."""
    code = address.replace("-", "_")
    found = next((one for one in verifiers.ALL if code == one.CODE and one.KIND == accounts.CITIZEN), None)
    if found is None:
        raise NotFound("not_found", detail=address[:40])
    return found


def way_url(code: str, rest: str = "", **query: str) -> str:
    """Return the address of a way's page."""
    return url(f"{OVERVIEW}/{code.replace('_', '-')}{rest}", **query)


def case_url(case: ProofingCase, rest: str = "") -> str:
    """Return the address of a case's page."""
    return url(f"{CASES}/{case.id}{rest}")


def url(path: str, **query: str) -> str:
    """Return *path* with *query*, and with the journey that this page serves."""
    journey = _journey()
    values = query | ({"journey": journey} if journey else {})
    return f"{path}?{urlencode(values)}" if values else path


def return_to() -> str | None:
    """Return where the person goes on when the proof is there; None when no site asked."""
    journey = _journey()
    return f"/authorize/{journey}" if journey else None


def name_of(code: str) -> str:
    """Return what the policy calls this evidence, in the person's language."""
    kind = current.get().evidence.get(code)
    return code if kind is None else text(kind.name)


def level_name(number: int) -> str:
    """Return the name of a level, in the person's language."""
    return text(current.get().levels[number].name)


def text(both: Text) -> str:
    """Return the text in the person's language."""
    return both.en if str(get_locale()) == "en" else both.zh


def errors(error: InvalidInput) -> dict[str, str]:
    """Return what stands beside the form's field."""
    return refusal.errors(error)


def about(person: Account) -> Subject:
    """Return what is proven of the person already."""
    return subject.of_person(person)


def known(person: Subject) -> dict[str, Any] | None:
    """Return the proven name and number as they may be shown; None while nothing is proven."""
    identity = claimed_identity.proven(person)
    return None if identity is None else {"name": person.name, "number_masked": identity.masked()}


def shown(case: ProofingCase) -> dict[str, Any]:
    """Return a case as lists and pages show it."""
    return {
        "id": str(case.id),
        "name": name_of(case.verifier),
        "verifier": case.verifier,
        "state": case.state,
        "reason": case.reasons[0] if case.reasons else None,
        "number": case.printed_number,
        "created_at": case.created_at,
        "decided_at": case.decided_at,
        "expires_at": case.expires_at,
        "is_open": case.is_open,
        "place": tree.full_name(case.division_code) if case.division_code else None,
        "url": case_url(case),
        "way_url": way_url(case.verifier),
        "with_number": case.is_open and verifiers.get(case.verifier).WAY is not Way.SOURCE,
        "note": next((one["note"] for one in reversed(case.decided_by) if one["note"]), None),
    }


def typed_before(case: ProofingCase | None) -> dict[str, str]:
    """Return what the person typed into the case's form before, to go on from there."""
    return case_row.given(case) if case is not None else {}


def masked(given: dict[str, str]) -> dict[str, str]:
    """Return what was claimed as a page may show it."""
    found = {"name": given["name"]} if "name" in given else {}
    if "number" in given:
        found["number"] = typed.masked(given["number"])
    if "phone" in given:
        found["phone"] = phone_number.masked(given["phone"])
    return found


def _journey() -> str:
    named = request.args.get("journey", "")
    return named if journeys.SHAPE.fullmatch(named) else ""
