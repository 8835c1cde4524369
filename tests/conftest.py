"""Fixtures for every test: real servers, started once when first asked for; a browser; fresh databases.

Tests run in the order unit, integration, journey, each group shuffled (pytest-randomly).
"""

import contextlib
import os
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.services import chromium, postgresql, program, redis_server

# A whole provider: `provider`, `production`, `either`, `new_provider`. Two provinces that recognise one another.
pytest_plugins = ["tests.provider", "tests.recognition.two_provinces"]

ROOT = Path(__file__).resolve().parent.parent
SCREENSHOTS = ROOT / "var" / "test-screenshots"
FAILED: pytest.StashKey[bool] = pytest.StashKey()
USED: dict[str, str] = {}

# Their stories start programs or wait for real seconds; `make check` leaves them to `make test`.
SLOW = {
    Path("tests/cli/test_init.py"),
    Path("tests/clients/sites/test_serve.py"),
    Path("tests/ephemeral/test_store.py"),
    Path("tests/outbox/test_job.py"),
    Path("tests/outbox/test_worker.py"),
    Path("tests/sessions/test_backchannel_logout.py"),
    Path("tests/test_schema.py"),
}

os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(ROOT / "var" / "hypothesis"))
# How long one example takes says how busy the machine is; pytest-timeout sees what hangs.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")


def pytest_report_header() -> list[str]:
    """Say which servers are installed."""
    lines = []
    for find_version in (postgresql.find_version, redis_server.find_version):
        try:
            lines.append(f"installed: {find_version()}")
        except program.MissingProgramError as missing:
            lines.append(f"not installed: {missing}")
    return lines


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what is slow as a whole, and what must not share the machine: real programs, a browser, real seconds."""
    path = item.path.relative_to(ROOT)
    if path in SLOW:
        item.add_marker(pytest.mark.slow)
    if path in SLOW or path.is_relative_to("tests/integration") or item.get_closest_marker("journey"):
        item.add_marker(pytest.mark.alone)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick tests first; the sort is stable, so each group keeps its random order."""
    groups = ("journey", "slow", "integration")

    def rank(item: pytest.Item) -> int:
        present = [groups.index(name) for name in groups if item.get_closest_marker(name)]
        return len(groups) - min(present, default=len(groups))

    items.sort(key=rank)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember failures for the fixtures that end after the test."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which servers the tests really used."""
    if USED:
        terminalreporter.section("real servers used")
        for name, version in sorted(USED.items()):
            terminalreporter.write_line(f"{name} {version}")


# ---------------------------------------------------------------------------------------------- PostgreSQL


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[postgresql.Cluster]:
    """One private PostgreSQL server for the run."""
    cluster = postgresql.Cluster()
    USED["PostgreSQL"] = cluster.version
    try:
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture
def postgresql_url(postgresql_cluster: postgresql.Cluster) -> Iterator[str]:
    """The SQLAlchemy URL of a fresh, empty database."""
    database = postgresql_cluster.create()
    yield postgresql_cluster.url(database)
    postgresql_cluster.drop(database)


# --------------------------------------------------------------------------------------------------- Redis


@pytest.fixture(scope="session")
def redis_service() -> Iterator[redis_server.Server]:
    """One private Redis server for the run."""
    server = redis_server.Server()
    USED["Redis"] = server.version
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def redis_url(redis_service: redis_server.Server) -> str:
    """The URL of an empty Redis."""
    redis_service.flush()
    return redis_service.url


# ------------------------------------------------------------------------------------------------- browser


class OneChromium:
    """One Chromium for the run, started anew when a test that ran into its time limit took it along."""

    def __init__(self) -> None:
        self._playwright = contextlib.ExitStack()
        self._browser: Browser | None = None

    def get(self) -> Browser:
        """Return the browser that runs."""
        if self._browser is None or not self._browser.is_connected():
            self.close()
            self._browser = chromium.launch(self._playwright.enter_context(sync_playwright()))
            USED["Chromium"] = self._browser.version
        return self._browser

    def close(self) -> None:
        """Stop it."""
        # Of one whose connection broke, nothing is left to be stopped.
        with contextlib.suppress(PlaywrightError):
            self._playwright.close()
        self._browser = None


@pytest.fixture(scope="session")
def one_chromium() -> Iterator[OneChromium]:
    """The browser of the run."""
    made = OneChromium()
    yield made
    made.close()


@pytest.fixture
def browser(one_chromium: OneChromium) -> Browser:
    """A Chromium that runs."""
    return one_chromium.get()


@pytest.fixture
def new_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """A function that opens a page in a browser profile of its own; takes Playwright's context options.

    Should the test fail, each page's last sight is kept under var/test-screenshots.
    """
    contexts: list[BrowserContext] = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**{"locale": "zh-CN", "timezone_id": "Asia/Shanghai", **options})
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield open_page
    failed = request.node.stash.get(FAILED, False)
    name = re.sub(r"[^\w.-]+", "-", request.node.name)
    for number, context in enumerate(contexts):
        if failed:
            for position, page in enumerate(context.pages):
                SCREENSHOTS.mkdir(parents=True, exist_ok=True)
                with contextlib.suppress(PlaywrightError):
                    page.screenshot(path=SCREENSHOTS / f"{name}-{number}-{position}.png", full_page=True)
        with contextlib.suppress(PlaywrightError):
            context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One page in Chinese, on a desktop."""
    return new_page()
