"""Two processes serve as one; any of the parts may die, and nobody is lost (design §1)."""

import base64
import copy
import functools
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from sqlalchemy import ColumnElement, func, select, update

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.consent.consent_record import ConsentRecord
from idp.db import commit, db
from idp.outbox.message import OutboxMessage
from idp.sessions import backchannel_logout, logout, participant
from idp.sessions import session as sessions
from idp.sessions.session import Browser
from idp.tokens import consent_withdrawal
from idp.tokens.grant import Grant
from tests.integration.pair import Pair
from tests.integration.web_browser import WebBrowser
from tests.outbox.receiver import Receiver
from tests.person import Person
from tests.site import Site
from tests.waiting import eventually

pytestmark = [pytest.mark.integration, pytest.mark.slow]
LOGINS = 200
AT_A_TIME = 8
KILL_AFTER = 60
LOGOUTS = 30


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    made = Pair(tmp_path_factory.mktemp("pair"))
    yield made
    made.close()


@pytest.fixture
def site(pair: Pair) -> Site:
    return pair.provider.site()


def test_a_login_begun_on_one_is_finished_on_the_other(pair: Pair, site: Site) -> None:
    person = pair.provider.person(totp=True)
    browser = pair.browser(0)
    browser.open(pair.issuer + site.authorize_url())
    browser.address = pair.address(1)
    browser.send("login-submit", identifier=person.username, password="Tongxing-demo-2026")
    assert browser.path.startswith("/login/second-factor")
    browser.address = pair.address(0)
    browser.send("code-submit", code=person.code())
    assert browser.path.startswith("/consent")
    browser.address = pair.address(1)
    tokens = pair.redeem(site, browser.send("consent-allow"), 0).json()
    refreshed = pair.refresh(site, tokens["refresh_token"], 1).json()
    assert pair.post(site, "/introspect", 0, token=refreshed["access_token"]).json()["active"]
    again = pair.redeem(site, browser.open(pair.issuer + site.authorize_url(scope="openid")), 0).json()
    browser.address = pair.address(0)
    browser.open(f"{pair.issuer}/logout")
    browser.send("logout-confirm")
    assert not pair.post(site, "/introspect", 1, token=again["access_token"]).json()["active"]
    browser.address = pair.address(1)
    assert browser.open(pair.issuer + site.authorize_url()) == ""
    assert browser.path.startswith("/login?")


@dataclass
class Crowd:
    """Many people who log in at once, and reload when a page does not come."""

    pair: Pair
    site: Site
    people: list[Person]
    arrived: int = 0
    lost: list[str] = field(default_factory=list)
    began_again: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def log_in(self, number: int) -> None:
        """Let one of them arrive at the site, with tokens."""
        site = copy.copy(self.site)
        person = self.people[number % len(self.people)]
        with self.pair.browser(reloads=True) as browser:
            while (tokens := self._try(site, browser, person)) is None:
                # An answer was lost with the process, and what it used up: from the site's button once more.
                with self.lock:
                    self.began_again += 1
                    assert self.began_again <= AT_A_TIME
            assert tokens["id_token"]
            with self.lock:
                self.arrived += 1
                self.lost += browser.lost

    def _try(self, site: Site, browser: WebBrowser, person: Person) -> dict[str, Any] | None:
        there = browser.arrive(self.pair.issuer + site.authorize_url(), person)
        if not there:
            assert browser.page.error == "journey_expired", f"{browser.answer.status_code} {browser.path}"
            assert browser.lost
            return None
        try:
            answer = self.pair.redeem(site, there)
        except httpx.TransportError:
            with self.lock:
                self.lost.append("/token")
            return None
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens


