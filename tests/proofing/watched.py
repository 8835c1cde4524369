"""A provider whose people the registers know, for tests of what follows from a change."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from idp.accounts import account as accounts
from idp.accounts import identity, represented
from idp.accounts.account import Account
from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.mandates import representation
from idp.outbox.message import OutboxMessage
from idp.proofing import evidence
from idp.sandbox.registers.records import Citizen, Enterprise
from tests.proofing.served_registers import ServedRegisters
from tests.provider import Provider, Template

EVIDENCE = ("phone", "register", "operator3", "bank4")


class Watched:
    """A provider of one's own and the registers it asks."""

    def __init__(self, provider: Provider, registers: ServedRegisters) -> None:
        self.provider = provider
        self.registers = registers
        self.registry = registers.running.registry

    def add(self, citizen: Citizen, codes: tuple[str, ...] = EVIDENCE) -> UUID:
        """Give this person of the register an account; call inside a context."""
        facts = accounts.Person(
            username=f"p{citizen.number.lower()}", name=citizen.name, phone=citizen.phone or None
        )
        account = accounts.create(facts)
        identity.bind(account, identity.parse(citizen.id_type, citizen.number), name=citizen.name)
        for code in codes:
            evidence.add(account, code, source="test")
        commit()
        return account.id

    def add_enterprise(self, enterprise: Enterprise) -> tuple[UUID, UUID]:
        """Give an enterprise and its representative accounts, and the one a mandate for the other."""
        person = self.registry.find_citizen(enterprise.representative)
        assert person is not None
        holder = accounts.get(self.add(person))
        account = represented.create(accounts.ENTERPRISE, enterprise.name)
        identity.bind(account, identity.parse("uscc", enterprise.uscc), name=enterprise.name)
        for code in ("enterprise_register", "representative"):
            evidence.add(account, code, source="test")
        representation.install(account, holder)
        commit()
        return account.id, holder.id

    def citizens(self, count: int) -> list[Citizen]:
        """Some people of the register who are of age."""
        return [one for one in self.registry.citizens() if one.bank_card][:count]


def codes(account_id: UUID) -> set[str]:
    """What counts for the account now."""
    db.session.expire_all()
    return {str(piece["code"]) for piece in fresh(account_id).standing}


def fresh(account_id: UUID) -> Account:
    """The account as the database has it."""
    account = accounts.get(account_id)
    db.session.refresh(account)
    return account


def events(name: str, account_id: UUID | None = None) -> list[AuditEvent]:
    """The audit events of that name."""
    query = select(AuditEvent).where(AuditEvent.name == name).order_by(AuditEvent.id)
    if account_id is not None:
        query = query.where(AuditEvent.account_id == account_id)
    return list(db.session.scalars(query))


def messages(kind: str, account_id: UUID) -> int:
    """How many outbox messages of that kind are about the account."""
    query = select(OutboxMessage).where(OutboxMessage.kind == kind, OutboxMessage.account_id == account_id)
    return len(list(db.session.scalars(query)))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)])
def watched(request: pytest.FixtureRequest, template: Template, tmp_path: Path) -> Iterator[Watched]:
    """A provider of one's own on each kind of database, in an application context."""
    registers = ServedRegisters(tmp_path)
    settings = registers.settings()
    if request.param == "sqlite":
        provider = template.on_sqlite(tmp_path, registers=settings)
    else:
        cluster = request.getfixturevalue("postgresql_cluster")
        redis = request.getfixturevalue("redis_service")
        provider = template.on_servers(cluster, redis, registers=settings)
    with provider.context():
        yield Watched(provider, registers)
    provider.close()
    registers.close()
