"""Somebody whom two provinces know, for the tests of this room."""

import base64
from collections.abc import Iterator

import pytest

from idp.accounts import account as accounts
from idp.recognition import recognised_identity
from tests.person import Person
from tests.recognition import arriving
from tests.recognition.hostile import Hostile
from tests.recognition.provinces import Provinces


@pytest.fixture
def known_here(provinces: Provinces, hostile: Hostile) -> Iterator[Person]:
    """Somebody with an account here, whom Anhui says it knows by the right identity HMAC."""
    person = provinces.here.person(arriving.number(), arriving.P3)
    provinces.here.work()
    with provinces.here.context():
        values = recognised_identity.values_of(accounts.get(person.id))
    text = base64.urlsafe_b64encode(values[0].digest).decode().rstrip("=")
    hostile.about = {
        "identity_join_keys": [{"epoch": values[0].epoch, "value": text}],
        "sub": f"p{person.id}",
    }
    hostile.claims = {"sub": f"p{person.id}"}
    yield person
    hostile.reset()
