"""Grant Management for OAuth 2.0, draft -03: what a request does to a grant; the client looks at it, and ends it."""

import json
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from idp.accounts import account as accounts
from idp.audit.log import AuditEvent
from idp.background import HANDLERS
from idp.consent import consent_record, event
from idp.consent.event import ConsentEvent
from idp.db import commit, db
from idp.outbox.message import OutboxMessage
from idp.tokens import consent_withdrawal
from tests.journey.levels import P3, asked
from tests.journey.test_identity import company, mandate
from tests.person import Person, Visitor
from tests.provider import Provider
from tests.site import Site, Tokens, answered

QUERY, REVOKE = SCOPES = ("grant_management_query", "grant_management_revoke")
NOBODYS = "019ab3c4-5f60-7d21-8a43-2f1e0d9c8b7a"


@pytest.fixture
def site(either: Provider) -> Site:
    return manager(either)


def manager(provider: Provider, **metadata: Any) -> Site:
    """A site that manages its grants."""
    return provider.site(
        grant_types=["authorization_code", "refresh_token", "client_credentials"],
        scope=f"openid profile phone offline_access {QUERY} {REVOKE}",
        **metadata,
    )


@pytest.fixture
def person(either: Provider) -> Person:
    return either.person()


@pytest.fixture
def visitor(site: Site) -> Visitor:
    return site.visitor()


def with_grant(site: Site, person: Person, visitor: Visitor, action: str, **changes: Any) -> Tokens:
    """Log in with that action and redeem the code."""
    return site.tokens(person, visitor, grant_management_action=action, **changes)


def call(
    site: Site, grant_id: str, method: str = "GET", scope: str | None = None, token: str | None = None
) -> TestResponse:
    """Call the endpoint with a token of the client's own."""
    wanted = scope or (QUERY if method == "GET" else REVOKE)
    shown = token or site.token(grant_type="client_credentials", scope=wanted)["access_token"]
    return site.app.test_client().open(
        f"/grants/{grant_id}",
        method=method,
        base_url=site.issuer,
        headers={"Authorization": f"Bearer {shown}"},
    )


def described(site: Site, grant_id: str) -> dict[str, Any]:
    response = call(site, grant_id)
    assert response.status_code == 200, response.data
    body: dict[str, Any] = json.loads(response.data)
    return body


def is_dead(site: Site, tokens: Tokens) -> bool:
    return site.refresh(tokens["refresh_token"]).error == "invalid_grant"


def test_a_grant_can_be_looked_at(site: Site, person: Person, visitor: Visitor) -> None:
    """§6.4."""
    tokens = with_grant(site, person, visitor, "create", scope="openid profile")
    grant = described(site, tokens["grant_id"])
    assert grant["scopes"] == [{"scope": "openid profile"}]
    assert set(grant["claims"]) >= {"name", "locale"}
    assert "phone_number" not in grant["claims"]
    assert grant["created_at"] <= grant["last_updated"] == grant["last_updated_at"] < grant["expires_at"]
    assert grant["updated_by"] == "client"
    assert tokens["access_token"] not in json.dumps(grant)


def test_a_fresh_grant_asks_anew_and_ends_the_one_before(
    either: Provider, site: Site, person: Person, visitor: Visitor
) -> None:
    """§5.2 create: what was said for one grant is not said for another."""
    first = with_grant(site, person, visitor, "create")
    silent = asked(site, visitor, grant_management_action="create", prompt="none")
    assert silent["error"] == "consent_required"
    visitor.go(site.authorize_url(scope="openid profile", grant_management_action="create"))
    assert visitor.is_at("/consent")
    visitor.send("consent-allow")
    second = site.redeem(answered(visitor.location)["code"])
    assert second["grant_id"] != first["grant_id"]
    assert is_dead(site, first)
    assert call(site, first["grant_id"]).status_code == 404
    assert described(site, second["grant_id"])["scopes"] == [{"scope": "openid profile"}]
    with either.context():
        ended = db.session.query(ConsentEvent).filter_by(account_id=person.id, name="superseded").one()
        assert str(ended.record_id) == first["grant_id"]
        assert ended.document["by_record"] == second["grant_id"]


def test_who_says_no_to_a_fresh_grant_keeps_the_one_there_is(
    site: Site, person: Person, visitor: Visitor
) -> None:
    first = with_grant(site, person, visitor, "create")
    visitor.go(site.authorize_url(grant_management_action="create"))
    visitor.send("consent-deny")
    assert answered(visitor.location)["error"] == "access_denied"
    assert call(site, first["grant_id"]).status_code == 200
    assert site.refresh(first["refresh_token"]).status == 200


