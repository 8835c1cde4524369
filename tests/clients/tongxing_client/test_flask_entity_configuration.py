from collections.abc import Callable

import flask
import pytest

from tests.clients.loopback_provider import Clock
from tests.clients.visitor import Visitor
from tongxing_client import errors
from tongxing_client.entity import Entity

PATH = "/.well-known/openid-federation"
MakeApp = Callable[..., flask.Flask]
MakeEntity = Callable[..., Entity]


def test_the_federation_finds_the_site_at_its_address(make_app: MakeApp, make_entity: MakeEntity) -> None:
    app = make_app(client_id="", client_secret=None, entity=make_entity(), extra_scopes={"phone"})
    found = Visitor(app).get(PATH)
    assert found.status_code == 200
    assert found.headers["Content-Type"] == "application/entity-statement+jwt"
    assert found.text.count(".") == 2
    assert 0 < int(found.headers["Cache-Control"].removeprefix("max-age=")) <= 300


def test_asked_again_it_says_that_nothing_has_changed(
    make_app: MakeApp, make_entity: MakeEntity, clock: Clock
) -> None:
    visitor = Visitor(make_app(client_id="", client_secret=None, entity=make_entity()))
    etag = visitor.get(PATH).headers["ETag"]
    again = visitor.get(PATH, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    clock.time += 86_400
    assert visitor.get(PATH, headers={"If-None-Match": etag}).status_code == 200


def test_a_site_that_is_elsewhere_would_not_be_found(make_app: MakeApp, make_entity: MakeEntity) -> None:
    with pytest.raises(errors.WrongSettings, match="entity_id"):
        make_app(entity=make_entity(entity_id="http://localhost:5001"))


def test_who_is_registered_has_no_such_address(make_app: MakeApp) -> None:
    assert Visitor(make_app()).get(PATH).status_code == 404
