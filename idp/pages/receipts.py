"""A person's consent receipts: everything they agreed to or took back, by service, newest first."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask_babel import get_locale

from idp import signed_in
from idp.accounts import account as accounts
from idp.consent import event as events
from idp.consent import kept_receipt, receipt_reference
from idp.consent.event import ConsentEvent
from idp.pages import serving
from idp.pages.serving import Whose
from idp.relying_parties import asking_site, cache

blueprint = Blueprint("receipts", __name__)
blueprint.before_request(serving.require)

LIST = "/account/receipts"
PAGE = 50


@blueprint.get(LIST)
def receipts() -> str:
    """Show one page of them: the person's own, or those of a ward or an enterprise that they answer for."""
    about = serving.whose()
    found = events.of_account(about.account.id, _before(), PAGE + 1)
    shown, more = found[:PAGE], len(found) > PAGE
    return signed_in.page(
        "account/receipts.html",
        services=_by_service([one for one in shown if kept_receipt.has_one(one)], about),
        about_name=accounts.name_of(about.account) if about.is_other else None,
        older_url=about.url(LIST, before=str(shown[-1].id)) if more else None,
        verify_url=receipt_reference.PATH,
    )


def _before() -> UUID | None:
    try:
        return UUID(request.args.get("before", ""))
    except ValueError:
        return None


def _by_service(found: list[ConsentEvent], about: Whose) -> list[dict[str, Any]]:
    services: dict[str, dict[str, Any]] = {}
    cache.load(one.client_id for one in found)
    for one in found:
        services.setdefault(one.client_id, _service(one))["receipts"].append(
            {
                "url": about.url(f"{LIST}/{one.record_id}/{one.number}"),
                "event": one.name,
                "actor": one.actor_kind,
                "at": one.at,
                "items": kept_receipt.items_of(one),
            }
        )
    return list(services.values())


def _service(one: ConsentEvent) -> dict[str, Any]:
    rp = cache.find(one.client_id)
    site = asking_site.of(rp, str(get_locale())) if rp else None
    return {
        "id": one.client_id,
        # A service that is not registered any more is known by what stood on its receipts.
        "name": site.name if site else one.document.get("recipient", {}).get("name", one.client_id),
        "organization": site.organization if site else "",
        "receipts": [],
    }
