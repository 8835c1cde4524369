"""Two provinces that recognise one another, for the tests of this room."""

import base64
from collections.abc import Iterator

import pytest

from idp.accounts import account as accounts
from idp.recognition import recognised_identity
from tests.person import Person
from tests.provider import Template
from tests.recognition import arriving
from tests.recognition.hostile import Hostile
from tests.recognition.provinces import Provinces
from tests.recognition.traveller import Traveller


@pytest.fixture(scope="session")
def provinces(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provinces]:
    """Both provinces; people and sites of a test are its own."""
    made = Provinces(template, tmp_path_factory.mktemp("provinces"))
    yield made
    made.close()


@pytest.fixture
def traveller() -> Iterator[Traveller]:
    """A fresh browser."""
    made = Traveller()
    yield made
    made.close()


@pytest.fixture(scope="session")
def anhui(provinces: Provinces) -> Iterator[Hostile]:
    """A third province's provider, which says whatever a test wants."""
    made = Hostile(provinces, "340000")
    yield made
    made.close()


@pytest.fixture
def hostile(anhui: Hostile) -> Hostile:
    """The same, honest until the test changes it."""
    anhui.reset()
    return anhui


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
