"""Two provinces that recognise one another, a third that says whatever a test wants, and who travels: fixtures."""

from collections.abc import Iterator

import pytest

from tests.provider import Template
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