def test_merging_adds_and_ends_the_tokens_before(site: Site, person: Person, visitor: Visitor) -> None:
    first = with_grant(site, person, visitor, "create", scope="openid profile")
    merged = with_grant(site, person, visitor, "merge", grant_id=first["grant_id"], scope="openid phone")
    assert merged["grant_id"] == first["grant_id"]
    assert is_dead(site, first)
    assert not is_dead(site, merged)
    assert described(site, first["grant_id"])["scopes"] == [{"scope": "openid phone profile"}]


def test_replacing_leaves_nothing_else(site: Site, person: Person, visitor: Visitor) -> None:
    first = with_grant(site, person, visitor, "create")
    replaced = with_grant(site, person, visitor, "replace", grant_id=first["grant_id"], scope="openid phone")
    assert replaced["grant_id"] == first["grant_id"]
    assert is_dead(site, first)
    grant = described(site, first["grant_id"])
    assert grant["scopes"] == [{"scope": "openid phone"}]
    assert "name" not in grant["claims"]
    assert asked(site, visitor, scope="openid profile", prompt="none")["error"] == "consent_required"


def test_access_tokens_end_too_with_the_worker(
    either: Provider, site: Site, person: Person, visitor: Visitor
) -> None:
    """§10: relevant tokens are revoked out of band."""
    first = with_grant(site, person, visitor, "create")
    with_grant(site, person, visitor, "merge", grant_id=first["grant_id"])
    with either.context():
        query = db.session.query(OutboxMessage).filter_by(kind=consent_withdrawal.KIND, account_id=person.id)
        for message in query.all():
            HANDLERS[message.kind](message)
    assert site.introspect(first["access_token"]) == {"active": False}


def test_a_client_that_manages_grants_is_told_which_it_has(
    site: Site, person: Person, visitor: Visitor, either: Provider
) -> None:
    first = with_grant(site, person, visitor, "create")
    assert site.redeem(asked(site, visitor, prompt="none")["code"])["grant_id"] == first["grant_id"]
    other = either.site()
    assert "grant_id" not in other.tokens(person).body
    assert "grant_id" in other.tokens(person, grant_management_action="create").body, "§5.5: who asks is told"


def test_what_the_law_releases_has_a_grant_as_well(either: Provider, person: Person) -> None:
    site = manager(either, legal_basis="statutory_duty")
    visitor = site.visitor()
    first = with_grant(site, person, visitor, "create", scope="openid profile")
    second = site.redeem(
        asked(site, visitor, scope="openid profile", grant_management_action="create", prompt="none")["code"]
    )
    assert second["grant_id"] != first["grant_id"]
    assert is_dead(site, first)
    assert "name" in described(site, second["grant_id"])["claims"]
    plain = asked(site, visitor, scope="openid", grant_management_action="create", prompt="none")
    assert described(site, site.redeem(plain["code"])["grant_id"])["claims"] == []


def test_it_says_in_what_somebody_acts_for_the_other(either: Provider) -> None:
    """RFC 9396: the grant is the enterprise's, the details are of who acts for it."""
    site = manager(either, acting_as=["enterprise"])
    person = either.person(evidence=P3, totp=True)
    principal = company(either)
    held = mandate(either, principal, person.id)
    visitor = site.visitor()
    visitor.go(site.authorize_url(scope="openid profile", grant_management_action="create"))
    visitor.log_in(person)
    visitor.send("", values={"identity": str(held)})
    visitor.send("consent-allow")
    tokens = site.redeem(answered(visitor.location)["code"])
    grant = described(site, tokens["grant_id"])
    assert grant["authorization_details"] == tokens["authorization_details"]
    assert str(principal) not in json.dumps(grant)
    assert str(person.id) not in json.dumps(grant)


def test_only_ones_own_grant_can_be_named(either: Provider, site: Site, person: Person) -> None:
    """§5.4: unknown, or not this person's."""
    visitor = site.visitor()
    theirs = with_grant(site, person, visitor, "create")["grant_id"]
    somebody = either.person()
    elsewhere = either.site().tokens(somebody, grant_management_action="create")["grant_id"]
    mine = site.visitor()
    site.tokens(somebody, mine)
    for grant_id in (theirs, elsewhere, str(uuid4())):
        for action in ("merge", "replace"):
            answer = asked(site, mine, grant_management_action=action, grant_id=grant_id)
            assert answer["error"] == "invalid_grant_id"
    assert call(site, theirs).status_code == 200


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_management_action": "update"}, "invalid_request"),
        ({"grant_id": NOBODYS}, "invalid_request"),
        ({"grant_management_action": "merge"}, "invalid_request"),
        ({"grant_management_action": "merge", "grant_id": "x"}, "invalid_grant_id"),
    ],
)
def test_what_does_not_fit_is_answered_to_the_site(
    site: Site, visitor: Visitor, changes: dict[str, str], error: str
) -> None:
    assert asked(site, visitor, **changes)["error"] == error


