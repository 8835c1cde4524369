"""Network identity certificate 网证 (Order 173): a presentation that proves a person without their number.

The account need hold no identity number then: what it is known by is the certificate's pseudonym towards us. Where a
number is proven already the service compares: a pseudonym alone does not say whose number it goes with.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from idp import clock
from idp.accounts.identity import NETWORK_ID, Identity
from idp.errors import InvalidInput
from idp.proofing import claimed_identity, registers
from idp.proofing.outcome import Outcome, Reason, Verdict, refused, undecided
from idp.proofing.registers import MATCH, Answer
from idp.proofing.verifier import Question, Subject, Way

CODE = "network_id"
KIND = "citizen"
WAY = Way.SOURCE
NEEDS: frozenset[str] = frozenset()
PASSING: frozenset[str] = frozenset()

LONGEST = 8192
_PSEUDONYM = re.compile(r"[!-~]{1,200}")


def read(form: Mapping[str, str], subject: Subject) -> dict[str, str]:
    """Return the presentation as the person's app gave it."""
    presentation = "".join(form.get("presentation", "")[: LONGEST * 2].split())
    if not presentation or len(presentation) > LONGEST or not presentation.isascii():
        raise InvalidInput(
            "presentation_missing", "Paste what your network identity app shows", field="presentation"
        )
    return {"presentation": presentation}


def question(given: Mapping[str, str], subject: Subject) -> Question:
    """Ask whose it is, by pseudonym; and whether it is the person's whose number is proven."""
    body = {"presentation": given["presentation"]}
    held = claimed_identity.proven(subject)
    if held is not None:
        body |= {"number": held.number, "name": subject.name}
    return Question(registers.NETWORK_ID, body)


def judge(given: Mapping[str, str], subject: Subject, answer: Answer) -> Outcome:
    """Believe a presentation that is good now."""
    if answer.result != MATCH:
        return refused(Reason.PRESENTATION_NOT_VALID)
    pseudonym, until = answer.details.get("pseudonym"), _moment(answer.details.get("valid_until"))
    if not isinstance(pseudonym, str) or not _PSEUDONYM.fullmatch(pseudonym) or until is None:
        return undecided(Reason.ANSWER_CONTRADICTORY)
    if until <= clock.now():
        return refused(Reason.PRESENTATION_NOT_VALID)
    held = claimed_identity.proven(subject)
    if held is not None and answer.details.get("holder") != MATCH:
        return undecided(Reason.ANSWER_CONTRADICTORY)
    return Outcome(Verdict.APPROVED, identity=Identity(NETWORK_ID, pseudonym), until=until, holder=held)


def _moment(value: object) -> datetime | None:
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None
    # A day without a zone is one of the register's own country's days: too vague to be believed.
    return moment if moment is not None and moment.tzinfo is not None else None
