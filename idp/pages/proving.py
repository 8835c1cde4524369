"""What the pages of proofing share: whose proof it is, the way of proving, its names, and the journey it serves.

Each page stands at two addresses: of the person's own name, and of an enterprise that the person runs.
A site that asks for a higher level sends a person here with ``?journey=``; it is carried along, kept with the case,
and offered as the way back when the case is decided, also days later.
"""

from typing import Any
from urllib.parse import urlencode

from flask import g, request
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
from idp.pages import enterprise, mandating, refusal
from idp.proofing import case_row, claimed_identity, enterprise_claim, subject, verifiers
from idp.proofing.case_row import ProofingCase
from idp.proofing.verifier import Subject, Verifier, Way
from idp.proofing.verifiers import enterprise_certificate

OVERVIEW = "/account/proofing"
CASES = f"{OVERVIEW}/cases"
OF_ENTERPRISE = f"{mandating.ENTERPRISES}/<enterprise_id>/proofing"
# What follows a question to a phone that has just been proven to be at hand.
BY_PHONE = frozenset({"operator3", "bank4"})


def at(path: str) -> tuple[str, str]:
    """Return both addresses of a page: *path* is the one of the person's own name."""
    return path, path.replace(OVERVIEW, OF_ENTERPRISE, 1)


def take_enterprise(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Take the enterprise out of the address (a blueprint's ``url_value_preprocessor``)."""
    g.proving_enterprise = values.pop("enterprise_id", None) if values else None


def account() -> Account:
    """Return whose proof it is: the enterprise of the address, if the person runs it, else the person's own account.

    Forbidden for officials, who are proven by their citizen account; NotFound for others' enterprises.
    """
    person = signed_in.current().account
    if person.kind != accounts.CITIZEN:
        raise Forbidden("forbidden", detail="only citizens prove their own name")
    if _enterprise() is None:
        return person
    found, _mandate = enterprise.get_run(_enterprise() or "")
    return found


def _enterprise() -> str | None:
    named: str | None = g.get("proving_enterprise")
    return named


def get_way(address: str) -> Verifier:
    """Return the way of proving with that word in its address; NotFound when this kind of account has none like it."""
    code, kind = address.replace("-", "_"), account().kind
    found = next((one for one in verifiers.ALL if code == one.CODE and kind == one.KIND), None)
    if found is None:
        raise NotFound("not_found", detail=address[:40])
    return found


def way_url(code: str, rest: str = "", **query: str) -> str:
    """Return the address of a way's page; what claims an enterprise has its own."""
    if code in enterprise_claim.STEPS:
        return f"{mandating.ENTERPRISES}/claim"
    word = "certificate" if code == enterprise_certificate.CODE else code.replace("_", "-")
    return url(f"{OVERVIEW}/{word}{rest}", **query)


def case_url(case: ProofingCase, rest: str = "") -> str:
    """Return the address of a case's page."""
    return url(f"{CASES}/{case.id}{rest}")


def url(path: str, **query: str) -> str:
    """Return *path* with *query*, and with the journey that this page serves."""
    journey = _journey()
    named = _enterprise()
    path = path if named is None else path.replace(OVERVIEW, f"{mandating.ENTERPRISES}/{named}/proofing", 1)
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


def about(whose: Account) -> Subject:
    """Return what is proven of the account already."""
    return subject.of_account(whose, signed_in.current().account)


def known(whose: Subject) -> dict[str, Any] | None:
    """Return the proven name and number as they may be shown; None while nothing is proven."""
    if whose.account.kind == accounts.ENTERPRISE:
        # A code is public.
        return (
            None if whose.identity is None else {"name": whose.name, "number_masked": whose.identity.number}
        )
    identity = claimed_identity.proven(whose)
    return None if identity is None else {"name": whose.name, "number_masked": identity.masked()}


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
    if "enterprise_name" in given:
        found = {"name": given["enterprise_name"], "number": given["uscc"]}
    if "number" in given:
        found["number"] = typed.masked(given["number"])
    if "phone" in given:
        found["phone"] = phone_number.masked(given["phone"])
    return found


def _journey() -> str:
    named = request.args.get("journey", "")
    return named if journeys.SHAPE.fullmatch(named) else ""
