"""Whom a session stands for at one site: the person, or somebody under a mandate (domain §4).

A site that did not register for it never sees anybody acting for another, and costs no query. What was chosen in this
session at this site holds until the person is asked again, or may no longer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from idp.accounts import account as accounts
from idp.accounts.account import CITIZEN, OFFICIAL, Account
from idp.assurance import acr
from idp.journey.authorization_request import AuthorizationRequest
from idp.journey.journey import Journey
from idp.journey.next_step import Identity
from idp.mandates import assisted, assisted_case, choosing
from idp.mandates.assisted_case import AssistedCase
from idp.mandates.choosing import Choice
from idp.relying_parties.relying_party import SELF, RelyingParty
from idp.relying_parties.subject import sub_of
from idp.sessions import participant
from idp.sessions.session import Session


@dataclass(frozen=True)
class Options:
    """What the person can choose from, and what is chosen.

    State KNOWN with neither ``choice`` nor ``assisted``: themselves.
    """

    state: Identity
    person: Account
    self_allowed: bool
    choices: Sequence[Choice] = field(default=())
    choice: Choice | None = None
    assisted: AssistedCase | None = None

    @property
    def level(self) -> int:
        """The level that the mandate demands, 0 without one."""
        return self.choice.level if self.choice else 0

    @property
    def chosen(self) -> str:
        """What stands for the choice in a journey and with a participant."""
        return str(self.choice.mandate_id) if self.choice else SELF

    @property
    def account_id(self) -> UUID:
        """Whom the session stands for."""
        if self.assisted is not None:
            return self.assisted.principal_id
        return self.choice.principal_id if self.choice else self.person.id

    def account(self) -> Account:
        """Return whom the session stands for."""
        return self.person if self.account_id == self.person.id else accounts.get(self.account_id)


def resolve(
    journey: Journey,
    request: AuthorizationRequest,
    rp: RelyingParty,
    person: Account,
    session: Session,
    now: datetime,
) -> Options:
    """Find out whom the person acts as at *rp*, or may choose from."""
    if person.kind == OFFICIAL and (case := assisted.find_running(session.id)) is not None:
        # An assisted session is for one site and one item; meanwhile the clerk is nobody else anywhere.
        serves = case.client_id == rp.client_id and (not rp.item_codes or case.item in rp.item_codes)
        state = Identity.KNOWN if serves else Identity.MISSING
        return Options(state, person, self_allowed=False, assisted=case)
    if person.kind == OFFICIAL and _was_assisting(request, rp, person, session):
        return Options(Identity.MISSING, person, self_allowed=False)
    self_allowed = SELF in rp.acting_as and request.mandate is None
    roles = choosing.roles_for(rp.acting_as)
    codes: Sequence[str] = rp.item_codes
    if request.mandate is not None:
        roles &= frozenset(request.mandate.roles or roles)
        codes = request.mandate.item_codes or codes
    may_act = bool(roles) and person.kind == CITIZEN
    choices = choosing.choices(person.id, roles, codes, now) if may_act else []
    if request.mandate is not None:
        choices = [one for one in choices if one.level >= request.mandate.level]
    if not choices and not self_allowed:
        return Options(Identity.MISSING, person, self_allowed)
    picked = _picked(journey, request, rp, person, session, choices) if may_act else SELF
    # Without a choice oneself, unless a mandate was chosen that has ended since: that is said, never passed over.
    if self_allowed and (picked == SELF or (picked is None and not choices)):
        return Options(Identity.KNOWN, person, self_allowed, choices)
    for one in choices:
        if str(one.mandate_id) == picked:
            return Options(Identity.KNOWN, person, self_allowed, choices, one)
    return Options(Identity.OPEN, person, self_allowed, choices)


def _was_assisting(
    request: AuthorizationRequest, rp: RelyingParty, person: Account, session: Session
) -> bool:
    """Whether the site expects an assisted session that is over: it would take the clerk for the person assisted.

    A new login of the clerk's own is one.
    """
    named = acr.ASSISTED in {*request.acr_values, *(request.essential_acr or ())}
    return named and assisted_case.has_run(person.id, session.id, rp.client_id, session.auth_time)


def hint_matches(options: Options | None, request: AuthorizationRequest, rp: RelyingParty) -> bool:
    """Whether a demanded subject is the person, or somebody they may act for; True when none is demanded."""
    if request.hinted_sub is None or options is None:
        return True
    return _by_hint(request, rp, options.person, options.choices) is not None


def _picked(
    journey: Journey,
    request: AuthorizationRequest,
    rp: RelyingParty,
    person: Account,
    session: Session,
    choices: Sequence[Choice],
) -> str | None:
    """Return what was chosen: in this journey, by the subject that is demanded, or here before in this session."""
    if journey.identity is not None and journey.identity_by == str(person.id):
        return journey.identity
    if request.hinted_sub is not None:
        return _by_hint(request, rp, person, choices)
    if "select_account" in request.prompt:
        return None
    return participant.find_identity(session.id, rp.client_id)


def _by_hint(
    request: AuthorizationRequest, rp: RelyingParty, person: Account, choices: Sequence[Choice]
) -> str | None:
    if sub_of(person.subject_id, rp) == request.hinted_sub:
        return SELF
    named = (one for one in choices if sub_of(one.principal_subject, rp) == request.hinted_sub)
    return next((str(one.mandate_id) for one in named), None)
