"""This was not me 不是我操作的: end every login, and lead to new ways of logging in (OWASP ASVS 5 §7.4).

Only this browser goes on, in a session of its own: the stranger may have been in this very one, by a copy of its
secret, and at sites by it. Asked first, on a page that says what will happen. No fresh login is asked for: it takes
nothing from the person, and whoever is worried should not have to find a phone first.
"""

from uuid import UUID

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, clock, signed_in
from idp.accounts import account as accounts
from idp.accounts import notice, phone_number
from idp.audit import log, timeline
from idp.audit.event import EventName
from idp.audit.log import AuditEvent
from idp.audit.timeline import Entry
from idp.authenticators import known_device, pwd, recovery
from idp.db import commit
from idp.pages import timeline_entry
from idp.pages.timeline_entry import NOT_ME, TIMELINE
from idp.recognition import recognised_session
from idp.sessions import session as sessions
from idp.tokens import account_leaving, account_logout

blueprint = Blueprint("not_me", __name__)
blueprint.before_request(signed_in.require)

DONE = f"{NOT_ME}/done"
REASON = "not_me"


@blueprint.get(NOT_ME)
def not_me() -> str:
    """Say what will happen, and ask."""
    event = _event()
    shown = timeline_entry.shown([Entry(event, event)])[0] if event else None
    return signed_in.page(
        "account/not_me.html",
        entry=shown,
        event_id=str(event.id) if event else "",
        action=NOT_ME,
        back_url=shown["url"] if shown else TIMELINE,
    )


@blueprint.post(NOT_ME)
def end_everything() -> BaseResponse:
    """Put it on record, end all logins and what sites hold, stop a recovery and an end under way.

    The record comes first, in a transaction of its own: what follows goes in steps, and may be asked for again.
    """
    person, event = signed_in.current(), _event()
    account, (session, secret) = person.account, sessions.succeed(person.session)
    recognised_session.succeed(person.session.id, session.id)
    log.record(
        EventName.INTRUSION_REPORTED,
        account_id=account.id,
        session_id=person.session.id,
        next_session_id=str(session.id),
        event_id=str(event.id) if event else None,
        about=event.name if event else None,
    )
    recovering = recovery.find_open(account.id)
    if recovering is not None:
        recovery.stop(recovering)
    device = browser.device_id(request)
    was_known = known_device.is_known(account.id, device)
    known_device.forget_all(account.id)
    if was_known:
        known_device.remember(account.id, device)
    # Should it have been the person's own wish, it is asked again with a press.
    account_leaving.cancel(account)
    notice.tell(account, "not_me")
    commit()
    account_logout.end_all(account.id, REASON, kept=session.id)
    response = redirect(DONE, 303)
    browser.set_session(response, secret, session.seconds_left(clock.now()))
    return response


@blueprint.get(DONE)
def done() -> str:
    """Say what was done, and what only the person can do now."""
    person = signed_in.current()
    phone = accounts.phone_of(person.account)
    return signed_in.page(
        "account/not_me_done.html",
        has_password=pwd.AMR in person.methods,
        phone_masked=phone_number.masked(phone) if phone else None,
    )


def _event() -> AuditEvent | None:
    """Return the entry that the person means; None when none of theirs is named."""
    named = request.values.get("event", "")
    try:
        return timeline.find(signed_in.current().account.id, UUID(named)) if named else None
    except ValueError:
        return None
