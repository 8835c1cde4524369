"""Two `idp serve` on PostgreSQL and Redis of their own behind one address; the worker is a process beside them."""

from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx

from idp.db import db
from tests.integration.balancer import Balancer
from tests.integration.listening import Listening
from tests.integration.web_browser import WebBrowser
from tests.person import Person
from tests.services import postgresql, program, redis_server
from tests.services.deployment import Deployment, Running
from tests.site import Site, answered

# What was committed is on disk: the server is stopped as if its machine were gone.
DURABLE = {"listen_addresses": "127.0.0.1", "max_connections": "100", "shared_buffers": "64MB"}


class Pair:
    """``close`` it. ``servers`` can be killed and started again."""

    def __init__(self, directory: Path) -> None:
        self.cluster = postgresql.Cluster(DURABLE)
        self.redis = redis_server.Server()
        self.deployment = Deployment(
            directory,
            IDP_DATABASE_URL=self.cluster.url(self.cluster.create()),
            IDP_REDIS_URL=self.redis.url,
            IDP_SERVING__WORKER_INSIDE="false",
        )
        self.deployment.idp("init")
        self.issuer = self.deployment.issuer
        self._ports = [program.free_port(), program.free_port()]
        self.servers: list[Running] = [self.deployment.serve(port) for port in self._ports]
        for server in self.servers:
            server.wait_until_ready("/readyz")
        self._listening = Listening(self.deployment)
        self.provider = self._listening.provider
        self._balancer = Balancer(self.deployment.port, self._ports)

    def address(self, number: int) -> str:
        """Return one server's own address."""
        return f"http://127.0.0.1:{self._ports[number]}"

    def start_again(self, number: int) -> None:
        """Start a server that was killed."""
        self.servers[number] = self.deployment.serve(self._ports[number])
        self.servers[number].wait_until_ready("/readyz")

    def forget_connections(self) -> None:
        """Let the test's own look into the stores begin anew, after a database that was away."""
        with self.provider.context():
            db.engine.dispose()

    def browser(self, number: int | None = None, *, reloads: bool = False) -> WebBrowser:
        """Return a fresh browser at the common address, or at one server's."""
        address = "" if number is None else self.address(number)
        return WebBrowser(self.issuer, address, reloads=reloads)

    def post(self, site: Site, path: str, number: int | None = None, **form: Any) -> httpx.Response:
        """Ask a machine endpoint as *site* does."""
        headers, credentials = site.credentials()
        headers["Host"] = self.issuer.removeprefix("http://")
        address = self.issuer if number is None else self.address(number)
        return httpx.post(
            urljoin(address, path), data=credentials | form, headers=headers, trust_env=False, timeout=20
        )

    def redeem(self, site: Site, location: str, number: int | None = None) -> httpx.Response:
        """Exchange the code that the browser brought back."""
        return self.post(
            site,
            "/token",
            number,
            grant_type="authorization_code",
            code=answered(location)["code"],
            redirect_uri=site.redirect_uri,
            code_verifier=site.verifier,
        )

    def refresh(self, site: Site, refresh_token: str, number: int | None = None) -> httpx.Response:
        """Exchange a refresh token."""
        return self.post(site, "/token", number, grant_type="refresh_token", refresh_token=refresh_token)

    def log_in(self, site: Site, person: Person) -> dict[str, Any]:
        """Let *person* log in at *site* in a fresh browser; return the tokens."""
        with self.browser() as browser:
            there = browser.arrive(self.issuer + site.authorize_url(), person)
            assert there, f"{browser.answer.status_code} {browser.path} {browser.page.error}"
            answer = self.redeem(site, there)
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    def close(self) -> None:
        """Stop everything."""
        self._balancer.close()
        self._listening.close()
        self.deployment.stop()
        self.redis.stop()
        self.cluster.stop()
