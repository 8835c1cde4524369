"""Relying parties that nobody registered here: members of the federation, by their trust chain (OpenID Federation §12).

`admit` registers one at the doors that may; `find` and `get` say whether one that is registered counts now, without a
query or I/O while its chain is warm (`resolution`). What a chain allows is worked out once for each chain. Who is
suspended anywhere above is refused here within a minute, whatever was registered. app.py sets MEMBERS.
"""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from idp import clock
from idp.audit.batch import BATCH
from idp.audit.event import EventName
from idp.bounded import Bounded
from idp.db import transaction
from idp.errors import Forbidden, TooMany
from idp.federation import discovery, hosted_entity, resolution
from idp.federation.trust_chain import ChainRefused, TrustChain
from idp.local_limit import LOCAL_LIMIT
from idp.per_app import PerApp
from idp.relying_parties import (
    cache,
    federated_metadata,
    federated_registration,
    needed_data,
    trust_mark_rules,
)
from idp.relying_parties.federated_metadata import FEDERATION_ENTITY
from idp.relying_parties.federated_registration import Registering, Written
from idp.relying_parties.relying_party import AUTOMATIC, EXPLICIT, RelyingParty
from idp.settings import SETTINGS

ENTRIES = 2000
LIFE_SECONDS = 86_400.0
# A refusal is told the operators once in a while, however often somebody tries.
TOLD_SECONDS = 60
TOLD_EACH_MINUTE = 60
LONGEST_VALUE = 160


class Refused(Forbidden):
    """A member of the federation whose chain does not hold. ``refusal`` says where, for operators and developers.

    Codes: ``site_suspended`` for one that was registered and whose superiors do not stand behind it any more,
    ``federation_refused`` for all else.
    """

    def __init__(self, code: str, refused: ChainRefused) -> None:
        self.refusal = refused.refusal
        super().__init__(code, detail=describe(refused))


@dataclass(frozen=True)
class Member:
    """What one chain makes of a member, until *until* (seconds since 1970): a trust mark may end before the chain."""

    chain: TrustChain
    version: int
    rp: RelyingParty
    until: int


class Members:
    """The members that this process worked out lately."""

    def __init__(self, entries: int = ENTRIES) -> None:
        self._known: Bounded[str, Member] = Bounded(entries, LIFE_SECONDS)
        self._lock = threading.Lock()

    def find(self, chain: TrustChain, version: int) -> Member | None:
        """Return what was worked out for exactly this chain and registration, while it holds."""
        with self._lock:
            member = self._known.get(chain.subject)
        if member is None or member.chain is not chain or member.version != version:
            return None
        return member if clock.timestamp() < member.until else None

    def put(self, member: Member) -> None:
        """Remember one."""
        with self._lock:
            self._known.put(member.chain.subject, member)


MEMBERS: PerApp[Members] = PerApp("federation_members")


def find(client_id: str) -> RelyingParty | None:
    """Return the relying party of that id if it counts now, else None; raises Unavailable when nobody can tell.

    One that an operator registered counts as long as it is active.
    """
    try:
        return get(client_id)
    except Refused:
        return None


def get(client_id: str) -> RelyingParty | None:
    """Return the relying party, None where there is none; raises Refused for a member whose chain does not hold.

    Raises Unavailable when nobody can tell.
    """
    registered = cache.find(client_id)
    if registered is None or not registered.is_federated:
        return registered
    return _resolve(client_id, registered, (), AUTOMATIC)


def admit(client_id: str, given: Sequence[str] = ()) -> RelyingParty | None:
    """Return the relying party, registered now if it was not (§12.1): for requests that prove themselves afterwards.

    *given*: the chain that it brought along. None for an id that is nobody's; raises as `get`. Call it before the
    first query of a request: it commits.
    """
    registered = cache.find(client_id)
    if registered is None and not cache.is_entity(client_id):
        return None
    if registered is not None and not registered.is_federated:
        return registered
    return _resolve(client_id, registered, given, AUTOMATIC)


def register(chain: TrustChain) -> RelyingParty:
    """Register a member by the chain that it sent (§12.2.2); raises Refused. It commits."""
    registered = cache.find(chain.subject)
    try:
        made = _work_out(chain, EXPLICIT, wanted=EXPLICIT)
        if made is None:
            raise federated_metadata.refusal(chain, "disabled", "", None)
    except ChainRefused as error:
        raise refuse(chain.subject, error, known=registered is not None) from error
    return made


