"""What rests on the word of a province that the anchor lists no more ends: sessions, and what that word was worth.

Only while there is a table that holds: an anchor that is away, or that we do not hear, takes nobody's word back.
"""

from uuid import UUID

from idp.accounts import account as accounts
from idp.db import commit
from idp.proofing import evidence
from idp.recognition import arrival, recognised_session, tables
from idp.sessions import logout
from idp.sessions import session as sessions

REASON = "province_struck_off"


def run() -> None:
    """End it, account by account, each committed (a job of the worker)."""
    known = tables.find()
    commit()
    if known is None:
        return
    listed = {one.entity_id: one for one in known.others}
    sources = {arrival.source_of(one.division_code) for one in listed.values()}
    while rests := recognised_session.beyond(listed):
        for account_id in sorted({one.account_id for one in rests}):
            _end_sessions([one.session_id for one in rests if one.account_id == account_id])
            _end_evidence(account_id, sources)
            commit()


def _end_sessions(session_ids: list[UUID]) -> None:
    live = [found for one in session_ids if (found := sessions.find(one)) is not None]
    for session in live:
        logout.end(session, REASON)
    recognised_session.forget(session_ids)
    commit()
    for session in live:
        logout.forget(session)


def _end_evidence(account_id: UUID, sources: set[str]) -> None:
    """End the evidence by the word of provinces that are not among *sources*, those that are listed."""
    account = accounts.find(account_id)
    if account is None:
        return
    gone = [
        one.code
        for one in evidence.of_account(account_id)
        if one.ended_at is None and arrival.is_by_a_province(one.source) and one.source not in sources
    ]
    if gone:
        evidence.revoke(account, gone, REASON)
