"""One consent receipt: to read, to print with a QR code that leads to its check, and as signed files."""

import io
from typing import Any
from urllib.parse import quote
from uuid import UUID

import segno
from flask import Blueprint, Response

from idp import clock, signed_in
from idp.accounts import account as accounts
from idp.consent import consent_record, kept_receipt, receipt_file, receipt_reference
from idp.consent import event as events
from idp.consent import receipt as receipts_of_events
from idp.consent.receipt import STATUTORY_DUTY, Item, Receipt
from idp.consent.receipt_reference import Place
from idp.errors import NotFound
from idp.pages import serving
from idp.pages.serving import Whose

blueprint = Blueprint("receipt", __name__)
blueprint.before_request(serving.require)

LIST = "/account/receipts"
ONE = f"{LIST}/<uuid:record_id>/<int:number>"
MIMETYPES = {"json": "application/json", "jwt": "application/jwt"}
# A number beyond this is in no chain, and in no database's integer.
LARGEST = 2**31 - 1


@blueprint.get(ONE)
def receipt(record_id: UUID, number: int) -> str:
    """Show it."""
    about = serving.whose()
    found = _get(about, record_id, number)
    here = f"{LIST}/{record_id}/{number}"
    return signed_in.page(
        "account/receipt.html",
        receipt=_shown(found),
        about_name=accounts.name_of(about.account) if about.is_other else None,
        ended=_ended(found, about),
        qr_url=about.url(f"{here}/qr.svg"),
        verify_url=receipt_reference.PATH,
        service_url=about.url(f"{serving.SERVICES}/{quote(found.recipient.id, safe='')}"),
        downloads=[
            {"url": about.url(f"{here}.{standard}.{kind}"), "standard": standard, "kind": kind}
            for standard in _standards(found)
            for kind in MIMETYPES
        ],
        back_url=about.url(LIST),
    )


@blueprint.get(f"{ONE}/qr.svg")
def qr_code(record_id: UUID, number: int) -> Response:
    """Draw the address that checks it; it names nobody."""
    about = serving.whose()
    found = _get(about, record_id, number)
    place = Place(about.account.id, record_id, number)
    picture = io.BytesIO()
    segno.make(receipt_reference.address(found.issuer, place, found.event.chain_hash), error="m").save(
        picture, kind="svg", scale=4, border=2, dark="#000", light="#fff", xmldecl=False
    )
    return Response(picture.getvalue(), mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})


@blueprint.get(f'{ONE}.<any("27560", "kantara"):standard>.<any("jwt", "json"):kind>')
def download(record_id: UUID, number: int, standard: str, kind: str) -> Response:
    """Give the signed file."""
    found = _get(serving.whose(), record_id, number)
    if standard not in _standards(found):
        raise NotFound("not_found", detail="no such form of this receipt")
    make = receipt_file.readable if kind == "json" else receipt_file.signed
    name = f"receipt-{found.event.at:%Y%m%d}-{str(record_id)[-12:]}-{number}.{standard}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(make(found, standard, clock.now()), mimetype=MIMETYPES[kind], headers=headers)


def _get(about: Whose, record_id: UUID, number: int) -> Receipt:
    found = None
    if number <= LARGEST:
        found = kept_receipt.find(about.account.id, record_id, number)
    if found is None:
        raise NotFound("not_found", detail="no such receipt of this account")
    return found


def _standards(found: Receipt) -> tuple[str, ...]:
    """Kantara's knows nothing but consent: a withdrawal in it would pass for one."""
    every = tuple(receipt_file.STANDARDS)
    return every[:1] if found.event.name == receipts_of_events.WITHDRAWN else every


def _shown(found: Receipt) -> dict[str, Any]:
    event = found.event
    return {
        "id": f"{event.record_id}/{event.number}",
        "event": event.name,
        "actor": found.actor,
        "at": event.at,
        "service": found.recipient.name,
        "organization": found.controller.name,
        "purpose": found.purpose,
        "controller": found.controller.name,
        "by_consent": [_item(one) for one in found.items if one.legal_basis != STATUTORY_DUTY],
        "by_law": [_item(one) for one in found.items if one.legal_basis == STATUTORY_DUTY],
        "kept": found.kept,
        "left_out": found.left_out,
        "until": found.expires_at,
        "storage": found.storage_location,
        "retention": found.retention,
        "jurisdiction": found.jurisdiction,
        "notice_uri": found.notice_uri,
        "notice_version": found.notice_version,
        "groups": receipt_reference.groups(event.chain_hash),
    }


def _item(one: Item) -> dict[str, Any]:
    return {
        "name": one.name,
        "required": one.required,
        "sensitive": one.sensitive,
        "purpose": one.purpose,
    }


def _ended(found: Receipt, about: Whose) -> str | None:
    """Return what has become of this consent since; None while it holds, and for a withdrawal."""
    if found.event.name not in events.DOCUMENTED:
        return None
    row = consent_record.find_row(about.account.id, found.recipient.id)
    if row is None or row.record_id != found.event.record_id:
        return events.SUPERSEDED
    state = row.state(clock.now())
    if state in {consent_record.WITHDRAWN, consent_record.EXPIRED}:
        return state
    return None if row.given_number == found.event.number else events.RENEWED
