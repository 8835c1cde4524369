"""What a person has to do next. Pure: facts in, step out (OIDC Core §3.1.2.1, §3.1.2.3, §3.1.2.6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum


class Step(Enum):
    """The steps of the journey; each but the last two is a page."""

    SIGN_IN = "sign_in"
    SECOND_FACTOR = "second_factor"
    CHOOSE_ACCOUNT = "choose_account"
    CONSENT = "consent"
    ANSWER = "answer"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Facts:
    """Everything the decision rests on.

    ``auth_time`` is None when nobody is signed in. ``hint_matches`` is False when an id_token_hint or a demanded
    subject names somebody else. ``denied`` is True when the person did not want to go on.
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
    consent_needed: bool = False


@dataclass(frozen=True)
class Next:
    """The step, and for REFUSE the error code of the answer."""

    step: Step
    error: str = ""


def next_step(facts: Facts) -> Next:
    """Return the next step; with prompt=none the answer or the reason why there is none."""
    if facts.denied:
        return Next(Step.REFUSE, "access_denied")
    silent = "none" in facts.prompt
    if facts.first_factor_done and not silent:
        return Next(Step.SECOND_FACTOR)
    if needs_sign_in(facts):
        return Next(Step.REFUSE, "login_required") if silent else Next(Step.SIGN_IN)
    fresh = facts.auth_time is not None and facts.auth_time >= facts.started_at
    if "select_account" in facts.prompt and not (facts.account_chosen or fresh):
        return Next(Step.CHOOSE_ACCOUNT)
    if not facts.hint_matches:
        # Somebody else than the one asked for: ask them to log in as that person, once.
        return Next(Step.REFUSE, "login_required") if silent or fresh else Next(Step.SIGN_IN)
    if facts.consent_needed:
        return Next(Step.REFUSE, "consent_required") if silent else Next(Step.CONSENT)
    return Next(Step.ANSWER)


def needs_sign_in(facts: Facts) -> bool:
    """Whether the person has to authenticate: not signed in, told to again, or signed in too long ago."""
    if facts.auth_time is None:
        return True
    if facts.auth_time >= facts.started_at:
        return False
    too_old = facts.max_age is not None and facts.now - facts.auth_time > timedelta(seconds=facts.max_age)
    return too_old or "login" in facts.prompt
