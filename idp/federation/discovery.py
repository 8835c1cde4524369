"""Finding the ways from an entity up to trust anchors: every superior it names is asked whether it stands behind it.

OpenID Federation 1.0 §10.1. Level by level, all questions of a level side by side, so that one slow superior delays
its own way only. Loops and dead ends are noted and left; depth, superiors, ways, statements and seconds are limited,
for whoever is looked into chose much of it. What is found is not verified: that is `trust_chain`.
"""

import itertools
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from idp.federation import entity_statement, fetching, kept_statement
from idp.federation.entity_statement import EntityStatement, InvalidStatement
from idp.federation.fetching import FETCHER, Answer, Outcome, Question
from idp.settings import SETTINGS

# Ways that are followed at one time: with 8 superiors each a tree of 10 levels has a billion.
MOST_WAYS = 64
# Why a way ended.
AWAY, ABSENT, LOOP, TOO_MANY, TOO_DEEP = "unreachable", "not_subordinate", "loop", "too_many", "too_deep"
NO_CONFIGURATION, NO_SUPERIOR, NO_ENDPOINT = "no_configuration", "no_superior", "no_fetch_endpoint"
BAD_IDENTIFIER, BAD_STATEMENT = "entity_identifier", "statement"


@dataclass(frozen=True)
class Edge:
    """Where the statement of *superior_id* about *entity_id* came from, to ask again; *url* is ``""`` for one here."""

    superior_id: str
    entity_id: str
    url: str
    etag: str = ""

    def question(self) -> Question:
        """Ask again, whether anything has changed."""
        return Question(self.superior_id, self.entity_id, self.url, self.etag)


@dataclass(frozen=True)
class Candidate:
    """A way to an anchor: its statements as `trust_chain.verify` takes them, and where those about each came from."""

    path: tuple[str, ...]
    tokens: tuple[str, ...]
    edges: tuple[Edge, ...]
    is_hosted: bool = False
    # What the entities of the path that run elsewhere say of themselves.
    configurations: tuple[EntityStatement, ...] = ()


@dataclass(frozen=True)
class DeadEnd:
    """Where a way ended: *path* from the entity upward, the *superior_id* that was next, and why it led nowhere."""

    path: tuple[str, ...]
    superior_id: str
    rule: str
    value: str = ""

    @property
    def is_passing(self) -> bool:
        """Whether somebody was away: in a moment there may be a way."""
        return self.rule == AWAY


@dataclass
class Discovered:
    """All that was found of one entity."""

    entity_id: str
    candidates: list[Candidate] = field(default_factory=list)
    dead_ends: list[DeadEnd] = field(default_factory=list)


def discover(
    entity_id: str, anchors: Collection[str], *, known: bool = False, seconds: float | None = None
) -> Discovered:
    """Return every way from *entity_id* to one of *anchors*, found in so many *seconds*.

    *known*: it is in use, and goes before strangers.
    """
    return _Discovery(entity_id, anchors, seconds, known=known).run()