def refuse(client_id: str, error: ChainRefused, *, known: bool) -> Refused:
    """Return the refusal for the person or program at the door, and tell the operators.

    *known*: it was registered.
    """
    suspended = known and error.rule == discovery.ABSENT
    refused = Refused("site_suspended" if suspended else "federation_refused", error)
    _tell(client_id, refused)
    return refused


def describe(refused: ChainRefused) -> str:
    """Return in one line, in printable ASCII, which step failed, about whom, and under whose rule."""
    said = {
        "rule": refused.rule,
        "entity": refused.entity_id,
        "superior": refused.superior_id,
        "parameter": refused.parameter,
        "operator": refused.operator,
        "value": "" if refused.value is None else json.dumps(refused.value, default=str)[:LONGEST_VALUE],
    }
    line = ", ".join(f"{name} {value}" for name, value in said.items() if value)
    return "".join(one for one in line if " " <= one <= "~" and one not in '"\\')


def _resolve(
    client_id: str, registered: RelyingParty | None, given: Sequence[str], wanted: str
) -> RelyingParty | None:
    try:
        chain = resolution.resolve(client_id, given=given)
        known = MEMBERS.get().find(chain, registered.version) if registered else None
        if known is not None:
            return known.rp
        return _work_out(chain, AUTOMATIC, wanted="" if registered else wanted)
    except ChainRefused as error:
        raise refuse(client_id, error, known=registered is not None) from error


def _work_out(chain: TrustChain, way: str, *, wanted: str) -> RelyingParty | None:
    """Read what the chain allows, and write down what changed; None for one that an operator disabled."""
    now = clock.timestamp()
    registrable = federated_metadata.read(
        chain, way=wanted, divisions=_divisions(chain), sandbox=SETTINGS.get().sandbox
    )
    rp = registrable.metadata.relying_party
    if more := needed_data.beyond(rp.item_codes, [item.name for item in rp.items]):
        raise federated_metadata.refusal(chain, "items_not_needed", "items", sorted(more))
    shown = [mark for mark in chain.trust_marks if mark.is_valid(now)]
    withheld = trust_mark_rules.withheld({mark.type for mark in shown})
    written = _write(Registering(registrable, chain, way, withheld))
    if written is None:
        return None
    made = replace(
        rp,
        version=written.version,
        registration=written.registration,
        trust_anchor=chain.anchor,
        superior=chain.superior,
        withheld=withheld,
    )
    ends = [chain.expires_at, written.until, *(mark.exp for mark in shown if mark.exp is not None)]
    MEMBERS.get().put(Member(chain, written.version, made, min(ends)))
    return made


def _write(made: Registering) -> Written | None:
    with transaction():
        return federated_registration.put(made)


def _divisions(chain: TrustChain) -> dict[str, str]:
    """Return the divisions of the superiors: as said of them in the chain, or as we know them who host them."""
    found = {
        statement.sub: str(statement.metadata.get(FEDERATION_ENTITY, {}).get("division_code", ""))
        for statement in chain.statements[1:]
    }
    with transaction():
        return found | _hosted_divisions(chain)


def _hosted_divisions(chain: TrustChain) -> dict[str, str]:
    rows = [hosted_entity.find(superior) for superior in chain.path[1:]]
    return {row.entity_id: row.division_code for row in rows if row is not None and row.division_code}


def _tell(client_id: str, refused: Refused) -> None:
    """Write the refusal into the audit, once in a while for each site, and only so often for all strangers."""
    limit = LOCAL_LIMIT.get()
    try:
        limit.check(f"refused:{client_id}:{refused.refusal.rule}", 1, TOLD_SECONDS)
        limit.check("federation-refused", TOLD_EACH_MINUTE, TOLD_SECONDS)
    except TooMany:
        return
    about = refused.refusal
    BATCH.get().enqueue(
        EventName.RELYING_PARTY_REFUSED,
        client_id=client_id,
        outcome=refused.code,
        rule=about.rule,
        entity=about.entity_id,
        superior=about.superior_id or None,
        parameter=about.parameter or None,
        operator=about.operator or None,
        value=None if about.value is None else json.dumps(about.value, default=str)[:LONGEST_VALUE],
    )
