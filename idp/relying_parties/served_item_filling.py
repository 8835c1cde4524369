"""Bringing the index of served items up to date with stored relying parties: one at a change, all of them once.

Those registered before there was an index come into it by the worker's job, which notes that it has done so.
"""

from idp import deployment_fact
from idp.db import commit, db
from idp.deployment_fact import DeploymentFact
from idp.relying_parties import metadata, relying_party_row, served_item
from idp.relying_parties.relying_party_row import ACTIVE, RelyingPartyRow
from idp.settings import SETTINGS

FILLED = "served_items"
CHUNK = 100


def index(row: RelyingPartyRow) -> None:
    """Let the index say what this relying party serves: nothing when nobody can use it. The caller commits."""
    try:
        federated = row.registration is not None
        parsed = metadata.parse(row.given, sandbox=SETTINGS.get().sandbox, federated=federated)
    except metadata.InvalidMetadata:
        # Registered under other rules: the cache refuses it too, and says so in the log.
        served_item.remove(row.client_id)
        return
    if row.status == ACTIVE:
        served_item.put(parsed.relying_party)
    else:
        served_item.remove(row.client_id)


def fill() -> None:
    """Index everybody who was registered before there was an index; once, in steps that are each committed."""
    if db.session.get(DeploymentFact, FILLED) is not None:
        commit()
        return
    after = ""
    while rows := relying_party_row.page(after, CHUNK):
        for row in rows:
            index(row)
        after = rows[-1].client_id
        commit()
    deployment_fact.note(FILLED)
    commit()
