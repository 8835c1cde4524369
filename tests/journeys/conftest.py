"""The whole sandbox as `make run` starts it, on ports of its own, and people who walk through it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.journeys.sandbox import Sandbox
from tests.journeys.walk import Walk
from tests.services.deployment import Deployment


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Provider with its worker inside, SMS inbox, the sites that nobody registered."""
    deployment = Deployment(tmp_path_factory.mktemp("sandbox"))
    ports = deployment.place_sites()
    deployment.idp("init", "--sandbox")
    try:
        running = Sandbox(deployment, ports)
        yield running
        running.close()
    finally:
        deployment.stop()


@pytest.fixture
def walk(new_page: Callable[..., Page], sandbox: Sandbox) -> Iterator[Callable[..., Walk]]:
    """A function that opens a browser of its own; whatever a page complained about fails the test at its end."""
    walks: list[Walk] = []

    def begin(look: str = "zh-desktop", **options: object) -> Walk:
        walks.append(Walk(new_page, sandbox, look, **options))
        return walks[-1]

    yield begin
    for one in walks:
        one.check_complaints()