def test_who_logs_in_while_one_of_two_is_killed_gets_there(pair: Pair, site: Site) -> None:
    crowd = Crowd(pair, site, [pair.provider.person() for _ in range(20)])
    for person in crowd.people:  # who agreed once is not asked again
        pair.log_in(site, person)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        under_way = [pool.submit(crowd.log_in, number) for number in range(LOGINS)]
        eventually(lambda: crowd.arrived >= KILL_AFTER, 60)
        pair.servers[0].kill()
        assert crowd.arrived < LOGINS
        for one in under_way:
            one.result()
    pair.start_again(0)
    assert crowd.arrived == LOGINS
    # Nobody but the requests in flight, and those that met the port while the process was dying.
    assert len(crowd.lost) <= 2 * AT_A_TIME, crowd.lost
    with pair.provider.context():
        count = select(func.count()).select_from(Grant).where(Grant.client_id == site.id)
        assert db.session.execute(count).scalar_one() >= LOGINS + len(crowd.people)


def counts(pair: Pair) -> list[int]:
    with pair.provider.context():
        return [
            db.session.execute(select(func.count()).select_from(model)).scalar_one()
            for model in (Account, ConsentRecord, Grant, OutboxMessage)
        ]


def test_what_one_process_takes_back_is_dead_on_every_other(pair: Pair, site: Site) -> None:
    """Within seconds (issue: withdrawal); both servers know the consent, and one of them its tokens."""
    person = pair.provider.person()
    browsers = [pair.browser(number) for number in (0, 1)]
    tokens = [
        pair.redeem(site, browser.arrive(pair.issuer + site.authorize_url(), person), number).json()
        for number, browser in enumerate(browsers)
    ]
    on_its_way = browsers[0].open(pair.issuer + site.authorize_url())
    with pair.provider.context():
        made = consent_withdrawal.withdraw(accounts.get(person.id), site.id)
        commit()
        consent_withdrawal.forget(made)
    for number in (0, 1):
        for held in tokens:
            assert pair.post(site, "/introspect", number, token=held["access_token"]).json() == {
                "active": False
            }
            assert pair.post(site, "/userinfo", number, access_token=held["access_token"]).status_code == 401
        assert (
            pair.refresh(site, tokens[number]["refresh_token"], 1 - number).json()["error"] == "invalid_grant"
        )
    assert pair.redeem(site, on_its_way, 1).json()["error"] == "invalid_grant"
    for browser in browsers:
        # What a process remembers of the consent it forgets by message.
        eventually(functools.partial(_is_asked, pair, site, browser), 10)


def _is_asked(pair: Pair, site: Site, browser: WebBrowser) -> bool:
    browser.open(pair.issuer + site.authorize_url())
    return browser.path.startswith("/consent")


def test_emptied_redis_costs_a_login_and_nothing_else(pair: Pair, site: Site) -> None:
    person = pair.provider.person()
    tokens = pair.log_in(site, person)
    half_way = pair.browser()
    half_way.open(pair.issuer + site.authorize_url())
    code = pair.browser().arrive(pair.issuer + site.authorize_url(), person)
    before = counts(pair)
    pair.redis.flush()
    assert counts(pair) == before
    half_way.send("login-submit", identifier=person.username, password="Tongxing-demo-2026")
    assert half_way.page.error == "journey_expired"
    assert pair.redeem(site, code).json()["error"] == "invalid_grant"
    refreshed = pair.refresh(site, tokens["refresh_token"])
    assert refreshed.status_code == 200
    assert pair.refresh(site, refreshed.json()["refresh_token"]).status_code == 200
    # They log in again, at once, and are not asked for what they agreed to.
    half_way.open(pair.issuer + site.authorize_url())
    assert half_way.path.startswith("/login?")
    there = half_way.send("login-submit", identifier=person.username, password="Tongxing-demo-2026")
    assert pair.redeem(site, there).status_code == 200


