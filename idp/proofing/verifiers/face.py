"""A live face against the register's photo 人脸 (domain §2 ``face``): never the only way, with a consent of its own.

The picture goes to the register and nowhere else: it is not kept, so a register that is away means another picture.
"""

import base64
from collections.abc import Mapping
from typing import Any

from idp.errors import Forbidden, InvalidInput
from idp.proofing import claimed_identity, picture, registers
from idp.proofing.outcome import Outcome, Reason, refused, undecided
from idp.proofing.picture import Malformed
from idp.proofing.registers import MATCH, Answer
from idp.proofing.verifier import Question, Subject, Way

CODE = "face"
KIND = "citizen"
WAY = Way.SOURCE
NEEDS: frozenset[str] = frozenset({"register"})
PASSING: frozenset[str] = frozenset({"image"})

LARGEST_PICTURE = 500_000  # bytes


def read(form: Mapping[str, str], subject: Subject) -> dict[str, str]:
    """Return the picture (base64), the person's separate consent, and who they are."""
    if form.get("consent") != "yes":
        raise InvalidInput("consent_missing", "Agree to it first, or choose another way", field="consent")
    if claimed_identity.proven(subject) is None:
        raise Forbidden("register_first", "Prove your name and number first")
    return claimed_identity.read(form, subject) | {"image": _picture(form.get("image", ""))}


def question(given: Mapping[str, str], subject: Subject) -> Question:
    """Ask whether it is the person of that number."""
    body: dict[str, Any] = {"number": given["number"], "name": given["name"], "image": given["image"]}
    return Question(registers.FACE, body)


def judge(given: Mapping[str, str], subject: Subject, answer: Answer) -> Outcome:
    """Believe the match of a face that was alive."""
    live = answer.details.get("live")
    if live is False:
        return refused(Reason.NOT_LIVE)
    if answer.result == MATCH and live is not True:
        return undecided(Reason.ANSWER_CONTRADICTORY)
    return claimed_identity.judge(given, answer)


def _picture(text: str) -> str:
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = b""
    if len(data) > LARGEST_PICTURE:
        raise InvalidInput("picture_too_large", "The picture is too large. Take a smaller one", field="image")
    try:
        # Where and with which phone it was taken is nobody's business.
        return base64.b64encode(picture.without_metadata(data)).decode()
    except Malformed as error:
        malformed = "Choose a picture (JPEG or PNG)"
        raise InvalidInput("picture_malformed", malformed, field="image") from error