def test_a_client_gives_a_grant_back(either: Provider, site: Site, person: Person, visitor: Visitor) -> None:
    """§6.5: the grant and all its tokens are gone; the person is asked next time."""
    tokens = with_grant(site, person, visitor, "create")
    response = call(site, tokens["grant_id"], "DELETE")
    assert (response.status_code, response.data) == (204, b"")
    assert site.introspect(tokens["access_token"]) == {"active": False}
    assert site.userinfo(tokens["access_token"]).status_code == 401
    assert is_dead(site, tokens)
    assert call(site, tokens["grant_id"]).status_code == 404
    assert call(site, tokens["grant_id"], "DELETE").status_code == 404
    assert asked(site, visitor, prompt="none")["error"] == "consent_required"
    again = asked(site, visitor, grant_management_action="merge", grant_id=tokens["grant_id"])
    assert again["error"] == "invalid_grant_id"
    with either.context():
        ended = db.session.query(AuditEvent).filter_by(account_id=person.id, name="consent.superseded").one()
        assert ended.actor == f"relying_party:{site.id}"
    assert site.tokens(person, visitor)["grant_id"] != tokens["grant_id"]


def test_giving_it_back_does_not_let_the_site_ask_about_what_was_refused(
    either: Provider, site: Site, person: Person, visitor: Visitor
) -> None:
    """A person's no, and what they took back, outlive the record."""
    tokens = with_grant(site, person, visitor, "create")
    with either.context():
        account = accounts.get(person.id)
        consent_withdrawal.withdraw(account, site.id, items={"phone_number"})
        commit()
    assert call(site, tokens["grant_id"], "DELETE").status_code == 204
    with either.context():
        given = consent_record.find(person.id, site.id)
        assert given is not None
        assert given.withheld_items == {"phone_number"}


def test_a_withdrawn_grant_is_gone_and_a_part_of_it_is_not(
    either: Provider, site: Site, person: Person, visitor: Visitor
) -> None:
    grant_id = with_grant(site, person, visitor, "create")["grant_id"]
    for items, status in (({"phone_number"}, 200), (None, 404)):
        with either.context():
            consent_withdrawal.withdraw(accounts.get(person.id), site.id, items=items)
            commit()
        response = call(site, grant_id)
        assert response.status_code == status
        if status == 200:
            assert json.loads(response.data)["updated_by"] == "authorization_server"
            assert json.loads(response.data)["scopes"] == [{"scope": "openid profile"}]


def test_the_call_needs_a_token_of_the_clients_own_with_the_scope(
    either: Provider, site: Site, person: Person, visitor: Visitor
) -> None:
    """§6.1, §6.6."""
    scope = f"openid profile {QUERY}"
    tokens = with_grant(site, person, visitor, "create", scope=scope)
    grant_id = tokens["grant_id"]
    assert call(site, grant_id, token=tokens["access_token"]).status_code == 401
    assert call(site, grant_id, token="x").status_code == 401
    assert call(site, grant_id, scope=REVOKE).status_code == 403
    assert call(site, grant_id, "DELETE", scope=QUERY).status_code == 403
    assert call(manager(either), grant_id).status_code == 404, "nobody learns that it is there"
    bare = site.app.test_client().get(f"/grants/{grant_id}", base_url=site.issuer)
    assert bare.status_code == 401
    assert bare.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("grant_id", ["", "x", "%00", "a" * 300, NOBODYS, "../token"])
def test_what_is_no_grant_is_not_found(site: Site, grant_id: str) -> None:
    assert call(site, grant_id).status_code == 404


def test_there_is_no_list_of_grants(site: Site, person: Person, visitor: Visitor) -> None:
    """§6: no bulk access."""
    with_grant(site, person, visitor, "create")
    token = site.token(grant_type="client_credentials", scope=QUERY)["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    client = site.app.test_client()
    assert client.get("/grants", base_url=site.issuer, headers=headers).status_code == 404
    assert client.get("/grants", base_url=site.issuer).status_code == 401


def test_other_methods_are_not_there(site: Site) -> None:
    assert call(site, str(uuid4()), "POST", scope=QUERY).status_code == 405


def test_the_chain_of_events_tells_the_whole_story(
    either: Provider, site: Site, person: Person, visitor: Visitor
) -> None:
    first = with_grant(site, person, visitor, "create", scope="openid profile")
    with_grant(site, person, visitor, "merge", grant_id=first["grant_id"], scope="openid phone")
    call(site, first["grant_id"], "DELETE")
    with either.context():
        names = [one.name for one in event.of_account(person.id)]
        assert names == ["superseded", "given", "given"]
