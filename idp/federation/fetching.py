"""Asking for entity configurations and statements about subordinates: here first, else by HTTP, within all limits.

OpenID Federation 1.0 §9, §8.1. What is hosted here costs no HTTP. What runs elsewhere is asked side by side, each
answer within its seconds and bytes, without redirects, and never at an address that is not public outside the
sandbox. An answer says one of four things (`Outcome`); nothing is verified here but that it can be a statement.
"""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

import httpx

from idp import outgoing
from idp.db import surviving
from idp.federation import entity_id, hosted_statement
from idp.network_address import is_loopback
from idp.per_app import PerApp
from idp.setting_sections import Federation
from idp.settings import SETTINGS, Settings

MEDIA_TYPE = "application/entity-statement+jwt"
LONGEST_URL = 2048
DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST_ETAG = 200
# Threads for each question that may be looked into at one time.
EACH = 3


class Outcome(StrEnum):
    """What came of a question."""

    GIVEN = "given"  # here it is
    SAME = "same"  # as the one that was named by its ETag
    ABSENT = "absent"  # there is no such entity, or its superior does not stand behind it
    AWAY = "away"  # nobody answered as they should: it may be otherwise in a moment


@dataclass(frozen=True)
class Question:
    """What *superior_id* says of *entity_id*; the entity's own configuration when both are the same.

    *url*: where it is asked, ``""`` at its superior here.
    """

    superior_id: str
    entity_id: str
    url: str
    etag: str = ""

    @property
    def edge(self) -> tuple[str, str]:
        """Who speaks of whom."""
        return self.superior_id, self.entity_id


@dataclass(frozen=True)
class Answer:
    """What came: *token* when it was GIVEN, *reason* when it was not."""

    outcome: Outcome
    token: str = ""
    etag: str = ""
    reason: str = ""
    hosted: bool = False


class Fetcher:
    """Threads that ask: some for entities nobody asked for before, others for those in use, so that none starve."""

    def __init__(self, limits: Federation) -> None:
        self._strangers = threading.BoundedSemaphore(limits.concurrent)
        self._pools = {
            known: ThreadPoolExecutor(limits.concurrent * EACH, thread_name_prefix="federation")
            for known in (True, False)
        }

    @contextmanager
    def looking_into_stranger(self, seconds: float) -> Iterator[bool]:
        """Whether another unknown entity may be looked into now, having waited so long at most."""
        free = self._strangers.acquire(timeout=seconds)
        try:
            yield free
        finally:
            if free:
                self._strangers.release()

    def ask(self, questions: Sequence[Question], *, deadline: float, known: bool) -> list[Answer]:
        """Answer each question; whoever has not answered by *deadline* (monotonic) is away."""
        settings, slow = SETTINGS.get(), set[str]()
        here = _ask_here([question for question in questions if _may_be_ours(question)])
        waiting = {
            question: self._pools[known].submit(_ask_there, question, settings, deadline, slow)
            for question in dict.fromkeys(questions)
            if question not in here
        }
        wait(waiting.values(), max(0.0, deadline - time.monotonic()))
        return [here.get(question) or _come(waiting[question]) for question in questions]

    def close(self) -> None:
        """Begin nothing more."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)


FETCHER: PerApp[Fetcher] = PerApp("federation_fetcher")


def configuration(identifier: str) -> Question:
    """Ask an entity for its configuration; raises ValueError when that cannot be an entity's identifier."""
    entity_id.check(identifier, sandbox=SETTINGS.get().sandbox)
    return Question(identifier, identifier, entity_id.configuration_url(identifier))


def subordinate(superior_id: str, endpoint: str, identifier: str) -> Question:
    """Ask a superior elsewhere at its ``federation_fetch_endpoint``; raises ValueError when that is no such address."""
    check_endpoint(endpoint)
    joint = "&" if urlsplit(endpoint).query else "?"
    return Question(superior_id, identifier, f"{endpoint}{joint}{urlencode({'sub': identifier})}")


def check_endpoint(url: str) -> None:
    """Raise ValueError unless somebody elsewhere can be asked at *url*: https, in the sandbox http on this machine.

    Never at ourselves: who names our own endpoints as theirs would have us ask ourselves, which asks us again.
    """
    parts = urlsplit(url)
    plain = SETTINGS.get().sandbox and parts.scheme == "http" and is_loopback(parts.hostname or "")
    wrong = (
        _place(url) == _place(SETTINGS.get().issuer)
        or parts.fragment
        or parts.username is not None
        or len(url) > LONGEST_URL
        or not parts.hostname
    )
    if wrong or not (plain or parts.scheme == "https") or not url.isascii() or not url.isprintable():
        raise ValueError("the endpoint is no https address")


