"""The running sandbox: where its sites are, who lives there, what came by SMS."""

import json
from datetime import timedelta
from typing import Any

import httpx

from idp.accounts import account as accounts
from idp.authenticators import passkey, recovery
from idp.consent import consent_record, receipt_reference
from idp.consent import event as consent_event
from idp.consent.receipt_reference import Place
from idp.db import commit
from idp.proofing import evidence
from idp.relying_parties import registration
from idp.sessions import session as sessions
from tests.person import Person
from tests.provider import Provider
from tests.services import program
from tests.services.deployment import ROOT, SITES, Deployment


class Sandbox:
    """Everything that runs; ``url`` addresses a site by its key."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.issuer = deployment.issuer
        # A second look into the same stores, for making people and moving sites to their ports.
        self._provider = Provider(deployment.settings)
        ports = {key: program.free_port() for key in SITES}
        self._move_sites(ports)
        self._inbox = deployment.sms_inbox()
        self.serve = deployment.serve()
        self._sites = deployment.sites(ports)
        for one in (self._inbox, *self._sites.values()):
            one.wait_until_ready("/healthz")
        self.serve.wait_until_ready("/readyz")

    def url(self, site: str, path: str = "/") -> str:
        """Return the address of *path* at *site*."""
        return f"http://localhost:{self._sites[site].port}{path}"

    @property
    def inbox_url(self) -> str:
        """Return the address of the page with all messages."""
        return f"http://localhost:{self._inbox.port}/sms"

    def planted(self, username: str) -> Person:
        """Return somebody whom the sandbox came with."""
        with self._provider.context():
            found = accounts.find_by_identifier(username)
            assert found is not None
            return Person(found.id, username, accounts.name_of(found), accounts.phone_of(found))

    def person(self, **facts: Any) -> Person:
        """Let somebody move in whom no other test meets."""
        return self._provider.person(**facts)

    def code_sent_to(self, phone: str) -> str:
        """Return the code of the newest message to *phone*, as its owner reads it."""
        answer = httpx.get(f"{self.inbox_url}/messages", params={"to": phone}, trust_env=False)
        # Word of a new device may have come after it.
        return next(str(one["code"]) for one in answer.json() if one["code"])

    def last_message_to(self, phone: str) -> str:
        """Return the newest message to *phone*, as its owner reads it; empty before there is one."""
        answer = httpx.get(f"{self.inbox_url}/messages", params={"to": phone}, trust_env=False)
        return next((str(one["text"]) for one in answer.json()), "")

    def register_fault(self, source: str, kind: str | None) -> None:
        """Let a register be down, slow or lying; None mends it."""
        url = f"http://localhost:{self._inbox.port}/registers/faults"
        assert (
            httpx.post(url, data={source: kind or ""}, trust_env=False).status_code == httpx.codes.SEE_OTHER
        )

    def forget_passkeys(self, person: Person) -> None:
        """Let the person begin without any, whatever another test left."""
        with self._provider.context():
            for one in passkey.of_account(person.id):
                passkey.remove(person.id, one.id)
            commit()

    def items_of(self, client_id: str) -> list[dict[str, Any]]:
        """Return what the site registered for."""
        with self._provider.context():
            items: list[dict[str, Any]] = registration.get(client_id).given["items"]
            return items

    def register_items(self, client_id: str, items: list[dict[str, Any]]) -> None:
        """Let the site have registered for these items."""
        with self._provider.context():
            registration.update(client_id, {"items": items})
            commit()

    def printed_code(self, person: Person, client_id: str) -> str:
        """Return the address in the QR code of the person's newest receipt of that site."""
        with self._provider.context():
            row = consent_record.find_row(person.id, client_id)
            assert row is not None
            assert row.given_number is not None
            place = Place(person.id, row.record_id, row.given_number)
            found = consent_event.find(place.account_id, place.record_id, place.number)
            assert found is not None
            return receipt_reference.address(self.issuer, place, found.hash.hex())

    def prove(self, person: Person, *codes: str) -> None:
        """Let this evidence of the person stand."""
        with self._provider.context():
            for code in codes:
                evidence.add(accounts.get(person.id), code, source="test")
            commit()

    def age_recovery(self, person: Person, by: timedelta) -> None:
        """Let the person's recovery have begun earlier than it did."""
        with self._provider.context():
            found = recovery.find_open(person.id)
            assert found is not None
            assert found.ready_at is not None
            found.ready_at -= by
            commit()

    def age_login(self, person: Person, seconds: int = 3600) -> None:
        """Let the person's logins lie an hour back, which nobody wants to wait for."""
        with self._provider.context():
            for session in sessions.live_sessions(person.id):
                session.auth_time -= timedelta(seconds=seconds)
            commit()

    def weaken_logins(self, person: Person) -> None:
        """Let the second factor of the person's logins have counted until now, and the logins be an hour old."""
        self.age_login(person)
        with self._provider.context():
            for session in sessions.live_sessions(person.id):
                session.strong_until = session.auth_time
            commit()

    def close(self) -> None:
        """End the look into the stores."""
        self._provider.close()

    def _move_sites(self, ports: dict[str, int]) -> None:
        """Register the planted sites at the ports where they will be."""
        planted = json.loads((ROOT / "config/sandbox/relying_parties.json").read_text(encoding="utf-8"))
        keys = {client_id: key for key, client_id in SITES.items()}
        with self._provider.context():
            for document in planted:
                before = document["client_uri"].rstrip("/")
                after = f"http://localhost:{ports[keys[document['client_id']]]}"
                moved = {
                    name: json.loads(json.dumps(value).replace(before, after))
                    for name, value in document.items()
                    if before in json.dumps(value)
                }
                registration.update(document["client_id"], moved)
            commit()