def test_a_worker_killed_while_delivering_loses_no_logout(pair: Pair) -> None:
    receiver = Receiver()
    receiver.slowness = 0.3
    site = pair.provider.site(
        backchannel_logout_uri=f"{receiver.url}/slow", backchannel_logout_session_required=True
    )
    try:
        wanted = {end_a_session(pair, site) for _ in range(LOGOUTS)}
        first = pair.deployment.worker()
        eventually(lambda: len(receiver.heard) >= 6, 40)
        first.kill()
        told = heard(receiver)
        assert len(told) < LOGOUTS
        waiting = OutboxMessage.delivered_at.is_(None) & (OutboxMessage.kind == backchannel_logout.KIND)
        with pair.provider.context():
            # What the dead worker held comes due again within a minute, which has passed now.
            db.session.execute(update(OutboxMessage).where(waiting).values(next_attempt_at=clock.now()))
            commit()
        second = pair.deployment.worker()
        # What the dead worker had sent and not written down is sent again, so having heard all is not enough.
        eventually(lambda: count_of(pair, waiting) == 0, 40)
        assert second.stop() == 0
        assert count_of(pair, waiting) == 0
    finally:
        receiver.close()
    assert heard(receiver) == wanted


def count_of(pair: Pair, which: ColumnElement[bool]) -> int:
    with pair.provider.context():
        return db.session.execute(select(func.count()).select_from(OutboxMessage).where(which)).scalar_one()


def end_a_session(pair: Pair, site: Site) -> str:
    """Log a person out who was logged in there; return the number of the message to the site."""
    person = pair.provider.person()
    with pair.provider.context():
        session, _ = sessions.start(person.id, ["pwd"], Browser("of the test", "127.0.0.1"))
        db.session.flush()
        participant.add(session.id, site.id, f"sub-{person.username}")
        logout.end(session, "logged_out")
        commit()
        message = select(OutboxMessage.id).where(
            OutboxMessage.account_id == person.id, OutboxMessage.kind == backchannel_logout.KIND
        )
        return str(db.session.execute(message).scalar_one())


def heard(receiver: Receiver) -> set[str]:
    """The numbers of the logout tokens that the site has got."""
    tokens = [parse_qs(body)["logout_token"][0] for body in list(receiver.heard)]
    payloads = [json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "==")) for token in tokens]
    return {payload["jti"] for payload in payloads}


def check_unavailable(answer: httpx.Response) -> None:
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Traceback" not in answer.text


def is_ready(url: str) -> bool:
    return httpx.get(url, trust_env=False, timeout=20).status_code == 200


@pytest.mark.parametrize("missing", ["ephemeral_store", "database"])
def test_a_store_that_is_away_is_said_and_comes_back(pair: Pair, site: Site, missing: str) -> None:
    person = pair.provider.person()
    tokens = pair.log_in(site, person)
    code = pair.browser().arrive(pair.issuer + site.authorize_url(), person)
    asked = copy.copy(site)
    store = pair.redis if missing == "ephemeral_store" else pair.cluster
    store.interrupt()
    try:
        for number in (0, 1):
            browser = pair.browser(number)
            browser.open(pair.issuer + site.authorize_url())
            if missing == "database":
                # The page needs none; who sends it does.
                assert browser.path.startswith("/login?")
                browser.send("login-submit", identifier=person.username, password="Tongxing-demo-2026")
            check_unavailable(browser.answer)
            assert browser.page.error
            ready = httpx.get(f"{pair.address(number)}/readyz", trust_env=False, timeout=20)
            check_unavailable(ready)
            assert missing in ready.json()["missing"]
            assert httpx.get(f"{pair.address(number)}/healthz", trust_env=False).status_code == 200
        began = time.monotonic()
        check_unavailable(pair.redeem(asked, code))
        assert time.monotonic() - began < 6
    finally:
        store.restart()
        pair.forget_connections()
    for number in (0, 1):
        url = f"{pair.address(number)}/readyz"
        eventually(functools.partial(is_ready, url), 20)
    assert pair.refresh(site, tokens["refresh_token"]).status_code == 200
    pair.log_in(site, person)
