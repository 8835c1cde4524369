"""Check a consent receipt: for everybody, without logging in. Nothing that is shown here is kept.

A file or its text is checked by its signature. The QR code of a printed one says only whether we have it on file,
about which service and since when: never whom it is about.
"""

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from idp import rate_limit
from idp.consent import event as events
from idp.consent import kept_receipt, receipt_reference, receipt_verification
from idp.consent.receipt_verification import Problem, Verification
from idp.errors import TooMany
from idp.pages import refusal
from idp.settings import SETTINGS

blueprint = Blueprint("receipt_verify", __name__)

WINDOW = 60
UNKNOWN_REFERENCE, OTHER_DIGEST, GONE = "unknown_reference", "other_digest", "gone"


@blueprint.get(receipt_reference.PATH)
def receipt_verify() -> str | tuple[str, int]:
    """Show the form, or what the address of a QR code says."""
    reference = request.args.get("id", "")
    if not reference:
        return _page(None)
    try:
        _count()
    except TooMany as error:
        return _page(None, refusal.errors(error, "")), error.status
    return _page(_on_paper(reference, request.args.get("digest", "")))


@blueprint.post(receipt_reference.PATH)
def check() -> str | tuple[str, int]:
    """Check the text or the file."""
    try:
        _count()
    except TooMany as error:
        return _page(None, refusal.errors(error, "")), error.status
    found = receipt_verification.verify(_sent())
    if found.problem is Problem.EMPTY:
        return _page(None, {"receipt": _("Paste a receipt, or choose its file")}), 400
    return _page(_in_file(found))


def _count() -> None:
    address = rate_limit.hashed(request.remote_addr or "")
    rate_limit.check(f"receipt_check:{address}", SETTINGS.get().limits.receipt_checks_per_address, WINDOW)


def _sent() -> str:
    """Return the file, when one was chosen, else the text; bytes that are no text become what is refused."""
    file = request.files.get("file")
    content = file.read() if file and file.filename else b""
    return content.decode("utf-8", "replace") if content else request.form.get("receipt", "")


def _in_file(found: Verification) -> dict[str, Any]:
    verdict: dict[str, Any] = {"ok": found.is_ours, "problem": found.problem, "places": found.places}
    if found.said is not None:
        event, at = receipt_verification.event_of(found.said)
        verdict |= {
            "service": receipt_verification.service_of(found.said),
            "event": event,
            "at": at,
            "data": receipt_verification.items_of(found.said),
            "standard": found.standard,
        }
    return verdict


def _on_paper(reference: str, digest: str) -> dict[str, Any]:
    place = receipt_reference.find(reference)
    if place is None:
        return {"ok": False, "problem": UNKNOWN_REFERENCE}
    event = events.find(place.account_id, place.record_id, place.number)
    found = kept_receipt.of(event) if event is not None else None
    if found is None:
        return {"ok": False, "problem": GONE}
    if not receipt_reference.matches(digest, found.event.chain_hash):
        return {"ok": False, "problem": OTHER_DIGEST}
    return {
        "ok": True,
        "from_paper": True,
        "service": found.recipient.name,
        "event": found.event.name,
        "at": found.event.at,
    }


def _page(verdict: dict[str, Any] | None, errors: dict[str, str] | None = None) -> str:
    return render_template(
        "receipt_verify.html",
        rp=None,
        back_url=None,
        action=receipt_reference.PATH,
        verdict=verdict,
        errors=errors or {},
        values={},
    )
