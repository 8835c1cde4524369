"""Adding a subordinate that runs elsewhere: shown first, compared, and only below one's own authorities."""

import json
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from idp.db import commit
from idp.federation import resolution, subordinate, suspension
from idp.federation.trust_chain import ChainRefused
from idp.operators.rights import Role
from idp.relying_parties import served_item
from tests.console.authorities import RP, at, plant
from tests.console.conftest import CITY, COUNTY, PROVINCE, MakeOfficial, Official, post_directly, with_a_form
from tests.provider import Provider

SYSTEM = Role.SYSTEM_ADMINISTRATOR


class Elsewhere:
    """A site that runs elsewhere and publishes its own entity configuration."""

    def __init__(self) -> None:
        outer = self
        self.key = ECKey.generate_key("P-256", {"alg": "ES256", "use": "sig"})
        self.changes: dict[str, Any] = {}
        self.body: bytes | None = None

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = outer.body if outer.body is not None else outer.configuration().encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/entity-statement+jwt")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.id = f"http://127.0.0.1:{self._server.server_port}"
        self.superiors = ["https://other.example/authority"]
        self.metadata: dict[str, dict[str, Any]] = {
            RP: {
                "client_name": "公积金",
                "client_name#en": "Fund",
                "redirect_uris": [f"{self.id}/callback"],
                "item_codes": ["fund-query"],
                "division_code": "330106",
                "legal_basis": "consent",
                "sector_identifier_uri": "https://somebody-else.example/sector.json",
                "initiate_login_uri": f"{self.id}/login",
            }
        }

    @property
    def thumbprint(self) -> str:
        return self.key.thumbprint()

    @property
    def jwks(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False, kid=self.thumbprint)]}

    def configuration(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.id,
            "sub": self.id,
            "iat": now,
            "exp": now + 3600,
            "jwks": self.jwks,
            "authority_hints": self.superiors,
            "metadata": self.metadata,
        } | self.changes
        header = {"alg": "ES256", "typ": "entity-statement+jwt", "kid": self.thumbprint}
        return jwt.encode(header, claims, self.key, algorithms=["ES256"])

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    """A site nobody knows yet."""
    made = Elsewhere()
    yield made
    made.close()


def look(by: Official, superior: str, entity: str) -> str:
    by.browser.go(at("/add", superior=superior))
    by.browser.send("look", values={"entity": entity})
    return by.browser.response.get_data(as_text=True)


def is_below(provider: Provider, superior: str, entity: str) -> bool:
    with provider.context():
        return subordinate.find(superior, entity) is not None


def test_it_is_shown_compared_and_added(
    either: Provider, official: MakeOfficial, elsewhere: Elsewhere
) -> None:
    branch = plant(either)
    elsewhere.superiors = [branch.county]
    by = official(SYSTEM, at=COUNTY)
    page = look(by, branch.county, elsewhere.id)
    assert elsewhere.thumbprint in page
    assert "Fund" in page
    assert re.search(r'data-stated="legal_basis">.*?Consent of the person', page)
    assert 'id="not-named"' not in page
    assert not is_below(either, branch.county, elsewhere.id)
    by.browser.send("confirm", values={"compared": "yes"})
    assert by.browser.is_at("/console/federation/subordinate")
    with either.context():
        row = subordinate.get(branch.county, elsewhere.id)
        assert (row.division_code, row.item_codes, row.entity_types) == ("330106", ["fund-query"], [RP])
        # Of what it says of itself this counts only because its superior states it.
        stated = {"division_code": "330106", "item_codes": ["fund-query"], "legal_basis": "consent"}
        assert row.declared == {RP: stated}
        assert resolution.resolve(elsewhere.id).path == (
            *(elsewhere.id, branch.county, branch.city, branch.province, branch.nation),
        )
        # People find it before anybody has logged in there.
        served = served_item.candidates("fund-query", "330106")
        assert any(one.client_id == elsewhere.id and one.name("en") == "Fund" for one in served)


def test_who_has_suspended_it_is_said_before_it_is_added(
    either: Provider, official: MakeOfficial, elsewhere: Elsewhere
) -> None:
    branch = plant(either)
    with either.context():
        subordinate.put(branch.city, elsewhere.id, entity_types=[RP], jwks=elsewhere.jwks)
        commit()
    by = official(SYSTEM, at=COUNTY)
    assert 'id="suspended-by"' not in look(by, branch.county, elsewhere.id)
    with either.context():
        suspension.suspend(branch.city, elsewhere.id, reason="it leaked", by="operator:test")
        commit()
    page = look(by, branch.county, elsewhere.id)
    assert re.search(r'id="suspended-by".*?Hangzhou', page, re.DOTALL)
    # Why is for those who work there.
    assert "it leaked" not in page


