"""Ending a session everywhere, or one relying party's part of it."""

from urllib.parse import urlencode

from idp.outbox import message, signal
from idp.outbox.signal import Signal
from idp.relying_parties import cache
from idp.sessions import participant, revocation, sid
from idp.sessions import session as sessions
from idp.sessions.backchannel_logout import KIND
from idp.sessions.participant import Participant
from idp.sessions.session import Session

# Why a person ended the session; everything else follows from a rule or from an official's act.
BY_PERSON = frozenset(
    {
        "account_closed",
        "another_account",
        "ended_by_owner",
        "logged_out",
        "not_me",
        "password_changed",
        "phone_restored",
        "recovered",
        "replaced",
    }
)


def end(session: Session, reason: str) -> list[Participant]:
    """End *session* and tell its relying parties; return them. The caller commits, then calls `forget`.

    The outbox rows stand in the same transaction as the end, so no site is forgotten (design: outbox).
    """
    if not sessions.mark_ended(session, reason):
        return []
    told = participant.of_session(session.id)
    cache.load(one.client_id for one in told)
    for one in told:
        _tell(session, one)
    if told:
        by = "user" if reason in BY_PERSON else "policy"
        signal.add(
            Signal.SESSION_REVOKED, session.account_id, session_id=str(session.id), initiating_entity=by
        )
    return told


def leave(session: Session, client_id: str) -> list[Participant]:
    """End only this relying party's part: the session and its other sites stay. The caller commits."""
    left = [one for one in participant.of_session(session.id) if one.client_id == client_id]
    for one in left:
        participant.remove(session.id, client_id)
        _tell(session, one)
        signal.add(
            Signal.SESSION_REVOKED,
            session.account_id,
            client_id=client_id,
            session_id=str(session.id),
            sub=one.sub,
        )
    return left


def forget(session: Session) -> None:
    """Make access tokens that came from *session* inactive at once; called after the commit."""
    for one in participant.of_session(session.id):
        revocation.revoke(sid.of(session.id, one.client_id))


def frontchannel_uris(told: list[Participant], issuer: str) -> list[str]:
    """Return the addresses to load in frames (OIDC Front-Channel Logout §2), with iss and sid where registered."""
    found = []
    for one in told:
        rp = cache.find(one.client_id)
        if rp is not None and rp.frontchannel_logout_uri:
            own = sid.of(one.session_id, one.client_id) if rp.frontchannel_logout_session_required else None
            found.append(frontchannel_uri(rp.frontchannel_logout_uri, issuer, own))
    return found


def frontchannel_uri(uri: str, issuer: str, own_sid: str | None) -> str:
    """Add iss and sid to a front-channel logout URI whose owner asked for them (*own_sid* is not None)."""
    if own_sid is None:
        return uri
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode({'iss': issuer, 'sid': own_sid})}"


def _tell(session: Session, one: Participant) -> None:
    rp = cache.find(one.client_id)
    if rp is not None and rp.backchannel_logout_uri:
        message.add(
            KIND,
            {"client_id": one.client_id, "sub": one.sub, "sid": sid.of(session.id, one.client_id)},
            account_id=session.account_id,
        )
