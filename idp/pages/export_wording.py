"""The export in words: what its sections, members and codes are called on the page that people read.

What has a page of its own (timeline, messages, receipts) is only named, with the way there.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import format_datetime, get_locale
from flask_babel import gettext as _

from idp.account_export.person import Row
from idp.divisions import tree
from idp.mandates import item
from idp.relying_parties import asking_site, cache

ELSEWHERE = {
    "consent_events": "/account/receipts",
    "messages": "/account/inbox",
    "timeline": "/account/timeline",
}
# What people or others wrote, never a code of ours.
FREE = frozenset({"name", "username", "organization", "acts", "for", "issuer", "device", "address", "reason"})
# Said better by other members, or of use to programs only.
LEFT_OUT = frozenset({"record_id", "user_agent", "notice_choices", "subject", "scope", "serial"})


def sections(found: Mapping[str, tuple[list[Row], bool]]) -> list[dict[str, Any]]:
    """Return the sections as the page shows them."""
    titles, labels, codes = _titles(), _labels(), _codes()
    shown = []
    for name, (rows, has_more) in found.items():
        lines = [] if name in ELSEWHERE else [_lines(row, labels, codes) for row in rows]
        shown.append(
            {
                "name": name,
                "title": titles.get(name, name),
                "rows": lines,
                "is_empty": not rows,
                "has_more": has_more,
                "url": ELSEWHERE.get(name),
            }
        )
    return shown


def _lines(row: Row, labels: Mapping[str, str], codes: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        (labels.get(name, name), _value(name, value, codes))
        for name, value in row.items()
        if name not in LEFT_OUT
    ]


def _value(name: str, value: Any, codes: Mapping[str, str]) -> str:
    said = str(value)
    if isinstance(value, bool):
        said = _("yes") if value else _("no")
    elif name.endswith("_at") or name in {"since", "valid_until"}:
        said = _moment(said)
    elif name == "client_id":
        rp = cache.find(said)
        said = asking_site.of(rp, str(get_locale())).name if rp else said
    elif name.endswith("division"):
        said = tree.full_name(said) or said
    elif name == "item":
        said = item.name_of(said, str(get_locale()))
    elif isinstance(value, list):
        said = _(", ").join(_value("", one, codes) for one in value)
    elif isinstance(value, dict):
        said = " · ".join(_value(key, one, codes) for key, one in value.items() if key not in LEFT_OUT)
    elif name not in FREE:
        said = codes.get(said, said)
    return said


def _moment(text: str) -> str:
    try:
        return str(format_datetime(datetime.fromisoformat(text), "medium"))
    except ValueError:
        return text


def _titles() -> dict[str, str]:
    return {
        "account": _("About you"),
        "evidence": _("How your name was proven"),
        "proofing_cases": _("Cases to prove your name"),
        "sign_in_methods": _("Ways to log in"),
        "sessions": _("Logins"),
        "services": _("Services and what they get"),
        "linked_accounts": _("Older accounts that are linked"),
        "home_provinces": _("Provinces you logged in through"),
        "consent_events": _("What you agreed to and took back"),
        "accesses": _("What sites were let in with"),
        "deletion_requests": _("What services were asked to delete"),
        "mandates": _("Mandates"),
        "assisted_cases": _("Help at the counter"),
        "messages": _("Inbox"),
        "timeline": _("Timeline"),
    }


def _labels() -> dict[str, str]:
    return {
        "kind": _("Kind"),
        "status": _("State"),
        "state": _("State"),
        "name": _("Name"),
        "username": _("User name"),
        "phone": _("Phone"),
        "gender": _("Sex"),
        "birthdate": _("Birthday"),
        "residence_division": _("Home division"),
        "identity": _("Identity document"),
        "proofing_level": _("Proofing level"),
        "language": _("Language"),
        "elder_mode": _("Large type"),
        "created_at": _("Since"),
        "reverified_at": _("Proven anew"),
        "closes_at": _("Closes on"),
        "what": _("Proof"),
        "source": _("Source"),
        "obtained_at": _("Proven on"),
        "expires_at": _("Until"),
        "ended_at": _("Ended"),
        "end_reason": _("Reason"),
        "reason": _("Reason"),
        "reasons": _("Reason"),
        "number": _("Case number"),
        "way": _("Way"),
        "division": _("Division"),
        "decided_at": _("Decided"),
        "added_at": _("Added"),
        "last_used_at": _("Last used"),
        "suspended_at": _("Stopped"),
        "left": _("Left"),
        "issuer": _("Issuer"),
        "valid_until": _("Until"),
        "device": _("Device"),
        "address": _("Network address"),
        "methods": _("Ways to log in"),
        "authenticated_at": _("Logged in"),
        "started_at": _("Begun"),
        "last_seen_at": _("Last seen"),
        "sites": _("Sites"),
        "client_id": _("Service"),
        "legacy_id": _("Your account there"),
        "subject": _("What you are called there"),
        "how": _("How it was linked"),
        "linked_at": _("Linked on"),
        "legal_basis": _("Legal basis"),
        "items": _("Data"),
        "items_by_law": _("Data given by law"),
        "given_at": _("Given"),
        "withdrawn_at": _("Taken back"),
        "revoked_at": _("Ended"),
        "by_somebody_for_me": _("By somebody for me"),
        "asked_at": _("Asked"),
        "answered_at": _("Answered"),
        "acts": _("Who acts"),
        "for": _("For whom"),
        "given_by_me": _("Given by me"),
        "role": _("Role"),
        "starts_at": _("From"),
        "evidence_number": _("Number of the decision"),
        "organization": _("Organisation"),
        "item": _("Matter"),
    }


def _codes() -> dict[str, str]:
    return {
        "citizen": _("Citizen"),
        "official": _("Official"),
        "active": _("in use"),
        "frozen": _("locked"),
        "ended": _("ended"),
        "proposed": _("waiting"),
        "male": _("male"),
        "female": _("female"),
        "zh-Hans": "中文",
        "en": "English",
        "password": _("Password"),
        "totp": _("Code from an authenticator app"),
        "recovery_codes": _("Recovery codes"),
        "passkey": _("Passkey"),
        "certificate": _("Certificate"),
        "known_device": _("Known browser"),
        "held": _("holds"),
        "logged_in": _("you logged in there"),
        "counter_code": _("by a code from its counter"),
        "checked": _("by what the service asked you"),
        "imported": _("taken over with this account"),
        "withdrawn": _("taken back"),
        "expired": _("has run out"),
        "refused": _("refused"),
        "by_law": _("by law"),
        "consent": _("consent"),
        "citizen_id": _("Identity card"),
        "passport": _("Passport"),
        "pwd": _("Password"),
        "otp": _("Code from an authenticator app"),
        "sms": _("Code by message"),
        "mfa": _("two factors"),
        "phone": _("Phone"),
        "name": _("Name"),
    }