def test_what_a_division_above_suspended_nobody_below_takes_in(
    either: Provider, official: MakeOfficial, elsewhere: Elsewhere
) -> None:
    branch = plant(either)
    elsewhere.superiors = [branch.city, branch.county]
    by = official(SYSTEM, at=COUNTY)
    look(by, branch.county, elsewhere.id)
    with either.context():
        subordinate.put(branch.city, elsewhere.id, entity_types=[RP], jwks=elsewhere.jwks)
        held = {"reason": "it leaked", "by": "official:x", "division_code": PROVINCE}
        suspension.suspend(branch.city, elsewhere.id, **held)
        commit()
    # It was suspended between looking and confirming.
    by.browser.send("confirm", values={"compared": "yes"})
    assert by.browser.response.status_code == 400
    page = by.browser.response.get_data(as_text=True)
    assert 'href="#entity"' in page
    assert "浙江省, which stands above yours, has suspended it" in page
    assert not is_below(either, branch.county, elsewhere.id)
    with either.context(), pytest.raises(ChainRefused):
        resolution.resolve(elsewhere.id)
    # The look says it at once, and offers nothing.
    page = look(by, branch.county, elsewhere.id)
    assert by.browser.response.status_code == 200
    assert re.search(r'id="held-above".*?浙江省', page, re.DOTALL)
    assert 'id="confirm"' not in page
    assert "it leaked" not in page
    # So it is for the city: it renews nothing either.
    page = look(official(SYSTEM, at=CITY), branch.city, elsewhere.id)
    assert 'id="held-above"' in page
    # Whoever suspended it decides.
    above = official(SYSTEM, at=PROVINCE)
    page = look(above, branch.county, elsewhere.id)
    assert 'id="held-above"' not in page
    assert 'id="suspended-by"' in page
    above.browser.send("confirm", values={"compared": "yes", "division_code": COUNTY})
    assert is_below(either, branch.county, elsewhere.id)


def test_a_hosted_county_that_the_province_suspended_goes_nowhere_else(
    either: Provider, official: MakeOfficial
) -> None:
    branch = plant(either)
    by = official(SYSTEM, at=CITY)
    page = look(by, branch.neighbour, branch.county)
    with either.context():
        held = {"reason": "it leaked", "by": "official:x", "division_code": PROVINCE}
        suspension.suspend(branch.city, branch.county, **held)
        commit()
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert seen
    values = {
        "entity": branch.county,
        "step": "confirm",
        "seen": seen[1],
        "compared": "yes",
        "division_code": "330105",
    }
    address = at("/add", superior=branch.neighbour)
    assert post_directly(with_a_form(by.browser), address, **values) == 400
    assert not is_below(either, branch.neighbour, branch.county)
    with either.context(), pytest.raises(ChainRefused):
        resolution.resolve(branch.site)


def test_what_divisions_beside_suspended_is_a_hint_only(
    either: Provider, official: MakeOfficial, elsewhere: Elsewhere
) -> None:
    branch = plant(either)
    elsewhere.superiors = [branch.neighbour, branch.county]
    with either.context():
        subordinate.put(branch.neighbour, elsewhere.id, entity_types=[RP], jwks=elsewhere.jwks)
        held = {"reason": "it leaked", "by": "official:x", "division_code": "330105"}
        suspension.suspend(branch.neighbour, elsewhere.id, **held)
        commit()
    by = official(SYSTEM, at=COUNTY)
    page = look(by, branch.county, elsewhere.id)
    assert re.search(r'id="suspended-by".*?It is suspended.*?Gongshu', page, re.DOTALL)
    by.browser.send("confirm", values={"compared": "yes"})
    assert is_below(either, branch.county, elsewhere.id)


def test_what_ones_own_authority_suspended_is_called_so(
    either: Provider, official: MakeOfficial, elsewhere: Elsewhere
) -> None:
    branch = plant(either)
    with either.context():
        subordinate.put(branch.county, elsewhere.id, entity_types=[RP], jwks=elsewhere.jwks)
        suspension.suspend(branch.county, elsewhere.id, reason="x", by="official:x", division_code=COUNTY)
        commit()
    by = official(SYSTEM, at=COUNTY)
    page = look(by, branch.county, elsewhere.id)
    assert re.search(r'id="suspended-here".*?Xihu', page, re.DOTALL)
    assert "do not stand behind it" not in page
    by.browser.send("confirm", values={"compared": "yes"})
    with either.context():
        assert not subordinate.get(branch.county, elsewhere.id).is_active


