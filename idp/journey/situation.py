"""Everything that is known of a person on their way: whom they act as, which level they have, what is agreed.

Gathers; `next_step` decides. The pages of single steps ask it again, so that what a page shows is what was decided.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from idp.accounts.account import Account
from idp.assurance.requested_level import Outcome
from idp.authenticators import enrolled
from idp.consent import decision, held, lifetime
from idp.consent.decision import Asked, Decision, Given
from idp.journey import asked, grant_management, identity, requirement
from idp.journey.authorization_request import AuthorizationRequest
from idp.journey.identity import Options
from idp.journey.journey import Journey
from idp.journey.next_step import Facts, Identity
from idp.journey.requirement import Holder, Requirement
from idp.level_policy import current
from idp.mandates import rules
from idp.recognition import tables
from idp.relying_parties.relying_party import RelyingParty
from idp.sessions.session import Session


@dataclass(frozen=True)
class Settled:
    """A situation in which nothing is open: what an answer is made of."""

    request: AuthorizationRequest
    rp: RelyingParty
    session: Session
    options: Options
    requirement: Requirement
    items: frozenset[str]
    asked: Asked


@dataclass(frozen=True)
class Situation:
    """What was found out. Nothing but journey and site is known before somebody is signed in."""

    journey: Journey
    rp: RelyingParty | None
    session: Session | None = None
    person: Account | None = None
    options: Options | None = None
    requirement: Requirement | None = None
    consent: Decision | None = None
    # Whom it is about withdrew, and somebody else is there; or it is a child, and its guardian is not there.
    withheld: bool = False
    # What the decision was made of.
    asked: Asked | None = None
    given: Given | None = None
    # False: the request names a grant that is not this account's at this site.
    grant_known: bool = True

    def settled(self) -> Settled:
        """Return everything an answer needs; ValueError while something is open, a mistake of the caller's."""
        request, rp, session = self.journey.request, self.rp, self.session
        options, needed, consent = self.options, self.requirement, self.consent
        if (
            request is None
            or rp is None
            or session is None
            or options is None
            or needed is None
            or consent is None
            or self.asked is None
        ):
            raise ValueError("the situation is not settled")
        return Settled(request, rp, session, options, needed, consent.items, self.asked)

    def first_factor_done(self, now: datetime) -> bool:
        """Whether only the second factor is owed. What a session stands for counts while it lives and is strong."""
        journey, session = self.journey, self.session
        if journey.pending_account is None or journey.pending_session is None:
            return journey.pending_account is not None
        return session is not None and str(session.id) == journey.pending_session and session.is_strong(now)

    def facts(self, now: datetime) -> Facts:
        """Return what the next step rests on."""
        request = self.journey.request
        return Facts(
            now=now,
            started_at=self.journey.started_at,
            auth_time=self.session.auth_time if self.session else None,
            prompt=frozenset(request.prompt)
            if request
            else frozenset({"login"} if self.journey.fresh else ()),
            max_age=request.max_age if request else None,
            denied=self.journey.denied,
            first_factor_done=self.first_factor_done(now),
            account_chosen=self.journey.account_chosen,
            hint_matches=self._hint_matches(),
            level=self.requirement.decision.outcome if self.requirement else Outcome.SATISFIED,
            second_factor_serves=self.requirement is not None and self.requirement.second_factor_serves,
            identity=self.options.state if self.options else Identity.KNOWN,
            consent_needed=self.consent is not None and self.consent.reason is not None,
            may_consent=not self.withheld
            and (self.options is None or self.options.choice is None or self.options.choice.may_consent),
            grant_known=self.grant_known,
        )

    def _hint_matches(self) -> bool:
        request = self.journey.request
        if request is None or self.rp is None:
            return True
        return identity.hint_matches(self.options, request, self.rp)


def gather(
    journey: Journey, rp: RelyingParty | None, session: Session | None, person: Account | None, now: datetime
) -> Situation:
    """Find out what is known. Queries only for what this relying party and this request make necessary."""
    if session is None or person is None or _is_second_hand(session, rp):
        return Situation(journey, rp)
    policy = current.get()

    def ways_to_sign_in() -> Collection[str]:
        return enrolled.of(person.id)

    if journey.request is None or rp is None:
        needed = None
        if journey.wanted_level or journey.cryptographic:
            page = requirement.of_page(journey.wanted_level, cryptographic=journey.cryptographic)
            holder = Holder(person, session, journey.started_at, asks_elsewhere=not journey.raised_elsewhere)
            needed = requirement.decide(policy, page, holder, ways_to_sign_in, now)
        return Situation(journey, rp, session, person, requirement=needed)
    options = identity.resolve(journey, journey.request, rp, person, session, now)
    plain = asked.of(journey.request, rp, insisted=False)
    wanted = requirement.of_request(policy, journey.request, rp, plain.items, options.level)
    holder = Holder(
        person,
        session,
        journey.started_at,
        capped=options.level if options.choice else None,
        assisted=options.assisted is not None,
        asks_elsewhere=not journey.raised_elsewhere,
    )
    needed = requirement.decide(policy, wanted, holder, ways_to_sign_in, now)
    if options.state is not Identity.KNOWN:
        return Situation(journey, rp, session, person, options, needed)
    given = held.find(options.account_id, rp.client_id)
    for_another = options.account_id != person.id
    # What a child under 14 took back its guardian can give again: the child itself cannot.
    bound = for_another and not _as_guardian_of_child(options)
    withheld = bound and decision.is_withheld(plain, given)
    agreed = not withheld and journey.consented_by == str(options.account_id)
    insisted = "consent" in journey.request.prompt or grant_management.asks_anew(journey.request)
    asked_for = replace(plain, insisted=insisted and not agreed)
    if bound:
        asked_for = decision.without_withheld(asked_for, given)
    consent = _consent(journey, options, asked_for, given, now, agreed=agreed)
    grant_known = grant_management.is_known(journey.request, options.account())
    too_young = (
        consent.reason is not None
        and options.choice is None
        and lifetime.guardian_decides(options.account(), now)
    )
    return Situation(
        journey,
        rp,
        session,
        person,
        options,
        needed,
        consent,
        withheld or too_young,
        asked_for,
        given,
        grant_known,
    )


def _is_second_hand(session: Session, rp: RelyingParty | None) -> bool:
    """Whether one province's word would be passed on to another as if it were ours: each speaks for its own people."""
    return session.level_cap is not None and rp is not None and tables.is_member(rp.client_id)


def _as_guardian_of_child(options: Options) -> bool:
    choice = options.choice
    return choice is not None and choice.role == rules.GUARDIAN and choice.may_consent


def _consent(
    journey: Journey, options: Options, wanted: Asked, given: Given | None, now: datetime, *, agreed: bool
) -> Decision:
    if agreed and journey.consented_items is not None:
        return Decision(None, decision.allowed(wanted, journey.consented_items))
    reverified_at = options.account().reverified_at
    return decision.decide(wanted, given, now, reverified_at=reverified_at, rest=lifetime.rest())
