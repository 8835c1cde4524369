"""What rests on the word of a province that the anchor lists no more ends: sessions, grants, evidence.

Only while it is certain what the anchor lists: one that is away, or that we do not hear, takes nobody's word back.
"""

import time
from collections.abc import Callable, Collection
from itertools import groupby

from idp.accounts import account as accounts
from idp.db import commit
from idp.proofing import evidence
from idp.recognition import arrival, recognised_session, tables
from idp.recognition.recognised_session import RecognisedSession
from idp.sessions import logout
from idp.sessions import session as sessions
from idp.tokens import grant as grants

REASON = "province_struck_off"
# The worker has other things to do as well; it comes again.
LONGEST_SECONDS = 60.0


def run() -> None:
    """End it, account by account, each in one transaction (a job of the worker)."""
    began = time.monotonic()
    while time.monotonic() - began < LONGEST_SECONDS:
        # Each time: a province may be listed again meanwhile.
        known = tables.find()
        if known is None or not known.is_certain:
            commit()
            return
        listed = {one.entity_id for one in known.others}
        sources = {arrival.source_of(one) for one in known.others}
        if not _end_some_sessions(listed) and not _end_some_evidence(sources):
            return


def _end_some_sessions(listed: Collection[str]) -> bool:
    issuer = _first_beyond(listed, recognised_session.next_issuer)
    rests = recognised_session.of_issuer(issuer) if issuer is not None else []
    commit()
    # A subject is one account's.
    for _subject, rows in groupby(rests, key=lambda one: one.subject):
        _end(list(rows))
    return bool(rests)


def _end(rests: Collection[RecognisedSession]) -> None:
    session_ids = [one.session_id for one in rests]
    live = [found for one in session_ids if (found := sessions.find(one)) is not None]
    for session in live:
        logout.end(session, REASON)
    # Offline access too: it was given on the same word.
    revoked = grants.revoke_from(session_ids, REASON)
    recognised_session.forget(session_ids)
    commit()
    for session in live:
        logout.forget(session)
    for grant in revoked:
        grants.forget(grant)


def _end_some_evidence(listed: Collection[str]) -> bool:
    source = _first_beyond(listed, evidence.next_province)
    account_ids = evidence.resting_on_province(source) if source is not None else []
    commit()
    for account_id in account_ids:
        evidence.revoke_word(accounts.get(account_id), source or "", REASON)
        commit()
    return bool(account_ids)


def _first_beyond(listed: Collection[str], following: Callable[[str], str | None]) -> str | None:
    """Return the first name that is not *listed*, in as many steps as there are names."""
    name = following("")
    while name is not None and name in listed:
        name = following(name)
    return name
