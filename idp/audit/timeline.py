"""One person's events in their order: newest first, paged by key, the same again folded into one entry.

What is shown, and under which kind, is `timeline_kind`; pages put the entries into words.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from idp.audit import timeline_kind
from idp.audit.event import EventName
from idp.audit.log import AuditEvent
from idp.audit.timeline_kind import Kind
from idp.db import db

BATCH = 500
# What a site fetches so soon after a login belongs to that login.
AT_ONCE = timedelta(minutes=5)
# The same again within this time is one entry, with how often.
SAME = timedelta(hours=12)
# Two logins are two, however alike: one of them may be somebody else's.
ONE_BY_ONE = frozenset({EventName.SESSION_ROTATED, EventName.SESSION_STARTED})


@dataclass
class Entry:
    """One line of a timeline. ``times``: how often the same happened, ``event`` the last time, ``first`` the first.

    ``claims`` is what the site fetched in the course of it.
    """

    event: AuditEvent
    first: AuditEvent
    times: int = 1
    claims: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Page:
    """Some entries, and the key of the page after them; None at the end."""

    entries: Sequence[Entry]
    older: UUID | None


def page(account_id: UUID, *, kind: Kind | None = None, before: UUID | None = None, limit: int = 40) -> Page:
    """Return a page of the account's timeline from *limit* events, newest first."""
    found = _events(account_id, kind, before, limit + 1)
    return Page(fold(found[:limit]), found[limit - 1].id if len(found) > limit else None)


def find(account_id: UUID, event_id: UUID) -> AuditEvent | None:
    """Return the event of the account's timeline with that id; None when it is somebody else's or not shown."""
    event = db.session.get(AuditEvent, event_id)
    return (
        event
        if event is not None and event.account_id == account_id and timeline_kind.find(event.name)
        else None
    )


def everything(account_id: UUID) -> Iterator[AuditEvent]:
    """Yield every event of the account's timeline, newest first, a batch in memory at a time."""
    before: UUID | None = None
    while found := _events(account_id, None, before, BATCH):
        yield from found
        before = found[-1].id
        if len(found) < BATCH:
            return
        db.session.expunge_all()


def fold(events: Sequence[AuditEvent]) -> list[Entry]:
    """Return *events*, newest first, as entries: what a site fetched joins its login, and the same again is counted."""
    entries: list[Entry] = []
    logins: dict[tuple[str | None, UUID | None], Entry] = {}
    for event in reversed(events):
        entry = Entry(event, event)
        at = (event.client_id, event.session_id)
        if event.name == EventName.CODE_ISSUED:
            logins[at] = entry
        elif event.name == EventName.CLAIMS_RELEASED:
            login = logins.get(at)
            if login is not None and event.at - login.event.at <= AT_ONCE:
                login.claims.update(event.data.get("claims", ()))
                continue
            entry.claims.update(event.data.get("claims", ()))
        entries.append(entry)
    return _counted(reversed(entries))


def _events(account_id: UUID, kind: Kind | None, before: UUID | None, limit: int) -> Sequence[AuditEvent]:
    names = sorted(
        name.value for name in (timeline_kind.SHOWN if kind is None else timeline_kind.KINDS[kind])
    )
    wanted = select(AuditEvent).where(AuditEvent.account_id == account_id, AuditEvent.name.in_(names))
    if before is not None:
        wanted = wanted.where(AuditEvent.id < before)
    return db.session.scalars(wanted.order_by(AuditEvent.id.desc()).limit(limit)).all()


def _counted(entries: Iterable[Entry]) -> list[Entry]:
    found: list[Entry] = []
    for entry in entries:
        last = found[-1] if found else None
        if last is not None and _is_same(last, entry):
            last.times, last.first = last.times + 1, entry.event
        else:
            found.append(entry)
    return found


def _is_same(last: Entry, entry: Entry) -> bool:
    if entry.event.name in ONE_BY_ONE or last.first.at - entry.event.at > SAME:
        return False
    return _content(last) == _content(entry)


def _content(entry: Entry) -> tuple[object, ...]:
    event = entry.event
    data = {key: value for key, value in event.data.items() if not key.endswith("_id")}
    return event.name, event.client_id, event.actor, data, entry.claims
