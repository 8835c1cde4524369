"""One `idp serve` among people: it stops without losing anybody, bears the slow and the big, stays small."""

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from idp.audit.event import EventName
from idp.audit.log import AuditEvent
from idp.db import db
from tests.integration.listening import Listening
from tests.services import program
from tests.services.deployment import Running
from tests.waiting import eventually

pytestmark = pytest.mark.slow
# A hash that takes about a second: requests that are under way for a while.
SLOW_HASH = {"IDP_PASSWORDS__ITERATIONS": "60"}
MOST_MEGABYTES = 120
LOGINS = 50
SLOW_CLIENTS = 40
HEADER_SECONDS = 10


Start = Callable[..., Running]


@pytest.fixture
def start(listening: Listening) -> Iterator[Start]:
    """Start processes of one's own on the shared stores; measured as they are, without the coverage tool inside."""
    started: list[Running] = []

    def begin(**changes: str) -> Running:
        installed = program.as_installed(listening.deployment.environment)
        started.append(listening.deployment.serve(program.free_port(), **installed | changes))
        started[-1].wait_until_ready("/readyz")
        return started[-1]

    yield begin
    for one in started:
        one.kill()


@pytest.fixture
def server(start: Start) -> Running:
    return start()


def connect(server: Running) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=HEADER_SECONDS * 2)


def failures(listening: Listening) -> int:
    with listening.provider.context():
        query = select(func.count()).where(AuditEvent.name == EventName.LOGIN_FAILED)
        return db.session.execute(query).scalar_one()


def test_logins_under_way_are_finished_before_it_stops(listening: Listening, start: Start) -> None:
    server = start(**SLOW_HASH)
    before = failures(listening)
    browsers = [listening.browser(f"http://127.0.0.1:{server.port}") for _ in range(4)]
    for browser in browsers:
        browser.open(f"{listening.issuer}/login")
    with ThreadPoolExecutor(len(browsers)) as pool:
        under_way = [
            pool.submit(
                browser.send, "login-submit", identifier=f"nobody{number}", password="a wrong password"
            )
            for number, browser in enumerate(browsers)
        ]
        time.sleep(0.4)
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 15
        for one in under_way:
            one.result()
    assert [browser.answer.status_code for browser in browsers] == [400] * len(browsers)
    assert failures(listening) - before == len(browsers)
    with pytest.raises(ConnectionRefusedError):
        connect(server)


def test_a_body_that_is_too_big_is_refused(listening: Listening, server: Running) -> None:
    for path in ("/token", "/login", "/authorize"):
        answer = httpx.post(
            f"http://127.0.0.1:{server.port}{path}",
            headers={"Host": listening.issuer.removeprefix("http://")},
            data={"grant_type": "a" * 300_000},
            trust_env=False,
        )
        assert answer.status_code == 413, path
    long = httpx.get(f"{listening.issuer}/authorize?state={'a' * 20_000}", trust_env=False)
    assert long.status_code == 413


def test_slow_clients_hold_up_nobody_and_are_cut_off(listening: Listening, server: Running) -> None:
    head = b"POST /token HTTP/1.1\r\nHost: x\r\n"
    slow = [connect(server) for _ in range(SLOW_CLIENTS)]
    try:
        for number, one in enumerate(slow):
            # Half of them never end their headers, the others never send the body they announced.
            one.sendall(head if number % 2 else head + b"Content-Length: 100\r\n\r\ngrant_type=")
        time.sleep(0.5)
        began = time.monotonic()
        for _ in range(10):
            answer = httpx.get(f"http://127.0.0.1:{server.port}/healthz", trust_env=False, timeout=5)
            assert answer.status_code == 200
        assert time.monotonic() - began < 3
        one = slow[1]
        one.settimeout(HEADER_SECONDS + 5)
        while one.recv(4096):
            pass
    finally:
        for one in slow:
            one.close()


def test_metrics_tell_of_logins(listening: Listening, server: Running) -> None:
    site, person = listening.provider.site(), listening.provider.person()
    address = f"http://127.0.0.1:{server.port}"
    listening.browser(address).arrive(listening.issuer + site.authorize_url(), person)

    def told() -> bool:
        text = httpx.get(f"{address}/metrics", trust_env=False).text
        return 'tongxing_logins_total{outcome="succeeded"} 1.0' in text

    eventually(told)
    stranger = httpx.get(f"{address}/metrics", headers={"X-Forwarded-For": "8.8.8.8"}, trust_env=False)
    assert stranger.status_code == 200  # nobody believes a header that no trusted proxy wrote


def test_memory_after_fifty_logins(
    listening: Listening, server: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    site = listening.provider.site(
        items=[{"name": "name", "required": True}], scope="openid profile", grant_types=["authorization_code"]
    )
    people = [listening.provider.person() for _ in range(LOGINS)]
    turn = threading.Semaphore(4)

    def log_in(number: int) -> None:
        with turn, listening.browser(f"http://127.0.0.1:{server.port}") as browser:
            browser.arrive(listening.issuer + site.authorize_url(scope="openid profile"), people[number])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(log_in, range(LOGINS)))
    main, worker, *others = server.pids
    assert not others
    resident, proportional = memory(worker)
    with capsys.disabled():
        sys.stdout.write(
            f"\nserve process after {LOGINS} logins: RSS {resident} MB, PSS {proportional} MB;"
            f" its parent: RSS {memory(main)[0]} MB\n"
        )
    assert resident < MOST_MEGABYTES


def memory(pid: int) -> tuple[int, int]:
    values = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]:
        name, _, rest = line.partition(":")
        values[name] = int(rest.split()[0]) // 1024
    return values["Rss"], values["Pss"]
