"""Following the keys of trust anchors elsewhere: what a pinned key signed says which keys come next.

OpenID Federation 1.0 §11.1: an anchor publishes its next key before it signs with it. An anchor that lost all the keys
that are pinned here must be given anew by an operator (`idp federation anchors add`). Worker job.
"""

import time

from idp import clock, logs
from idp.db import commit
from idp.federation import entity_statement, fetching, hosted_entity, trust_anchor
from idp.federation.entity_statement import EntityStatement, InvalidStatement
from idp.federation.fetching import FETCHER, Outcome
from idp.keys import jwk_rules
from idp.settings import SETTINGS

LOG = logs.get(__name__)


def run() -> int:
    """Ask every anchor elsewhere for its configuration, pin the keys it says are its own; return how many changed."""
    pinned = {row.entity_id: row.jwks for row in trust_anchor.listed()}
    elsewhere = [entity_id for entity_id in pinned if hosted_entity.find(entity_id) is None]
    questions = [fetching.configuration(entity_id) for entity_id in elsewhere]
    commit()  # no transaction waits for the network
    deadline = time.monotonic() + SETTINGS.get().federation.resolve_seconds
    changed = 0
    for question, answer in zip(
        questions, FETCHER.get().ask(questions, deadline=deadline, known=True), strict=True
    ):
        if answer.outcome != Outcome.GIVEN:
            continue
        try:
            statement = _read(answer.token, question.entity_id, pinned[question.entity_id])
        except InvalidStatement as error:
            LOG.error(  # noqa: TRY400 - the rule is what matters
                "a trust anchor says something that its pinned keys do not sign; are they still its own?",
                entity=question.entity_id,
                rule=error.rule,
            )
            continue
        said = trust_anchor.check_keys(statement.claims["jwks"])
        if said != pinned[question.entity_id]:
            trust_anchor.add(question.entity_id, said)
            changed += 1
    commit()
    return changed


def _read(token: str, entity_id: str, pinned: object) -> EntityStatement:
    statement = entity_statement.read(token)
    if not statement.is_configuration or statement.sub != entity_id:
        raise InvalidStatement("sub", statement.sub)
    entity_statement.check_time(statement, clock.timestamp())
    entity_statement.verify(statement, jwk_rules.public_keys(pinned))
    # Who signed must be among those that come after, too.
    entity_statement.verify(statement, statement.jwks)
    return statement
