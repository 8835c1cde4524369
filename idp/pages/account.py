"""A person's own page at a glance."""

from flask import Blueprint
from flask_babel import get_locale

from idp import signed_in
from idp.accounts import account as accounts
from idp.accounts import phone_number
from idp.authenticators import recovery, recovery_code, recovery_ticket
from idp.relying_parties import asking_site, cache
from idp.sessions import participant
from idp.sessions import session as sessions

blueprint = Blueprint("account", __name__)
blueprint.before_request(signed_in.require)


@blueprint.get("/account")
def account() -> str:
    """Show who the person is here, where they are logged in, and what would make the account safer."""
    person = signed_in.current()
    phone = accounts.phone_of(person.account)
    recovering = recovery.find_open(person.account.id)
    parties = [cache.find(one.client_id) for one in participant.of_session(person.session.id)]
    return signed_in.page(
        "account/overview.html",
        account={
            "name": accounts.name_of(person.account),
            "username": person.account.username,
            "phone_masked": phone_number.masked(phone) if phone else None,
            "created_at": person.account.created_at,
        },
        is_official=person.account.kind == accounts.OFFICIAL,
        sessions_count=len(sessions.live_sessions(person.account.id)),
        totp_enrolled=person.owes_code,
        recovery_codes_left=recovery_code.count_left(person.account.id) if person.owes_code else 0,
        stop_recovery_url=f"/recovery/stop/{recovery_ticket.stop_token(recovering.id)}"
        if recovering
        else None,
        sites=[asking_site.of(rp, str(get_locale())) for rp in parties if rp],
    )
