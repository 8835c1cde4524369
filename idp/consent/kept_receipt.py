"""The receipts that are on record: one for each event that says what was agreed, or took it back.

A receipt is made from the event when it is asked for; nothing of it is stored twice.
"""

from uuid import UUID

from idp.consent import event as events
from idp.consent import receipt as receipts
from idp.consent.event import ConsentEvent
from idp.consent.receipt import Event, Receipt
from idp.settings import SETTINGS


def find(account_id: UUID, record_id: UUID, number: int) -> Receipt | None:
    """Return the receipt of one event, or None when it has none."""
    found = events.find(account_id, record_id, number)
    return None if found is None else of(found)


def of(event: ConsentEvent) -> Receipt | None:
    """Return the receipt of *event*, None when it is none that says what was agreed or took it back."""
    if receipts.has_document(event.document):
        return receipts.of(event.document, _facts(event), SETTINGS.get().issuer)
    if not has_one(event):
        return None
    before = [
        one
        for one in events.of_record(event.account_id, event.record_id)
        if one.number < event.number and receipts.has_document(one.document)
    ]
    return _withdrawal(event, before) if before else None


def _withdrawal(event: ConsentEvent, before: list[ConsentEvent]) -> Receipt:
    """Return the receipt of a withdrawal, in the words in which each item was agreed to last."""
    items = {item["name"]: item for agreed in before for item in agreed.document["items"] if item["allowed"]}
    last = before[-1]
    acting = {"kind": event.actor_kind, "sub": None, "mandate_id": None}
    if event.actor_id == last.actor_id:
        acting = last.document["acting"]
    document = last.document | {"items": list(items.values()), "acting": acting}
    return receipts.of(document, _facts(event), SETTINGS.get().issuer, event.items)


def has_one(event: ConsentEvent) -> bool:
    """Whether there is a receipt of *event*, without looking at others."""
    # What was agreed to in older versions has no document, so that there are no words to repeat.
    is_withdrawal = event.name == events.WITHDRAWN and "given_number" in event.document
    return receipts.has_document(event.document) or is_withdrawal


def items_of(event: ConsentEvent) -> list[str]:
    """Return the names of the items that the receipt of *event* is about."""
    if not receipts.has_document(event.document):
        return event.items
    return [item["name"] for item in event.document["items"] if item["allowed"]]


def _facts(event: ConsentEvent) -> Event:
    return Event(
        id=event.id,
        record_id=event.record_id,
        number=event.number,
        name=event.name,
        at=event.at,
        acr=event.acr or "",
        chain_hash=event.hash.hex(),
    )
