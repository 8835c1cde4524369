"""One attempt of a case: what was typed is checked and kept, the source is asked, its answer is written down.

Two transactions with the network between them, none open while it waits: a register that is down, slow or lying
leaves the case waiting with everything it needs to be tried again, and nothing half done. Of two who try at once one
asks; an answer that comes after the case was decided otherwise changes nothing.
"""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import or_, select

from idp import clock, logs
from idp.accounts import account as accounts
from idp.db import commit, db
from idp.errors import Conflict, Forbidden, IdpError, Unavailable, Upstream
from idp.proofing import attempt_limit, case_row, conclusion, evidence, registers, subject, verifiers
from idp.proofing.case_row import ProofingCase
from idp.proofing.certificate_holder import Holder
from idp.proofing.outcome import Reason
from idp.proofing.verifier import Asking, Subject, Way

# Longer than all attempts at one source together can take.
ASKING_LIFE = timedelta(seconds=60)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 240))
BATCH = 20
REFUSED = "register_refused"

_log = logs.get(__name__)


def submit(case: ProofingCase, form: Mapping[str, str], *, address: str) -> None:
    """Take what the person typed and do all that can be done now; the case says what came of it. Commits.

    Raises InvalidInput that names the field, TooMany, Forbidden (``evidence_missing``, ``account_frozen``), Conflict
    (``case_closed``; ``case_busy`` when it was sent twice). A source that is away is no error: the case waits.
    """
    verifier = verifiers.get(case.verifier)
    about = subject.of(case)
    case_row.check_open(case)
    _check_allowed(about, verifier.NEEDS)
    given = verifier.read(form, about)
    asking = verifiers.find_asking(case.verifier)
    if verifier.WAY is Way.HELD:
        raise Forbidden("forbidden")
    # Who shows a document to people asks no source about its number: no stranger uses up its tries.
    attempt_limit.check(case.person_id, given if asking else {}, address, held=about.identity)
    if asking is None:
        _check_with_nobody(case)
    _take(case)
    case.attempt += 1
    case.failures = 0
    passing = frozenset[str]() if asking is None else asking.PASSING
    case_row.keep_given(case, {name: value for name, value in given.items() if name not in passing})
    if asking is None:
        case.asking_until = None
        case.division_code = given.get("division")
        case_row.wait(case, Reason.FOR_VOUCHER if case.division_code is None else Reason.FOR_OFFICIAL)
        commit()
        return
    commit()
    _ask(case, asking, given, about)


def present(case: ProofingCase, holder: Holder, *, address: str) -> None:
    """Decide a case by a certificate that the door verified just now. Commits. Raises as `submit`."""
    verifier = verifiers.get_held(case.verifier)
    about = subject.of(case)
    _check_allowed(about, verifier.NEEDS)
    attempt_limit.check(case.person_id, {}, address, held=about.identity)
    _take(case)
    case.attempt += 1
    outcome = verifier.judge_holder(holder, about)
    conclusion.conclude(case, outcome, source="certificate", digest=holder.digest)
    commit()


def retry(case: ProofingCase) -> bool:
    """Ask the source again, because the person wants it now; return whether it was asked. Commits.

    Raises Conflict (``case_closed``, ``case_busy``), TooMany. False where only a new form helps.
    """
    attempt_limit.check_retry(case.id)
    return _ask_again(case)


def _ask_again(case: ProofingCase) -> bool:
    """Ask the source what it was asked before; return whether it was. Commits. Raises Conflict."""
    asking = verifiers.find_asking(case.verifier)
    if asking is None or asking.PASSING or case.state != case_row.WAITING:
        return False
    _take(case)
    # Read once nobody else can change it.
    given, about = case_row.given(case), subject.of(case)
    if not _is_allowed(about, asking.NEEDS):
        conclusion.leave_undecided(case, Reason.NOT_ACCEPTED)
        commit()
        return False
    commit()
    _ask(case, asking, given, about)
    return True