def _place(url: str) -> tuple[str, int | None]:
    """Return host and port; raises ValueError for what is no port."""
    parts = urlsplit(url)
    return (parts.hostname or "").rstrip("."), parts.port or DEFAULT_PORTS.get(parts.scheme)


def subordinate_here(superior_id: str, identifier: str) -> Question:
    """Ask a superior that is hosted here."""
    return Question(superior_id, identifier, "")


def is_hosted(identifier: str) -> bool:
    """Whether the entity is hosted here."""
    here = _ask_here([Question(identifier, identifier, "")])
    return any(answer.hosted and answer.outcome == Outcome.GIVEN for answer in here.values())


def _may_be_ours(question: Question) -> bool:
    return not question.url or question.superior_id == question.entity_id


def _ask_here(questions: Sequence[Question]) -> dict[Question, Answer]:
    """Answer what concerns entities hosted here; other questions are left out."""
    if not questions:
        return {}
    away = Answer(Outcome.AWAY, reason="database", hosted=True)
    return surviving(lambda: _look_up(questions), away=lambda: dict.fromkeys(questions, away))


def _look_up(questions: Sequence[Question]) -> dict[Question, Answer]:
    found: dict[Question, Answer] = {}
    ours = urlsplit(SETTINGS.get().issuer).netloc
    for question in questions:
        if question.superior_id != question.entity_id:
            said = hosted_statement.find_subordinate_statement(question.superior_id, question.entity_id)
        else:
            said = hosted_statement.find_configuration(question.entity_id)
            if said is None and urlsplit(question.entity_id).netloc != ours:
                continue
        if said is None:
            found[question] = Answer(Outcome.ABSENT, reason="not_found", hosted=True)
        elif question.etag == said.etag:
            found[question] = Answer(Outcome.SAME, etag=said.etag, hosted=True)
        else:
            found[question] = Answer(Outcome.GIVEN, said.token, said.etag, hosted=True)
    return found


def _ask_there(question: Question, settings: Settings, deadline: float, slow: set[str]) -> Answer:
    """*slow*: hosts that let us wait in vain just now; whoever has many entities there would take all the threads."""
    seconds = min(settings.federation.fetch_seconds, deadline - time.monotonic())
    host = urlsplit(question.url).netloc
    if seconds <= 0 or host in slow:
        return Answer(Outcome.AWAY, reason="no time left")
    headers = {"Accept": MEDIA_TYPE}
    if question.etag:
        headers["If-None-Match"] = question.etag
    try:
        reply = outgoing.get(
            question.url,
            seconds=seconds,
            longest=settings.federation.statement_bytes,
            headers=headers,
            public_only=not settings.sandbox,
        )
    except httpx.TimeoutException as error:
        slow.add(host)
        return Answer(Outcome.AWAY, reason=type(error).__name__)
    # The name is looked up by the system, which has its own ideas of what a name can be (ValueError).
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return Answer(Outcome.AWAY, reason=type(error).__name__)
    return _read(reply, asked_for=question.etag)


def _read(reply: outgoing.Reply, asked_for: str) -> Answer:
    if reply.status == HTTPStatus.NOT_MODIFIED and asked_for:
        return Answer(Outcome.SAME, etag=asked_for)
    gone = reply.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
    if gone or (HTTPStatus(400) <= reply.status < HTTPStatus(500) and _says_not_found(reply.body)):
        return Answer(Outcome.ABSENT, reason=f"HTTP {reply.status}")
    if reply.status != HTTPStatus.OK:  # a redirect too is no statement
        return Answer(Outcome.AWAY, reason=f"HTTP {reply.status}")
    if reply.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        return Answer(Outcome.AWAY, reason="content type")
    try:
        token = reply.body.decode("ascii").strip()
    except UnicodeDecodeError:
        return Answer(Outcome.AWAY, reason="not a statement")
    etag = reply.headers.get("etag", "")
    return Answer(Outcome.GIVEN, token, etag if len(etag) <= LONGEST_ETAG and etag.isascii() else "")


def _says_not_found(body: bytes) -> bool:
    """Whether an error answer is §8.9's ``not_found``."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("error") == "not_found"


def _come(future: Future[Answer]) -> Answer:
    if not future.done():
        future.cancel()
        return Answer(Outcome.AWAY, reason="no time left")
    return future.result()
