"""What the tests of consent begin from: a person and a site, and what the one asks of the other."""

from dataclasses import dataclass
from typing import Any

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.consent import consent_record, decision, record
from idp.consent.consent_record import ConsentRecord
from idp.consent.decision import Asked
from idp.consent.document import Scene
from idp.db import commit
from idp.relying_parties.relying_party import RelyingParty
from tests.person import Person
from tests.provider import Provider
from tests.site import Site

PURPOSE = decision.purpose_digest("purpose")


def asked(*required: str, purpose: str = PURPOSE, **more: Any) -> Asked:
    """Ask for *required* items; ``optional``, ``by_law``, ``sensitive`` as sets."""
    return Asked(
        required=frozenset(required),
        optional=frozenset(more.get("optional", ())),
        purpose=purpose,
        legal_basis=more.get("legal_basis", "consent"),
        by_law=frozenset(more.get("by_law", ())),
        sensitive=frozenset(more.get("sensitive", ())),
    )


@dataclass
class Pair:
    """A person and a site that nobody else uses. What it does needs an application context, and is committed."""

    person: Person
    site: Site

    @property
    def rp(self) -> RelyingParty:
        """The site as rooms know it."""
        return self.site.rp

    @property
    def account(self) -> Account:
        """The person's account."""
        return accounts.get(self.person.id)

    @property
    def row(self) -> ConsentRecord:
        """What stands in the database."""
        row = consent_record.find_row(self.person.id, self.site.id)
        assert row is not None
        return row

    @property
    def allowed(self) -> frozenset[str]:
        """What may be released at this moment."""
        return self.row.allowed_items(clock.now())

    def give(self, *items: str, scene: Scene | None = None, **more: Any) -> ConsentRecord:
        """Agree to all that is asked, or to ``allowed``."""
        wanted = asked(*items, **more)
        row = record.save(self.account, self.rp, wanted, more.get("allowed", wanted.items), scene)
        commit()
        return row


def pair(provider: Provider, **metadata: Any) -> Pair:
    """Make one."""
    return Pair(provider.person(), provider.site(**metadata))
