"""The chain that an entity brings along (OpenID Federation 1.0 §4.3 ``trust_chain``), confirmed like any other.

It saves looking for the ways upward and reaches entities that we cannot; it does not save asking the superiors, for a
suspended entity has its old chain still.
"""

import time
from collections.abc import Sequence

from idp.federation import discovery, entity_statement, fetching
from idp.federation.discovery import Candidate, Edge
from idp.federation.entity_statement import EntityStatement, InvalidStatement
from idp.federation.fetching import FETCHER, Outcome, Question
from idp.federation.trust_chain import TrustChain
from idp.settings import SETTINGS

# Where a superior is asked that says nowhere where: nobody answers.
NOWHERE = "about:blank"


def is_newer(given: Sequence[str], chain: TrustChain) -> bool:
    """Whether the entity says something newer of itself in *given* than in the chain we know."""
    if not given or given[0] == chain.statements[0].token:
        return False
    try:
        statement = entity_statement.read(given[0])
    except InvalidStatement:
        # To be refused, whatever we know.
        return True
    return statement.sub != chain.subject or statement.iat > chain.statements[0].iat


def candidate(chain: TrustChain, given: Sequence[str]) -> Candidate:
    """Return a verified chain with where to ask each of its superiors."""
    said = [statement for statement in chain.statements if not statement.is_configuration]
    superiors = [statement.iss for statement in said]
    questions: list[Question] = []
    for superior_id in superiors:
        try:
            questions.append(fetching.configuration(superior_id))
        except ValueError:
            questions.append(Question(superior_id, superior_id, NOWHERE))
    deadline = time.monotonic() + SETTINGS.get().federation.resolve_seconds
    answers = FETCHER.get().ask(questions, deadline=deadline, known=False)
    edges = tuple(
        Edge(statement.iss, statement.sub, _url(statement, answer))
        for statement, answer in zip(said, answers, strict=True)
    )
    return Candidate((chain.subject, *superiors), tuple(given), edges)


def _url(statement: EntityStatement, answer: fetching.Answer) -> str:
    if answer.hosted:
        return ""
    try:
        if answer.outcome == Outcome.GIVEN:
            superior = entity_statement.read(answer.token)
            return discovery.question_about(superior, statement.sub, hosted=False).url
        if statement.source_endpoint:
            return fetching.subordinate(statement.iss, statement.source_endpoint, statement.sub).url
    except (InvalidStatement, ValueError):
        pass
    return NOWHERE
