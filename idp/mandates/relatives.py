"""Relatives and friends who do things for somebody 亲友代办: a written mandate, by both of their own logins.

The principal offers it, or the agent asks for it; the principal says yes by their own login, or before a clerk at an
agency point (`assisted`). An agent acts for six people at most.
"""

from idp import clock
from idp.accounts.account import Account
from idp.mandates import offering, rules_file, terms
from idp.mandates.mandate import Mandate
from idp.mandates.rules import RELATIVE
from idp.mandates.terms import Terms


def offer(principal: Account, agent: Account, wished: Terms) -> Mandate:
    """Let *principal*, who is logged in, entrust *agent*, who has still to agree."""
    settled = terms.settle(_of_role(wished), rules_file.get(), clock.now())
    return offering.offer(principal, agent, settled, proposed_by=principal.id, granted_by=principal.id)


def ask(agent: Account, principal: Account, wished: Terms) -> Mandate:
    """Let *agent*, who is logged in, ask *principal*, without whose yes nothing holds."""
    settled = terms.settle(_of_role(wished), rules_file.get(), clock.now())
    return offering.offer(principal, agent, settled, proposed_by=agent.id, confirmed_by=agent.id)


def _of_role(wished: Terms) -> Terms:
    return Terms(RELATIVE, wished.items, wished.starts_at, wished.expires_at, wished.single_use)
