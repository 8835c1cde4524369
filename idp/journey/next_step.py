"""What a person has to do next. Pure: facts in, step out (OIDC Core §3.1.2.1, §3.1.2.3, §3.1.2.6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from idp.assurance.requested_level import Outcome


class Step(Enum):
    """The steps of the journey; each but the last two is a page."""

    SIGN_IN = "sign_in"
    SECOND_FACTOR = "second_factor"
    CHOOSE_ACCOUNT = "choose_account"
    RAISE_LEVEL = "raise_level"
    CHOOSE_IDENTITY = "choose_identity"
    CONSENT = "consent"
    ANSWER = "answer"
    REFUSE = "refuse"


class Identity(Enum):
    """Whether it is known whom the session stands for at this site (domain §4)."""

    KNOWN = "known"
    OPEN = "open"  # the person has a choice
    MISSING = "missing"  # a mandate is required, and there is none that serves


@dataclass(frozen=True)
class Facts:
    """Everything the decision rests on.

    ``auth_time`` is None when nobody is signed in. ``hint_matches`` is False when an id_token_hint or a demanded
    subject names somebody else. ``denied`` is True when the person did not want to go on. ``level`` is what the
    published rule says about the levels asked for; ``second_factor_serves`` is True when one factor more, added to
    this session's, reaches the level. ``may_consent``: whoever is there may consent for whom it is about.
    ``grant_known`` is False when a grant is named that is not this person's at this site.
    """

    now: datetime
    started_at: datetime
    auth_time: datetime | None
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    denied: bool = False
    first_factor_done: bool = False
    account_chosen: bool = False
    hint_matches: bool = True
    level: Outcome = Outcome.SATISFIED
    second_factor_serves: bool = False
    identity: Identity = Identity.KNOWN
    consent_needed: bool = False
    may_consent: bool = True
    grant_known: bool = True


@dataclass(frozen=True)
class Next:
    """The step, and for REFUSE the error code of the answer."""

    step: Step
    error: str = ""


# What a site hears that wanted no page shown, for what the person would have to do (OIDC Core §3.1.2.6).
SILENT_ERRORS = {
    Step.SIGN_IN: "login_required",
    Step.SECOND_FACTOR: "login_required",
    Step.CHOOSE_ACCOUNT: "account_selection_required",
    Step.RAISE_LEVEL: "interaction_required",
    Step.CHOOSE_IDENTITY: "account_selection_required",
    Step.CONSENT: "consent_required",
}


def next_step(facts: Facts) -> Next:
    """Return the next step; with prompt=none the answer or the reason why there is none."""
    if facts.denied:
        return Next(Step.REFUSE, "access_denied")
    due = _due(facts)
    if "none" in facts.prompt and due.step in SILENT_ERRORS:
        return Next(Step.REFUSE, SILENT_ERRORS[due.step])
    return due


def _due(facts: Facts) -> Next:
    if facts.first_factor_done and "none" not in facts.prompt:
        return Next(Step.SECOND_FACTOR)
    if needs_sign_in(facts):
        return Next(Step.SIGN_IN)
    fresh = _is_fresh(facts)
    if (
        "select_account" in facts.prompt
        and not (facts.account_chosen or fresh)
        and "none" not in facts.prompt
    ):
        return Next(Step.CHOOSE_ACCOUNT)
    if not facts.hint_matches:
        # Somebody else than the one asked for: ask them to log in as that person, once.
        return Next(Step.REFUSE, "login_required") if fresh else Next(Step.SIGN_IN)
    return _due_when_known(facts)


def _due_when_known(facts: Facts) -> Next:
    """Return what is due of a person who is known to be the right one."""
    if facts.level is Outcome.UNMET:
        return Next(Step.REFUSE, "unmet_authentication_requirements")
    if facts.level is Outcome.AUTHENTICATE:
        return Next(Step.SECOND_FACTOR if facts.second_factor_serves else Step.SIGN_IN)
    if facts.level is Outcome.RAISE:
        return Next(Step.RAISE_LEVEL)
    if facts.identity is not Identity.KNOWN:
        return Next(Step.CHOOSE_IDENTITY)
    if not facts.grant_known:
        # Grant Management for OAuth 2.0 §5.4; nobody is asked for something that will be refused.
        return Next(Step.REFUSE, "invalid_grant_id")
    if facts.consent_needed and not facts.may_consent:
        # A child from 14 on consents alone (PIPL art. 31), and who withdrew is the one to give it again (art. 15):
        # nobody else can be asked.
        return Next(Step.REFUSE, "access_denied")
    if facts.consent_needed:
        return Next(Step.CONSENT)
    return Next(Step.ANSWER)


def needs_sign_in(facts: Facts) -> bool:
    """Whether the person has to authenticate: not signed in, told to again, or signed in too long ago."""
    if facts.auth_time is None:
        return True
    if _is_fresh(facts):
        return False
    too_old = facts.max_age is not None and facts.now - facts.auth_time > timedelta(seconds=facts.max_age)
    return too_old or "login" in facts.prompt


def _is_fresh(facts: Facts) -> bool:
    return facts.auth_time is not None and facts.auth_time >= facts.started_at
