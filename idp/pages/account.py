"""A person's own page at a glance: who they are here, what needs a look, what happened last, the way to the rest."""

from typing import Any

from flask import Blueprint
from flask_babel import get_locale

from idp import clock, signed_in
from idp.accounts import account as accounts
from idp.accounts import notice, phone_number
from idp.accounts.account import Account
from idp.assurance import evidence as pieces
from idp.assurance import proofing_level
from idp.audit import timeline
from idp.level_policy import current
from idp.pages import attention, proofing, proving, timeline_entry
from idp.recognition import home, tables
from idp.relying_parties import asking_site, cache
from idp.sessions import participant, standing
from idp.sessions import session as sessions

blueprint = Blueprint("account", __name__)
blueprint.before_request(signed_in.require)

LAST_EVENTS = 12
LAST_ENTRIES = 3
WAYS = 2


@blueprint.get("/account")
def account() -> str:
    """Show it."""
    person = signed_in.current()
    own = person.account
    phone = accounts.phone_of(own)
    client_ids = [one.client_id for one in participant.of_session(person.session.id)]
    cache.load(client_ids)
    parties = [cache.find(one) for one in client_ids]
    last = timeline.page(own.id, limit=LAST_EVENTS).entries[:LAST_ENTRIES]
    return signed_in.page(
        "account/overview.html",
        account={
            "name": accounts.name_of(own),
            "username": own.username,
            "phone_masked": phone_number.masked(phone) if phone else None,
            "created_at": own.created_at,
        },
        is_official=own.kind == accounts.OFFICIAL,
        home=_home(own),
        level=_level(own) if own.kind == accounts.CITIZEN else None,
        attention=attention.of(person),
        entries=timeline_entry.shown(last),
        sites=[asking_site.of(rp, str(get_locale())) for rp in parties if rp],
        sessions_count=len(sessions.live_sessions(own.id)),
        unread=notice.unread(own.id),
    )


def _home(own: Account) -> str | None:
    """Return the name of the province from whose provider the person came last; None for who never did."""
    known = tables.find()
    came = home.of_account(own.id) if known is not None and own.kind == accounts.CITIZEN else ()
    member = known.find_other(came[0].issuer) if known is not None and came else None
    return member.name(str(get_locale())) if member is not None else None


def _level(own: Account) -> dict[str, Any]:
    """Return the person's level, what this login counts as, and the easiest ways to the next level."""
    policy, now = current.get(), clock.now()
    evidence = pieces.from_standing(own.standing)
    level = proofing_level.of(policy, own.kind, evidence, now)
    aims = proofing.aims(policy, own, level, pieces.valid(policy, own.kind, evidence, now), {})
    following = None
    if aims:
        ways = [
            [step["name"] for step in way["steps"] if step["state"] != "done"]
            for way in aims[0]["ways"][:WAYS]
        ]
        following = {"number": aims[0]["number"], "name": aims[0]["name"], "ways": ways}
    return {
        "number": level,
        "name": proving.level_name(level),
        "session": standing.level(policy, own, signed_in.current().session, now),
        "next": following,
    }