def test_without_comparing_or_a_place_of_ones_own_nothing_is_added(
    either: Provider, official: MakeOfficial, elsewhere: Elsewhere
) -> None:
    branch = plant(either)
    by = official(SYSTEM, at=COUNTY)
    page = look(by, branch.county, elsewhere.id)
    assert 'id="not-named"' in page
    for values, field in (
        ({}, "compared"),
        ({"compared": "yes", "division_code": "330105"}, "division_code"),
        ({"compared": "yes", "division_code": "330100"}, "division_code"),
        ({"compared": "yes", "division_code": "x\0"}, "division_code"),
        ({"compared": "yes", "seen": "0" * 64}, "entity"),
    ):
        by.browser.send("confirm", values=values)
        assert by.browser.response.status_code == 400
        assert f'href="#{field}"' in by.browser.response.get_data(as_text=True)
    assert not is_below(either, branch.county, elsewhere.id)


def test_keys_that_changed_after_looking_are_not_taken(
    either: Provider, official: MakeOfficial, elsewhere: Elsewhere
) -> None:
    branch = plant(either)
    by = official(SYSTEM, at=COUNTY)
    look(by, branch.county, elsewhere.id)
    elsewhere.key = ECKey.generate_key("P-256", {"alg": "ES256", "use": "sig"})
    by.browser.send("confirm", values={"compared": "yes"})
    assert by.browser.response.status_code == 400
    assert "It has changed since you looked" in by.browser.response.get_data(as_text=True)
    assert not is_below(either, branch.county, elsewhere.id)


@pytest.mark.parametrize(
    "change",
    [
        {"item_codes": ["fund-query", "id-card-renewal"]},
        {"legal_basis": "public_interest"},
        {"client_name#en": "Ministry of Finance"},
        {"initiate_login_uri": "https://elsewhere.example/login"},
    ],
)
def test_what_it_says_anew_after_looking_is_not_taken(
    either: Provider, official: MakeOfficial, elsewhere: Elsewhere, change: dict[str, Any]
) -> None:
    """A site that shows one face to the official and another to the confirmation, with the same keys."""
    branch = plant(either)
    by = official(SYSTEM, at=COUNTY)
    look(by, branch.county, elsewhere.id)
    elsewhere.metadata[RP] |= change
    by.browser.send("confirm", values={"compared": "yes"})
    assert by.browser.response.status_code == 400
    assert "It has changed since you looked" in by.browser.response.get_data(as_text=True)
    assert not is_below(either, branch.county, elsewhere.id)


def test_a_site_does_not_become_an_authority_after_looking(
    either: Provider, official: MakeOfficial, elsewhere: Elsewhere
) -> None:
    branch = plant(either)
    by = official(SYSTEM, at=COUNTY)
    look(by, branch.county, elsewhere.id)
    elsewhere.metadata["federation_entity"] = {
        "federation_fetch_endpoint": f"{elsewhere.id}/fetch",
        "federation_list_endpoint": f"{elsewhere.id}/list",
    }
    by.browser.send("confirm", values={"compared": "yes"})
    assert by.browser.response.status_code == 400
    assert not is_below(either, branch.county, elsewhere.id)


def test_a_site_of_others_is_not_moved_to_ones_own_place(
    either: Provider, official: MakeOfficial, elsewhere: Elsewhere
) -> None:
    """Whoever takes it in below a county does not take it away from the city that it serves."""
    branch = plant(either)
    elsewhere.superiors = [branch.city, branch.county]
    above = official(SYSTEM, at=CITY)
    look(above, branch.city, elsewhere.id)
    above.browser.send("confirm", values={"compared": "yes", "division_code": CITY})
    by = official(SYSTEM, at=COUNTY)
    look(by, branch.county, elsewhere.id)
    by.browser.send("confirm", values={"compared": "yes", "division_code": COUNTY})
    assert is_below(either, branch.county, elsewhere.id)
    with either.context():
        for place in (CITY, COUNTY):
            served = served_item.candidates("fund-query", place)
            assert [one.division_code for one in served if one.client_id == elsewhere.id] == [CITY]