class _Discovery:
    def __init__(
        self, entity_id: str, anchors: Collection[str], seconds: float | None, *, known: bool
    ) -> None:
        self._limits = SETTINGS.get().federation
        self._deadline = time.monotonic() + (seconds or self._limits.resolve_seconds)
        self._anchors = anchors
        self._known = known
        self._left = self._limits.most_fetches
        self._found = Discovered(entity_id)
        self._configurations: dict[str, tuple[EntityStatement, bool] | tuple[str, str]] = {}
        self._statements: dict[tuple[str, str], tuple[Answer, str]] = {}

    def run(self) -> Discovered:
        start = self._found.entity_id
        self._learn([start])
        configuration = self._configurations[start]
        if isinstance(configuration[0], str):
            self._end((), start, *configuration)
            return self._found
        if start in self._anchors:
            self._found.candidates.append(Candidate((start,), (configuration[0].token,), ()))
            return self._found
        ways: list[tuple[str, ...]] = [(start,)]
        for _ in range(self._limits.deepest):
            if not ways:
                return self._found
            ways = self._climb(ways)
        for way in ways:
            self._end(way, "", TOO_DEEP, str(self._limits.deepest))
        return self._found

    def _climb(self, ways: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
        """Return the ways as they go on, one level further up; whole ones become candidates."""
        longer = [(way, superior) for way in ways for superior in self._superiors(way)]
        for way, superior in longer[MOST_WAYS:]:
            self._end(way, superior, TOO_MANY)
        longer = longer[:MOST_WAYS]
        self._learn([superior for _, superior in longer])
        self._hear([(superior, way[-1]) for way, superior in longer])
        higher: list[tuple[str, ...]] = []
        for way, superior in longer:
            configuration = self._configurations[superior]
            if isinstance(configuration[0], str):
                self._end(way, superior, *configuration)
                continue
            answer, _url = self._statements[superior, way[-1]]
            if answer.outcome != Outcome.GIVEN:
                self._end(way, superior, *_why(answer))
            elif superior in self._anchors:
                self._found.candidates.append(self._candidate((*way, superior)))
            else:
                higher.append((*way, superior))
        return higher

    def _superiors(self, way: tuple[str, ...]) -> list[str]:
        statement = self._configurations[way[-1]][0]
        hints = (
            list(dict.fromkeys(statement.authority_hints)) if isinstance(statement, EntityStatement) else []
        )
        if not hints:
            self._end(way, "", NO_SUPERIOR)
        most = self._limits.most_superiors
        if len(hints) > most:
            # One for all of them: a hostile entity names very many.
            self._end(way, hints[most], TOO_MANY, f"{len(hints)} > {most}")
        found: list[str] = []
        for superior in hints[:most]:
            if superior in way:
                self._end(way, superior, LOOP)
            else:
                found.append(superior)
        return found

    def _learn(self, entity_ids: Sequence[str]) -> None:
        """Ask these entities for their configurations, unless that was done."""
        questions: dict[str, Question] = {}
        for entity_id in dict.fromkeys(entity_ids):
            if entity_id in self._configurations:
                continue
            try:
                questions[entity_id] = fetching.configuration(entity_id)
            except ValueError as error:
                self._configurations[entity_id] = (BAD_IDENTIFIER, str(error))
        for question, answer in self._ask(list(questions.values())):
            self._configurations[question.entity_id] = _configuration(question.entity_id, answer)

    def _hear(self, edges: Sequence[tuple[str, str]]) -> None:
        """Ask superiors about their subordinates, unless that was done."""
        questions: list[Question] = []
        for superior_id, entity_id in dict.fromkeys(edges):
            configuration = self._configurations[superior_id]
            if (superior_id, entity_id) in self._statements or isinstance(configuration[0], str):
                continue
            try:
                questions.append(question_about(configuration[0], entity_id, hosted=configuration[1] is True))
            except ValueError as error:
                answer = Answer(Outcome.ABSENT, reason=str(error))
                self._statements[superior_id, entity_id] = (answer, "")
        for question, answer in self._ask(questions):
            self._statements[question.edge] = (answer, question.url)

    def _ask(self, questions: list[Question]) -> list[tuple[Question, Answer]]:
        asked, left = questions[: self._left], questions[self._left :]
        self._left -= len(asked)
        answers = FETCHER.get().ask(asked, deadline=self._deadline, known=self._known)
        answers = _outlive(asked, answers)
        too_many = Answer(Outcome.ABSENT, reason=TOO_MANY)
        return [*zip(asked, answers, strict=True), *((question, too_many) for question in left)]

    def _candidate(self, path: tuple[str, ...]) -> Candidate:
        tokens, edges = [self._token(path[0])], []
        for entity_id, superior_id in itertools.pairwise(path):
            answer, url = self._statements[superior_id, entity_id]
            tokens.append(answer.token)
            edges.append(Edge(superior_id, entity_id, url, answer.etag))
        is_hosted = not any(edge.url for edge in edges) and self._configurations[path[0]][1] is True
        known = [self._configurations[entity_id] for entity_id in path]
        elsewhere = [one for one, hosted in known if isinstance(one, EntityStatement) and hosted is not True]
        return Candidate(path, (*tokens, self._token(path[-1])), tuple(edges), is_hosted, tuple(elsewhere))

    def _token(self, entity_id: str) -> str:
        statement = self._configurations[entity_id][0]
        return statement.token if isinstance(statement, EntityStatement) else ""

    def _end(self, path: tuple[str, ...], superior_id: str, rule: str, value: str = "") -> None:
        self._found.dead_ends.append(DeadEnd(path, superior_id, rule, value))


def question_about(superior: EntityStatement, entity_id: str, *, hosted: bool) -> Question:
    """Return the question to the superior that has this configuration; raises ValueError when it says not where."""
    if hosted:
        return fetching.subordinate_here(superior.sub, entity_id)
    endpoint = superior.metadata.get("federation_entity", {}).get("federation_fetch_endpoint")
    if not isinstance(endpoint, str):
        raise ValueError(NO_ENDPOINT)  # noqa: TRY004 - somebody else's mistake
    return fetching.subordinate(superior.sub, endpoint, entity_id)


def _outlive(questions: Sequence[Question], answers: Sequence[Answer]) -> list[Answer]:
    """Let what was said last stand for whoever is away, and forget what is said no more."""
    away = [
        question.edge
        for question, answer in zip(questions, answers, strict=True)
        if answer.outcome == Outcome.AWAY and not answer.hosted
    ]
    gone = [
        question.edge
        for question, answer in zip(questions, answers, strict=True)
        if answer.outcome == Outcome.ABSENT and not answer.hosted
    ]
    kept_statement.forget(gone)
    kept = kept_statement.find(away)
    return [
        Answer(Outcome.GIVEN, kept[question.edge]) if question.edge in kept else answer
        for question, answer in zip(questions, answers, strict=True)
    ]


def _configuration(entity_id: str, answer: Answer) -> tuple[EntityStatement, bool] | tuple[str, str]:
    """Return an entity's configuration and whether it is hosted here, or the rule and value of what is wrong."""
    if answer.outcome != Outcome.GIVEN:
        rule, value = _why(answer)
        return (NO_CONFIGURATION if rule == ABSENT else rule), value
    try:
        statement = entity_statement.read(answer.token)
        if not statement.is_configuration or statement.sub != entity_id:
            return BAD_STATEMENT, "sub"
        # Whoever may not sign for the entity shall not send us anywhere.
        entity_statement.verify(statement, statement.jwks)
    except InvalidStatement as error:
        return error.rule, str(error.value)
    return statement, answer.hosted


def _why(answer: Answer) -> tuple[str, str]:
    if answer.reason == TOO_MANY:
        return TOO_MANY, ""
    return (AWAY if answer.outcome == Outcome.AWAY else ABSENT), answer.reason
