"""Writing down a member of the federation as its trust chain has it: row, audit event, index, in one transaction.

Nothing is committed here. The row tells operators and other processes what was found; whether the member counts at
this moment is its chain's to say (`federated`).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.db import db, insert_if_absent
from idp.federation.trust_chain import TrustChain
from idp.relying_parties import registration, relying_party_row, served_item_filling
from idp.relying_parties.federated_metadata import Registrable
from idp.relying_parties.relying_party import AUTOMATIC, EXPLICIT
from idp.relying_parties.relying_party_row import ACTIVE, RelyingPartyRow


@dataclass(frozen=True)
class Registering:
    """What is to be written: who, in which way, by which chain."""

    registrable: Registrable
    chain: TrustChain
    way: str
    withheld: frozenset[str]

    def values(self) -> dict[str, Any]:
        """Return the columns that say what the member is; a change of them is a change of the registration."""
        return {
            "given": self.registrable.metadata.given,
            "registration": self.way,
            "trust_anchor": self.chain.anchor,
            "chain_path": list(self.chain.path),
            "withheld": sorted(self.withheld),
        }

    def about(self) -> dict[str, Any]:
        """Return what the audit says of it."""
        return {
            "registration": self.way,
            "trust_anchor": self.chain.anchor,
            "path": list(self.chain.path),
            "left_out": list(self.registrable.left_out),
        }

    @property
    def expires_at(self) -> datetime:
        """When the chain ends."""
        return datetime.fromtimestamp(self.chain.expires_at, UTC)


@dataclass(frozen=True)
class Written:
    """What stands in the row: *until* (seconds since 1970) it stays so by itself."""

    outcome: str
    version: int
    registration: str
    until: int


def put(made: Registering) -> Written | None:
    """Write the member, or bring it up to date; None for one that an operator disabled. Of two at once one writes.

    Who was registered explicitly stays so until the chain of that registration ends (§12.2.3).
    """
    client_id, now, values = made.chain.subject, clock.now(), made.values()
    row = relying_party_row.find(client_id)
    if row is None:
        fresh = {"status": ACTIVE, "version": 1, "created_at": now, "updated_at": now}
        whole = values | fresh | {"client_id": client_id, "chain_expires_at": made.expires_at}
        if insert_if_absent(RelyingPartyRow, **whole):
            log.record(EventName.RELYING_PARTY_CREATED, client_id=client_id, version=1, **made.about())
            _settle(client_id)
            return Written(registration.CREATED, 1, made.way, made.chain.expires_at)
        row = registration.get(client_id)
    if row.status != ACTIVE:
        return None
    ends = row.chain_expires_at
    if made.way == AUTOMATIC and row.registration == EXPLICIT and ends is not None and ends > now:
        values["registration"] = EXPLICIT
    else:
        row.chain_expires_at = made.expires_at
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.version += 1
        row.updated_at = now
    db.session.flush()
    if changed:
        about = made.about() | {"version": row.version, "changed": changed}
        log.record(EventName.RELYING_PARTY_UPDATED, client_id=client_id, **about)
        _settle(client_id)
    outcome = registration.UPDATED if changed else registration.UNCHANGED
    until = int((row.chain_expires_at or made.expires_at).timestamp())
    return Written(outcome, row.version, values["registration"], until)


def _settle(client_id: str) -> None:
    served_item_filling.index(registration.get(client_id))
    registration.announce_after_commit(client_id)