def test_nobody_is_sent_to_a_site_by_an_authority_that_it_does_not_name(
    either: Provider, official: MakeOfficial, elsewhere: Elsewhere
) -> None:
    branch = plant(either)
    by = official(SYSTEM, at=COUNTY)
    look(by, branch.county, elsewhere.id)
    by.browser.send("confirm", values={"compared": "yes"})
    assert is_below(either, branch.county, elsewhere.id)
    with either.context():
        assert served_item.places_of(elsewhere.id) == set()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"sub": "http://127.0.0.1:1"}, "authority_hints"),
        ({"exp": 1}, "exp"),
        ({"iat": 9_999_999_999, "exp": 9_999_999_999 + 60}, "iat"),
        ({"crit": ["x"], "x": 1}, "crit"),
        ({"jwks": {"keys": []}}, "jwks"),
        ({"metadata": {"x" * 101: {}}}, "metadata"),
        ({"metadata": {"a\0b": {}}}, "metadata"),
    ],
)
def test_a_bad_configuration_is_explained(
    either: Provider, official: MakeOfficial, elsewhere: Elsewhere, changes: dict[str, Any], rule: str
) -> None:
    branch = plant(either)
    elsewhere.changes = changes
    page = look(official(SYSTEM, at=COUNTY), branch.county, elsewhere.id)
    assert re.findall(r'data-rule="([^"]+)"', page) == [rule]


def test_no_configuration_at_all_is_explained(
    either: Provider, official: MakeOfficial, elsewhere: Elsewhere
) -> None:
    branch = plant(either)
    by = official(SYSTEM, at=COUNTY)
    for body in (b"", b"<html>", json.dumps({"a": 1}).encode(), b"a.b.c", b"x" * 400_000):
        elsewhere.body = body
        assert 'id="unreadable"' in look(by, branch.county, elsewhere.id)
        assert by.browser.response.status_code == 400
    for entity in (
        "",
        "x",
        "ftp://a.example",
        "https://a.example/?q",
        "http://10.0.0.1",
        "a\0b",
        "http://127.0.0.1:1",
    ):
        page = look(by, branch.county, entity)
        assert 'id="unreadable"' in page
        assert by.browser.response.status_code == 400


def test_nobody_takes_in_what_belongs_to_others_or_makes_a_circle(
    either: Provider, official: MakeOfficial
) -> None:
    """An authority hosted here would be changed by it: its own configuration names its superiors."""
    branch = plant(either)
    by = official(SYSTEM, at=COUNTY)
    for entity in (branch.city, branch.province, branch.nation, branch.neighbour):
        look(by, branch.county, entity)
        by.browser.send("confirm", values={"compared": "yes", "division_code": "330106"})
        assert "This authority belongs to another division" in by.browser.response.get_data(as_text=True)
        assert not is_below(either, branch.county, entity)
    above = official(SYSTEM, at=PROVINCE)
    look(above, branch.county, branch.city)
    above.browser.send("confirm", values={"compared": "yes", "division_code": "330106"})
    assert "that would be a circle" in above.browser.response.get_data(as_text=True)
    assert not is_below(either, branch.county, branch.city)


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [(SYSTEM, COUNTY, 404), (Role.SECURITY_ADMINISTRATOR, CITY, 403), (Role.SUPERVISOR, CITY, 403)],
)
def test_only_system_administrators_of_the_division(
    either: Provider, official: MakeOfficial, role: Role, place: str, status: int, elsewhere: Elsewhere
) -> None:
    branch = plant(either)
    by = official(role, at=place)
    by.browser.open(at("/add", superior=branch.city))
    assert by.browser.response.status_code == status
    values = {"entity": elsewhere.id, "step": "confirm", "compared": "yes"}
    assert post_directly(with_a_form(by.browser), at("/add", superior=branch.city), **values) == status
    assert not is_below(either, branch.city, elsewhere.id)


def test_what_a_site_calls_itself_is_shown_as_text(
    either: Provider, official: MakeOfficial, elsewhere: Elsewhere
) -> None:
    branch = plant(either)
    elsewhere.changes = {
        "metadata": {
            RP: {
                "client_name": "<script>alert(1)</script>",
                "item_codes": ["a b", 7, "<b>", "x" * 100],
                "division_code": "'; DROP TABLE",
            }
        }
    }
    page = look(official(SYSTEM, at=COUNTY), branch.county, elsewhere.id)
    assert "<script>alert" not in page
    assert re.search(r"&lt;script&gt;", page)
    assert "DROP TABLE" not in page
