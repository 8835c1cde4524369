"""What an anchor hosted here seals keys for: fetched from each province's own entity configuration, by the federation.

A job of the worker: a province that is away keeps the key that it had, one that turned it gets what it can open.
"""

from sqlalchemy import select

from idp import logs
from idp.db import commit, db
from idp.errors import IdpError
from idp.federation import resolution
from idp.federation.chain_refused import ChainRefused
from idp.recognition import member, own_entity
from idp.recognition.member import RecognitionMember

BATCH = 100
LOG = logs.get(__name__)


def refresh() -> int:
    """Look at every member of every anchor here; return how many keys changed. Commits each by itself."""
    changed = 0
    after = ("", "")
    while rows := _page(after):
        after = rows[-1]
        # No transaction waits for the network.
        commit()
        for anchor_id, entity_id in rows:
            changed += _refresh(anchor_id, entity_id)
    return changed


def _page(after: tuple[str, str]) -> list[tuple[str, str]]:
    anchor, entity = RecognitionMember.anchor_id, RecognitionMember.entity_id
    wanted = select(anchor, entity).where((anchor > after[0]) | ((anchor == after[0]) & (entity > after[1])))
    return [(row[0], row[1]) for row in db.session.execute(wanted.order_by(anchor, entity).limit(BATCH))]


def _refresh(anchor_id: str, entity_id: str) -> bool:
    try:
        chain = resolution.resolve(entity_id, anchor=anchor_id)
        jwk = chain.metadata.get(own_entity.OPENID_RELYING_PARTY, {}).get(own_entity.ENCRYPTION_JWK)
        row = member.find(anchor_id, entity_id)
        changed = row is not None and member.note_key(row, jwk)
        commit()
    except (ChainRefused, IdpError, ValueError) as error:
        db.session.rollback()
        LOG.warning("no key to seal for", anchor=anchor_id, entity=entity_id, reason=str(error)[:200])
        return False
    return changed
