"""Connected services 已连接的服务: what each site gets about me, since when, until when."""

from flask import Blueprint

from idp import signed_in
from idp.accounts import account as accounts
from idp.consent import consent_record
from idp.consent.consent_record import BY_LAW, HELD
from idp.pages import serving
from idp.pages.serving import SERVICES
from idp.relying_parties import cache

blueprint = Blueprint("connected_services", __name__)
blueprint.before_request(serving.require)


@blueprint.get(SERVICES)
def connected_services() -> str:
    """Show them: what holds by consent, what goes by law, and what has ended."""
    about, person = serving.whose(), signed_in.current().account
    records = consent_record.of_account(about.account.id)
    cache.load(one.client_id for one in records)
    rows = [serving.row(one, about) for one in records]
    rows.sort(key=lambda one: one["since"], reverse=True)
    return signed_in.page(
        "account/services.html",
        held=[one for one in rows if one["state"] == HELD],
        by_law=[one for one in rows if one["state"] == BY_LAW],
        ended=[one for one in rows if one["state"] not in (HELD, BY_LAW)],
        about_name=accounts.name_of(about.account) if about.is_other else None,
        receipts_url=about.url("/account/receipts"),
        choices=[
            {
                "url": one.url(SERVICES),
                "name": accounts.name_of(one.account),
                "is_chosen": one.account.id == about.account.id,
            }
            for one in serving.others(person)
        ],
    )
