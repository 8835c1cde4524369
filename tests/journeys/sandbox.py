"""The running sandbox: where its sites are, who lives there, what came by SMS."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx

from idp.accounts import account as accounts
from idp.authenticators import passkey, recovery
from idp.consent import consent_record, receipt_reference
from idp.consent import event as consent_event
from idp.consent.receipt_reference import Place
from idp.db import commit
from idp.federation import resolution, subordinate, suspension
from idp.proofing import evidence
from idp.relying_parties import relying_party_row
from idp.sessions import session as sessions
from tests.person import Person
from tests.provider import Provider
from tests.services.deployment import Deployment
from tests.site import Site


class Sandbox:
    """Everything that runs; ``url`` addresses a site by its key."""

    def __init__(self, deployment: Deployment, ports: dict[str, int]) -> None:
        self.deployment = deployment
        self.issuer = deployment.issuer
        # A second look into the same stores, for making people.
        self._provider = Provider(deployment.settings)
        self._met: dict[str, Person] = {}
        self._inbox = deployment.sms_inbox()
        self.serve = deployment.serve()
        self._sites = deployment.sites(ports)
        for one in (self._inbox, *self._sites.values()):
            one.wait_until_ready("/healthz")
        self.serve.wait_until_ready("/readyz")

    def url(self, site: str, path: str = "/") -> str:
        """Return the address of *path* at *site*."""
        return f"http://localhost:{self._sites[site].port}{path}"

    def entity_id(self, site: str) -> str:
        """Return the identifier by which the federation, and so the provider, knows a site."""
        return self.url(site, "")

    def service_page(self, site: str) -> str:
        """Return the address of a site's page in "My account"."""
        return f"{self.issuer}/account/services/{quote(self.entity_id(site), safe='')}"

    def registered(self) -> set[str]:
        """Return whom an operator has registered."""
        with self._provider.context():
            return {row.client_id for row in relying_party_row.page("", 1000) if row.registration is None}

    def suspend(self, superior: str, entity: str) -> None:
        """Let an authority no longer stand behind an entity."""
        with self._provider.context():
            suspension.suspend(superior, entity, reason="整改期间暂停", by="test")
            commit()

    def resume(self, superior: str, entity: str) -> None:
        """Let it stand behind it again."""
        with self._provider.context():
            suspension.resume(superior, entity, by="test")
            commit()

    def path(self, site: str) -> tuple[str, ...]:
        """Return the entities of the chain by which a site is trusted, from itself upward."""
        with self._provider.context():
            return resolution.resolve(self.entity_id(site)).path

    def registered_site(self) -> Site:
        """Return a site that an operator has registered, as those outside of the federation are."""
        return self._provider.site()

    @property
    def inbox_url(self) -> str:
        """Return the address of the page with all messages."""
        return f"http://localhost:{self._inbox.port}/sms"

    def planted(self, username: str) -> Person:
        """Return somebody whom the sandbox came with: one and the same, who knows which codes they have used."""
        if username not in self._met:
            with self._provider.context():
                found = accounts.find_by_identifier(username)
                assert found is not None
                name, phone = accounts.name_of(found), accounts.phone_of(found)
                self._met[username] = Person(found.id, username, name, phone)
        return self._met[username]

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

    def state(self, site: str, **metadata: Any) -> None:
        """Let the superiors of a site state this of it, whatever it says itself (OpenID Federation 1.0 §3.1)."""
        with self._provider.context():
            for row in subordinate.superiors_of(self.entity_id(site)):
                stated = {**(row.declared or {}).get("openid_relying_party", {}), **metadata}
                subordinate.put(
                    row.superior_id,
                    row.entity_id,
                    entity_types=row.entity_types,
                    jwks=subordinate.jwks_of(row),
                    declared={"openid_relying_party": stated},
                )
            commit()

    def printed_code(self, person: Person, site: str) -> str:
        """Return the address in the QR code of the person's newest receipt of that site."""
        with self._provider.context():
            row = consent_record.find_row(person.id, self.entity_id(site))
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