def retry_due() -> int:
    """Try those cases again whose source was away, a batch of them; return how many. For the worker. Commits."""
    now = clock.now()
    free = or_(ProofingCase.asking_until.is_(None), ProofingCase.asking_until <= now)
    query = select(ProofingCase.id).where(ProofingCase.next_attempt_at <= now, free)
    due = db.session.scalars(query.order_by(ProofingCase.next_attempt_at).limit(BATCH)).all()
    commit()
    tried = 0
    for case_id in due:
        try:
            case = case_row.get(case_id)
            if _ask_again(case):
                tried += 1
            else:
                _leave_to_the_person(case)
        except IdpError as error:
            # Somebody else has it, or it was closed meanwhile.
            db.session.rollback()
            _log.info("case not retried", case_id=str(case_id), error_code=error.code)
        db.session.expunge_all()
    return tried


def _check_allowed(about: Subject, needs: frozenset[str]) -> None:
    accounts.check_active(about.account)
    accounts.check_active(about.person)
    if not needs <= evidence.valid_codes(about.account, clock.now()):
        raise Forbidden("evidence_missing", "Another step comes before this one")


def _is_allowed(about: Subject, needs: frozenset[str]) -> bool:
    """Whether what was allowed when the case was sent still is: accounts are locked, evidence falls."""
    for account in {about.account, about.person}:
        db.session.refresh(account)
    try:
        _check_allowed(about, needs)
    except Forbidden:
        return False
    return True


def _leave_to_the_person(case: ProofingCase) -> None:
    """Do not come back to a case whose process died while it asked, and that only a new form can go on with."""
    if case_row.lock(case).is_open and case.next_attempt_at is not None:
        case.asking_until = case.next_attempt_at = None
        if case.state == case_row.WAITING:
            case_row.wait(case, Reason.SOURCE_AWAY)
    commit()


def _check_with_nobody(case: ProofingCase) -> None:
    """Raise Conflict when people look at the case: what they see and what they decide must be one thing."""
    if case_row.lock(case).state == case_row.WAITING:
        raise Conflict("case_busy", "This is being checked at this moment")


def _take(case: ProofingCase) -> None:
    """Become the one who asks; the transaction that follows must be committed before asking."""
    case_row.lock(case)
    case_row.check_open(case)
    now = clock.now()
    if case.asking_until is not None and case.asking_until > now:
        raise Conflict("case_busy", "This is being checked at this moment")
    case.asking_until = now + ASKING_LIFE
    # Should this process die while it asks, the worker finds the case.
    case.next_attempt_at = case.asking_until
    case_row.wait(case, Reason.ASKING)


def _ask(case: ProofingCase, asking: Asking, given: Mapping[str, str], about: Subject) -> None:
    turn, attempt = case.asking_until, case.attempt
    question = asking.question(given, about)
    try:
        answer = registers.ask(question.source, question.body, f"{case.id}:{attempt}")
    except (Unavailable, Upstream) as error:
        if _is_still_ours(case, turn, attempt):
            _set_aside(case, asking, error)
        commit()
        return
    if _is_still_ours(case, turn, attempt):
        # The facts may have changed while the source was thinking.
        if not _is_allowed(about, asking.NEEDS):
            conclusion.leave_undecided(case, Reason.NOT_ACCEPTED)
            commit()
            return
        outcome = asking.judge(given, subject.of(case), answer)
        conclusion.conclude(case, outcome, source=question.source, digest=answer.digest)
        attempt_limit.note(given, outcome.verdict)
    commit()


def _is_still_ours(case: ProofingCase, turn: object, attempt: int) -> bool:
    case_row.lock(case)
    return case.is_open and case.asking_until == turn and case.attempt == attempt


def _set_aside(case: ProofingCase, asking: Asking, error: IdpError) -> None:
    """Let the case wait for its source: the worker tries again, or the person."""
    if error.code == REFUSED:
        # The same question would be refused again.
        conclusion.leave_undecided(case, Reason.NOT_ACCEPTED)
        return
    pause = PAUSES[min(case.failures, len(PAUSES) - 1)]
    case.failures += 1
    case.asking_until = None
    asked_for = timedelta(seconds=error.retry_after or 0)
    case.next_attempt_at = None if asking.PASSING else clock.now() + max(pause, asked_for)
    case_row.wait(case, Reason.SOURCE_AWAY)
    _log.warning("case waits for its source", case_id=str(case.id), error_code=error.code)
