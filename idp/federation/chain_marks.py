"""The trust marks that a chain's subject shows: which count and which do not (OpenID Federation 1.0 §7.3). Pure.

A mark that does not count never makes a chain invalid; the step says why, and whoever needs the mark refuses.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from joserfc.jwk import KeySet

from idp.federation import trust_mark
from idp.federation.entity_statement import EntityStatement
from idp.federation.explanation import IGNORED, TRUST_MARK, Step
from idp.federation.trust_mark import InvalidTrustMark, TrustMark

UNKNOWN_ISSUER = "unknown_issuer"


class OpenMark(NamedTuple):
    """A trust mark whose issuer's keys are not known yet."""

    type: str
    issuer: str
    token: str


class Marks(NamedTuple):
    """What became of the subject's trust marks."""

    verified: tuple[TrustMark, ...]
    open: tuple[OpenMark, ...]


def verify(
    statements: Sequence[EntityStatement],
    issuers: Mapping[str, KeySet],
    inactive: Collection[str],
    now: int,
    steps: list[Step],
) -> Marks:
    """Return the marks of the subject. Issuers are known from *issuers* and from the chain itself."""
    subject, anchor = statements[0], statements[-1]
    if not anchor.is_configuration:
        return Marks((), ())
    # Of the subject too only the keys that its superior knows.
    keys = {**{one.sub: one.jwks for one in statements[1:-1]}, **issuers}
    verified: list[TrustMark] = []
    waiting: list[OpenMark] = []
    for mark_type, token in subject.trust_marks:
        try:
            mark = trust_mark.verify(
                token, mark_type=mark_type, subject=subject.sub, anchor=anchor, issuer_keys=keys, now=now
            )
            if token in inactive:
                raise InvalidTrustMark("status", mark_type)  # noqa: TRY301 - one place for all that does not count
        except InvalidTrustMark as error:
            if error.rule == UNKNOWN_ISSUER:
                waiting.append(OpenMark(mark_type, str(error.value), token))
            issuer = _issuer(token)
            steps.append(
                Step(TRUST_MARK, subject.sub, issuer, IGNORED, mark_type, error.value, rule=error.rule)
            )
        else:
            verified.append(mark)
            steps.append(Step(TRUST_MARK, subject.sub, mark.iss, operator=mark_type))
    return Marks(tuple(verified), tuple(waiting))


def _issuer(token: str) -> str:
    try:
        return trust_mark.issuer(token)
    except InvalidTrustMark:
        return ""
