"""Which events have a receipt, and what a withdrawal's says."""

from datetime import timedelta
from uuid import UUID, uuid4

from idp import clock
from idp.accounts import account as accounts
from idp.consent import consent_record, kept_receipt, record
from idp.consent import event as events
from idp.consent.acting_party import ActingParty
from idp.consent.decision import Asked
from idp.db import commit
from tests.provider import Provider
from tests.site import Site


def asked(*items: str) -> Asked:
    return Asked(required=frozenset(items), optional=frozenset(), purpose="x", legal_basis="consent")


def given(provider: Provider, site: Site, person_id: UUID, *items: str) -> UUID:
    account = accounts.get(person_id)
    row = record.save(account, site.rp, asked(*items), frozenset(items))
    commit()
    return row.record_id


def test_a_refusal_has_none(provider: Provider) -> None:
    site, person = provider.site(), provider.person()
    with provider.context():
        row = record.refuse(accounts.get(person.id), site.rp, asked("name"))
        commit()
        (refused,) = events.of_record(person.id, row.record_id)
        assert not kept_receipt.has_one(refused)
        assert kept_receipt.of(refused) is None
        assert kept_receipt.find(person.id, row.record_id, 1) is None
        assert kept_receipt.find(person.id, row.record_id, 2) is None


def test_a_withdrawal_names_items_of_every_agreement_before(provider: Provider) -> None:
    site, person = provider.site(), provider.person()
    with provider.context():
        record_id = given(provider, site, person.id, "name")
        given(provider, site, person.id, "locale")
        taken = record.withdraw(person.id, site.id)
        commit()
        receipt = kept_receipt.find(person.id, record_id, taken.event_number)
        assert receipt is not None
        assert {item.name for item in receipt.items} == {"name", "locale"}
        second = kept_receipt.find(person.id, record_id, 2)
        assert second is not None
        assert second.kept == ("name",)


def test_who_took_it_back_is_not_who_gave_it(provider: Provider) -> None:
    site, person = provider.site(), provider.person()
    with provider.context():
        record_id = given(provider, site, person.id, "name")
        guardian = ActingParty("guardian", uuid4())
        taken = record.withdraw(person.id, site.id, by=guardian.account_id, acting=guardian)
        commit()
        receipt = kept_receipt.find(person.id, record_id, taken.event_number)
        assert receipt is not None
        assert (receipt.actor, receipt.actor_sub) == ("guardian", "")


def test_what_was_agreed_to_before_there_were_documents_has_none(provider: Provider) -> None:
    """A record of an older version: its withdrawal is on record, and no receipt is offered that cannot be made."""
    site, person = provider.site(), provider.person()
    with provider.context():
        row = consent_record.take(person.id, site.id, "consent", clock.now())
        row.was_given, row.items, row.seen = True, ["name"], ["name"]
        row.expires_at = clock.now() + timedelta(days=100)
        record.withdraw(person.id, site.id)
        commit()
        (taken,) = events.of_record(person.id, row.record_id)
        assert kept_receipt.of(taken) is None
        assert not kept_receipt.has_one(taken)
