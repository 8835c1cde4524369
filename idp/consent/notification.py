"""What a person is told and not asked: data released by law, and a notice whose text alone changed (PIPL art. 13, 14).

Written into the record, so that it can be shown and proven; whoever calls also tells the person.
"""

from idp import clock
from idp.accounts.account import Account
from idp.consent import consent_record, document, event, held, lifetime
from idp.consent.decision import Asked, Given
from idp.consent.document import Scene
from idp.db import db
from idp.relying_parties.relying_party import RelyingParty


def note_statutory(account: Account, rp: RelyingParty, asked: Asked, scene: Scene) -> bool:
    """Write that the items *asked* by law are released (PIPL art. 35).

    Once, again for more, and once in the life of a consent; returns whether it was written now, and is to be told. No
    query when it was written before.
    """
    if not asked.by_law or _is_noted(held.find(account.id, rp.client_id), asked):
        return False
    now = clock.now()
    row = consent_record.take(account.id, rp.client_id, rp.legal_basis, now)
    if _is_noted(consent_record.given_of(row), asked):
        return False
    row.by_law = sorted(frozenset(row.by_law) | asked.by_law)
    row.legal_basis, row.policy_version, row.ended_at = asked.legal_basis, rp.policy_version, None
    row.by_law_until = now + lifetime.life()
    whole = document.of(row, account, rp, asked, (), scene, now)
    event.append(row, event.NOTICE, whole, items=asked.by_law, acting=scene.acting, acr=scene.acr)
    db.session.flush()
    return True


def note_policy(account: Account, rp: RelyingParty, scene: Scene) -> bool:
    """Write that the notice has another text, when nothing else changed; returns whether it is to be told."""
    given = held.find(account.id, rp.client_id)
    if given is None or not rp.policy_version or given.policy_version == rp.policy_version:
        return False
    row = consent_record.take(account.id, rp.client_id, rp.legal_basis, clock.now())
    if row.policy_version == rp.policy_version:
        return False
    before, row.policy_version = row.policy_version, rp.policy_version
    notice = {"uri": rp.policy_uri.text(scene.locale), "version": rp.policy_version, "before": before}
    said = document.of_items((), notice=notice, policy_digest=rp.policy_digest, language=scene.locale)
    event.append(row, event.NOTICE, said, acting=scene.acting, acr=scene.acr)
    db.session.flush()
    return True


def _is_noted(given: Given | None, asked: Asked) -> bool:
    if given is None or not asked.by_law <= given.by_law:
        return False
    return given.by_law_until is not None and clock.now() < given.by_law_until
