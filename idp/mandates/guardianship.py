"""Guardians: of a child, as the kinship register says, and of an adult ward, as a court or committee decided.

A child's guardian needs nobody's yes; what the mandate gives follows the child's age (domain §4, PIPL 28, 31) and
ends at 18 by the decision itself. From 16 on the guardian acts in named items only, which the child names. A guardian
of an adult is confirmed by an official who saw the decision, until its review date.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts.account import Account
from idp.audit import log
from idp.audit.event import EventName
from idp.db import db
from idp.errors import Conflict, Forbidden, InvalidInput, NotFound
from idp.mandates import age, ending, offering, rules_file, terms
from idp.mandates import mandate as mandates
from idp.mandates.decision import ACTIVE, PROPOSED
from idp.mandates.mandate import Mandate
from idp.mandates.rules import GUARDIAN, WARD_GUARDIAN, AgeRule
from idp.mandates.terms import Terms

LONGEST_EVIDENCE = 60


@dataclass(frozen=True)
class Kinship:
    """What the kinship register said of the two: it names this guardian. ``digest`` stands for its answer."""

    birthdate: date
    relation: str
    digest: str


def establish(guardian: Account, child: Account, kinship: Kinship) -> Mandate:
    """Make *guardian* the guardian of *child* from now until the child is of age.

    Raises InvalidInput ``ward_of_age``, Forbidden ``proofing_too_low``, Conflict (``mandate_exists``, ``role_full``).
    """
    now = clock.now()
    rules = rules_file.get()
    years = age.years(kinship.birthdate, now)
    if years >= rules.of_age:
        raise InvalidInput("ward_of_age", "This person is of age and acts alone", field="number")
    settled = terms.settle(Terms(GUARDIAN), rules, now)
    settled = replace(settled, expires_at=age.reached(kinship.birthdate, rules.of_age))
    mandate = offering.offer(
        child,
        guardian,
        settled,
        proposed_by=guardian.id,
        granted_by=guardian.id,
        confirmed_by=guardian.id,
        evidence_number=kinship.digest,
    )
    mandate.review_at = next_change(kinship.birthdate, now)
    db.session.flush()
    if child.phone_sealed is not None:
        notice.tell(child, "guardian_established")
    return mandate


def next_change(birthdate: date, now: datetime) -> datetime | None:
    """Return the next birthday on which the law changes what a guardian may, or None."""
    moments = [age.reached(birthdate, rule.since) for rule in rules_file.get().ages if rule.since]
    return min((moment for moment in moments if moment > now), default=None)


def name_items(mandate: Mandate, child_id: UUID, items: Sequence[str]) -> None:
    """Let a child of 16 or 17 name the items in which the guardian may act; none ends the guardian's acting.

    Raises NotFound, InvalidInput.
    """
    theirs = mandate.role == GUARDIAN and mandate.principal_id == child_id and mandate.status == ACTIVE
    if not theirs:
        raise NotFound("mandate_unknown", detail="not theirs to limit")
    if not may_name_items(mandate, accounts.get(child_id)):
        raise Forbidden("not_by_item_yet", "From 16 on you choose what your guardian may do for you")
    settled = terms.settle(Terms(GUARDIAN, tuple(items)), rules_file.get(), clock.now())
    mandate.items = list(settled.items)
    db.session.flush()
    log.record(
        EventName.MANDATE_NARROWED,
        account_id=mandate.principal_id,
        actor=f"account:{child_id}",
        **mandates.values_of(mandate),
    )


def may_name_items(mandate: Mandate, child: Account) -> bool:
    """Whether the account is the child of this guardian and at the age at which it names items."""
    if mandate.role != GUARDIAN or mandate.principal_id != child.id or mandate.status != ACTIVE:
        return False
    rule = rule_of(child, clock.now())
    return rule is not None and rule.guardian_acts == "items"


def rule_of(child: Account, now: datetime) -> AgeRule | None:
    """Return what the law says at the child's age, or None when its birth date is not known."""
    birthdate = accounts.birthdate_of(child)
    if birthdate is None:
        return None
    return rules_file.get().at_age(age.years(date.fromisoformat(birthdate), now))


def consents_alone_from(child: Account, now: datetime) -> datetime | None:
    """Return when the child will consent to the use of its data alone; None once it does, or of unknown age."""
    birthdate, rule = accounts.birthdate_of(child), rule_of(child, now)
    if birthdate is None or rule is None or rule.consents == "child":
        return None
    alone = next((one for one in rules_file.get().ages if one.consents == "child"), None)
    return age.reached(date.fromisoformat(birthdate), alone.since) if alone else None


def ask_for_ward(guardian: Account, ward: Account, evidence_number: str, wished: Terms) -> Mandate:
    """Ask to act for an adult ward by a decision with that number; an official says yes (`confirm_for_ward`).

    The end of the terms is the review date. Raises InvalidInput, Conflict.
    """
    number = " ".join(evidence_number.split())
    if not number or len(number) > LONGEST_EVIDENCE or not number.isprintable():
        raise InvalidInput("evidence_missing", "Enter the number of the decision", field="evidence_number")
    settled = terms.settle(replace(wished, role=WARD_GUARDIAN), rules_file.get(), clock.now())
    return offering.offer(
        ward, guardian, settled, proposed_by=guardian.id, confirmed_by=guardian.id, evidence_number=number
    )


def confirm_for_ward(mandate: Mandate, official_id: UUID) -> None:
    """Note that an official saw the decision that appoints the guardian; raises NotFound, Conflict, Forbidden."""
    if mandate.role != WARD_GUARDIAN or mandate.status != PROPOSED:
        raise NotFound("mandate_unknown", detail="no guardian to confirm")
    if official_id in {mandate.holder_id, mandate.principal_id}:
        raise Forbidden("own_case", "Nobody decides about themselves")
    offering.activate(mandate, official_id)


def refuse_for_ward(mandate: Mandate, official_id: UUID) -> None:
    """Note that the decision was not shown, or appoints somebody else."""
    if mandate.role != WARD_GUARDIAN or mandate.status != PROPOSED:
        raise NotFound("mandate_unknown", detail="no guardian to refuse")
    if not ending.end(mandate, ending.DECLINED, by=official_id):
        raise Conflict("mandate_not_open", "This invitation is no longer open")
