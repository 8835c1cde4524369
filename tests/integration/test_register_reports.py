"""What a register reports reaches sites within a minute: real registers push over HTTP, a real worker follows.

A death, a lost card, a dissolved enterprise, a new representative: the site sees it at its next introspection and
refresh (domain §2 "levels fall as well as rise", §4).
"""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from werkzeug.serving import make_server

from idp import background
from idp.accounts import account as accounts
from idp.authenticators import otp, pwd
from idp.db import commit, db
from idp.mandates import mandate as mandates
from idp.mandates.rules import REPRESENTATIVE
from idp.proofing.watching import RegisterCheck
from idp.sandbox.registers.records import Citizen
from tests.journey.levels import L2, L3
from tests.journey.test_identity import arrive
from tests.person import PASSWORD, TOTP_SECRET, Person
from tests.proofing.served_registers import Quiet, ServedRegisters
from tests.proofing.watched import Watched
from tests.provider import Provider, Template
from tests.services import program
from tests.site import Site, Tokens, decoded
from tests.waiting import eventually

pytestmark = [pytest.mark.slow]
MINUTE = 60.0


class Running:
    """A provider that listens, its worker, and the registers that know its people."""

    def __init__(self, template: Template, directory: Path) -> None:
        port = program.free_port()
        issuer = f"http://localhost:{port}"
        self.registers = ServedRegisters(directory, f"{issuer}/register_notices")
        self.provider = template.on_sqlite(directory, issuer=issuer, registers=self.registers.settings())
        self._server = make_server("127.0.0.1", port, self.provider.app, threaded=True, request_handler=Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self._worker = background.worker(self.provider.app)
        self._worker.start()
        self.watched = Watched(self.provider, self.registers)

    def enter(self, citizen: Citizen) -> Person:
        """Let somebody of the register have an account with an authenticator app."""
        with self.provider.context():
            found = accounts.find_by_identifier(f"p{citizen.number.lower()}")
            account_id = found.id if found else self.watched.add(citizen)
            pwd.set_password(account_id, PASSWORD)
            otp.enrol(account_id, TOTP_SECRET)
            commit()
        return Person(account_id, f"p{citizen.number.lower()}", citizen.name, citizen.phone)

    def report(self, number: str, change: str) -> None:
        """Press the switch on the register's page."""
        answer = httpx.post(
            f"{self.registers.url}/state/{number}/switch",
            json={"change": change},
            trust_env=False,
            timeout=10,
        )
        assert answer.json()["notice"] is True

    def close(self) -> None:
        assert self._worker.stop()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.provider.close()
        self.registers.close()


@pytest.fixture(scope="module")
def running(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    made = Running(template, tmp_path_factory.mktemp("reports"))
    yield made
    made.close()


def within_a_minute(is_so: Callable[[], bool]) -> None:
    began = time.monotonic()
    eventually(is_so, seconds=MINUTE)
    assert time.monotonic() - began < MINUTE


def log_in(running: Running, citizen: Citizen) -> tuple[Site, Person, Tokens]:
    site, person = running.provider.site(), running.enter(citizen)
    tokens = site.tokens(person, scope="openid profile offline_access")
    assert site.introspect(str(tokens["access_token"]))["acr"] == L3
    return site, person, tokens


def is_active(site: Site, tokens: Tokens) -> bool:
    answer: dict[str, Any] = site.introspect(str(tokens["access_token"]))
    return bool(answer["active"])


def test_a_death_ends_everything(running: Running) -> None:
    citizen = running.watched.citizens(30)[20]
    site, person, tokens = log_in(running, citizen)
    running.report(citizen.number, "deceased")
    within_a_minute(lambda: not is_active(site, tokens))
    within_a_minute(lambda: site.refresh(str(tokens["refresh_token"])).error == "invalid_grant")
    visitor = site.visitor(language="en")
    visitor.go(site.authorize_url())
    visitor.log_in(person)
    assert "locked" in visitor.response.get_data(as_text=True)
    assert running.registers.running.notices.sent()[0].outcome == "told"


def test_a_lost_card_lowers_the_level(running: Running) -> None:
    citizen = running.watched.citizens(30)[21]
    site, _, tokens = log_in(running, citizen)
    running.report(citizen.number, "card_lost")
    within_a_minute(lambda: not is_active(site, tokens))
    time.sleep(1)  # what was issued in the second of the change counts as before it
    refreshed = site.refresh(str(tokens["refresh_token"]))
    assert refreshed.status == 200, refreshed.body
    assert site.introspect(str(refreshed["access_token"]))["acr"] == L2


@pytest.mark.parametrize(("which", "change"), [(5, "dissolved"), (6, "new_representative")])
def test_nobody_acts_on_for_an_enterprise_that_changed(running: Running, which: int, change: str) -> None:
    enterprise = running.watched.registry.enterprises()[which]
    with running.provider.context():
        enterprise_id, _ = running.watched.add_enterprise(enterprise)
        (held,) = mandates.with_role(enterprise_id, [REPRESENTATIVE])
    citizen = running.watched.registry.find_citizen(enterprise.representative)
    assert citizen is not None
    person = running.enter(citizen)
    site = running.provider.site(
        legal_basis="statutory_duty", scope="openid profile", acting_as=["self", "enterprise"]
    )
    tokens = arrive(site, person, str(held.id))
    assert "act" in decoded(tokens.body["id_token"])[1]
    assert is_active(site, tokens)
    own = running.provider.site().tokens(person, scope="openid profile offline_access")
    running.report(enterprise.uscc, change)
    within_a_minute(lambda: not is_active(site, tokens))
    within_a_minute(lambda: site.refresh(str(tokens["refresh_token"])).error == "invalid_grant")
    assert own.status == 200
    visitor = site.visitor()
    visitor.go(site.authorize_url(scope="openid profile"))
    visitor.log_in(person)
    assert str(held.id) not in visitor.response.get_data(as_text=True), "no longer offered"


def test_without_notices_the_daily_check_finds_it(running: Running) -> None:
    citizen = running.watched.citizens(30)[22]
    site, _, tokens = log_in(running, citizen)
    faults = running.registers.running.faults
    faults.silent = True
    try:
        running.watched.registry.change(citizen.number, status="deceased")
        _begin_a_round(running.provider)
        within_a_minute(lambda: not is_active(site, tokens))
    finally:
        faults.silent = False


def _begin_a_round(provider: Provider) -> None:
    """As if a day had gone by."""
    with provider.context():
        db.session.query(RegisterCheck).delete()
        commit()
