"""Switching a fact of somebody or something, and what the register then tells those who listen (docs/registers.md)."""

from dataclasses import dataclass

from idp.sandbox.registers.records import (
    ACTIVE,
    ALIVE,
    CANCELLED,
    DECEASED,
    DISSOLVED,
    LOST,
    REVOKED,
    Citizen,
    Enterprise,
)
from idp.sandbox.registers.registry import Registry

RESTORED = "restored"
CARD_LOST, NAME_CHANGED, NEW_REPRESENTATIVE = "card_lost", "name_changed", "new_representative"
OF_CITIZENS = (DECEASED, CANCELLED, CARD_LOST, NAME_CHANGED, RESTORED)
OF_ENTERPRISES = (DISSOLVED, REVOKED, NEW_REPRESENTATIVE, RESTORED)
POPULATION, ENTERPRISE = "population", "enterprise"


class UnknownSwitch(Exception):
    """There is nobody of that number, or no such switch for them."""


@dataclass(frozen=True)
class Change:
    """What happened: which register, whose number, which change."""

    source: str
    subject: str
    change: str


def switch(registry: Registry, number: str, change: str) -> Change:
    """Make *change* happen to whom *number* names; raises UnknownSwitch."""
    citizen, enterprise = registry.find_citizen(number), registry.find_enterprise(number)
    if citizen is not None and change in OF_CITIZENS:
        _switch_citizen(registry, citizen, change)
        return Change(POPULATION, citizen.number, change)
    if enterprise is not None and change in OF_ENTERPRISES:
        _switch_enterprise(registry, enterprise, change)
        return Change(ENTERPRISE, enterprise.uscc, change)
    raise UnknownSwitch


def _switch_citizen(registry: Registry, citizen: Citizen, change: str) -> None:
    if change == RESTORED:
        registry.restore(citizen.number)
    elif change == CARD_LOST:
        registry.change(citizen.number, card=LOST)
    elif change == NAME_CHANGED:
        registry.change(citizen.number, name=_new_name(citizen), former_name=citizen.name)
    else:
        registry.change(citizen.number, status={DECEASED: DECEASED, CANCELLED: CANCELLED}.get(change, ALIVE))


def _switch_enterprise(registry: Registry, enterprise: Enterprise, change: str) -> None:
    if change == RESTORED:
        registry.restore(enterprise.uscc)
    elif change == NEW_REPRESENTATIVE:
        registry.change(enterprise.uscc, representative=_new_representative(registry))
    else:
        status = {DISSOLVED: DISSOLVED, REVOKED: REVOKED}.get(change, ACTIVE)
        registry.change(enterprise.uscc, status=status)


def _new_name(citizen: Citizen) -> str:
    """Another given name; of a name that cannot be split, one with something added."""
    return citizen.name + ("安" if citizen.name.isascii() is False else " Ann")


def _new_representative(registry: Registry) -> str:
    """The next adult in the register who leads nothing yet."""
    taken = {one.representative for one in registry.enterprises()}
    return next(
        one.number
        for one in registry.citizens()
        if one.bank_card and not one.username and one.status == ALIVE and one.number not in taken
    )
