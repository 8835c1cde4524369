"""Whether the statements of a chain hold together: who speaks of whom, whose keys, what time. Pure.

OpenID Federation 1.0 §10.2. Each statement is signed by a key that the next one upward shows, the anchor's own by a
key that is pinned here.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from joserfc.jwk import KeySet

from idp.federation import entity_id, entity_keys, entity_statement, signed_jwt
from idp.federation.chain_refused import refused
from idp.federation.entity_statement import EntityStatement, InvalidStatement
from idp.federation.explanation import CONFIGURATION, STATEMENT, Step
from idp.keys import compact_jwt
from idp.keys.compact_jwt import NotVerified

MOST_STATEMENTS = 32
NO_KEYS: Mapping[str, KeySet] = MappingProxyType({})


def read(tokens: Sequence[str], steps: list[Step]) -> list[EntityStatement]:
    """Return the statements, each about the issuer of the one before; raises ChainRefused."""
    if not 1 <= len(tokens) <= MOST_STATEMENTS:
        raise refused(CONFIGURATION, "", "length", len(tokens), steps)
    statements: list[EntityStatement] = []
    for number, token in enumerate(tokens):
        about = statements[-1].iss if statements else _said_subject(token)
        try:
            statement = entity_statement.read(token)
        except InvalidStatement as error:
            kind = STATEMENT if 0 < number < len(tokens) - 1 else CONFIGURATION
            raise refused(kind, about, error.rule, error.value, steps) from error
        _check_place(statement, number, len(tokens), about, steps)
        statements.append(statement)
    names = path(statements)
    if len(set(names)) < len(names):
        again = next(one for number, one in enumerate(names) if one in names[:number])
        raise refused(STATEMENT, again, "loop", again, steps)
    return statements


def path(statements: Sequence[EntityStatement]) -> tuple[str, ...]:
    """Return the entities of the chain, subject first, anchor last."""
    return tuple(one.iss for one in statements if one is statements[0] or not one.is_configuration)


def check(
    statements: Sequence[EntityStatement],
    anchors: Mapping[str, KeySet],
    now: int,
    audience: str | None,
    steps: list[Step],
) -> KeySet:
    """Verify each statement and return the keys that the anchor signs with; raises ChainRefused."""
    anchor, last = statements[-1].iss, statements[-1]
    if anchor not in anchors:
        raise refused(CONFIGURATION, anchor, "trust_anchor", anchor, steps)
    anchor_keys = anchors[anchor]
    if last.is_configuration:
        _check_one(last, (last.jwks, anchor_keys), now, steps)
        anchor_keys = last.jwks
    keys = anchor_keys
    # From the anchor downward: whose keys are not yet known to be theirs verify nothing.
    found = []
    for statement in reversed([one for one in statements if not one.is_configuration]):
        _check_one(statement, (keys,), now, steps)
        found.append(statement)
        keys = statement.jwks
    if len(statements) > 1 or not last.is_configuration:
        _check_one(statements[0], (statements[0].jwks, keys), now, steps)
        _check_hints(statements, steps)
    _check_audience(statements, audience, steps)
    return anchor_keys


def _said_subject(token: str) -> str:
    """Whom a statement that cannot be read seems to be about: only to say whose it is."""
    try:
        sub = compact_jwt.unverified_claims(token).get("sub") if len(token) <= signed_jwt.LONGEST else None
    except NotVerified:
        return ""
    return sub if isinstance(sub, str) and entity_id.is_valid(sub, sandbox=True) else ""


def _check_place(statement: EntityStatement, number: int, length: int, about: str, steps: list[Step]) -> None:
    if number == 0 and not statement.is_configuration:
        raise refused(CONFIGURATION, statement.sub, "iss", statement.iss, steps, superior_id=statement.iss)
    if number > 0 and statement.sub != about:
        raise refused(STATEMENT, about, "sub", statement.sub, steps, superior_id=statement.iss)
    if 0 < number < length - 1 and statement.is_configuration:
        raise refused(STATEMENT, about, "iss", statement.iss, steps, superior_id=statement.iss)


def _check_one(statement: EntityStatement, keys: Sequence[KeySet], now: int, steps: list[Step]) -> None:
    kind = CONFIGURATION if statement.is_configuration else STATEMENT
    superior = "" if statement.is_configuration else statement.iss
    try:
        entity_statement.check_time(statement, now)
        entity_statement.verify(statement, keys[0])
        for one in keys[1:]:
            if not _same_key(statement.kid, keys[0], one):
                entity_statement.verify(statement, one)
    except InvalidStatement as error:
        raise refused(kind, statement.sub, error.rule, error.value, steps, superior_id=superior) from error
    steps.append(Step(kind, statement.sub, superior))


def _same_key(kid: str, one: KeySet, other: KeySet) -> bool:
    """Whether both sets hold the same key of that name: it need not verify the same signature twice."""
    mine, theirs = entity_keys.find(one, kid), entity_keys.find(other, kid)
    return mine is not None and theirs is not None and mine.thumbprint() == theirs.thumbprint()


def _check_hints(statements: Sequence[EntityStatement], steps: list[Step]) -> None:
    """The subject must say itself whom it is below (§3.1.2)."""
    subject, superior = statements[0], statements[1].iss
    if superior not in subject.authority_hints:
        hints = list(subject.authority_hints)
        raise refused(CONFIGURATION, subject.sub, "authority_hints", hints, steps, superior_id=superior)


def _check_audience(statements: Sequence[EntityStatement], audience: str | None, steps: list[Step]) -> None:
    for number, statement in enumerate(statements):
        try:
            entity_statement.check_audience(statement, audience if number == 0 else None)
        except InvalidStatement as error:
            raise refused(CONFIGURATION, statement.sub, error.rule, error.value, steps) from error
