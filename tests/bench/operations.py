"""The operations that are timed. Each connection has one: `prepare` is not timed, `run` is, until `done`."""

import base64
import json
from typing import Any, Protocol
from urllib.parse import urlencode

from tests.bench import plan
from tests.bench.connection import Answer, Connection, Refused
from tests.bench.visitor import VERIFIER, Visitor

CODES_EACH = 60
OK = 200


class Operation(Protocol):
    """What each operation offers."""

    done: bool

    async def prepare(self, connection: Connection, host: str, number: int) -> None:
        """Get what the first run needs."""

    async def run(self) -> None:
        """Do it once; raises Refused."""


class Machine:
    """Requests of the relying party's server to the provider."""

    done = False

    def __init__(self) -> None:
        self.connection = Connection()
        self.host = ""

    async def prepare(self, connection: Connection, host: str, number: int) -> None:
        """Keep the connection."""
        self.connection, self.host = connection, host

    async def run(self) -> None:
        """Do it once; each operation says how."""
        raise NotImplementedError

    def post(self, path: str, **fields: str) -> bytes:
        """Return an authenticated form post as bytes."""
        body = urlencode(fields).encode()
        credentials = base64.b64encode(f"{plan.CLIENT_ID}:{plan.CLIENT_SECRET}".encode()).decode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Basic {credentials}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    async def send(self, request: bytes) -> Answer:
        """Send, and insist on 200."""
        answer = await self.connection.send(request)
        if answer.status != OK:
            raise Refused(f"{answer.status} {answer.body[:120]!r}")
        return answer

    async def redeem(self, code: str) -> dict[str, Any]:
        """Redeem a code for tokens."""
        request = self.post(
            "/token",
            grant_type="authorization_code",
            code=code,
            redirect_uri=plan.REDIRECT_URI,
            code_verifier=VERIFIER,
        )
        tokens: dict[str, Any] = json.loads((await self.send(request)).body)
        return tokens

    async def log_in(self, number: int) -> Visitor:
        """Log somebody in, in a browser of their own on this connection."""
        visitor = Visitor(self.connection, self.host)
        self.code = await visitor.log_in(plan.username(number), plan.PASSWORD)
        return visitor


class Discovery(Machine):
    """The discovery document."""

    async def run(self) -> None:
        """Fetch it."""
        await self.send(
            f"GET /.well-known/openid-configuration HTTP/1.1\r\nHost: {self.host}\r\n\r\n".encode()
        )


class ClientCredentials(Machine):
    """A token for the relying party itself."""

    async def prepare(self, connection: Connection, host: str, number: int) -> None:
        """Write the request once."""
        await super().prepare(connection, host, number)
        self.request = self.post("/token", grant_type="client_credentials")

    async def run(self) -> None:
        """Ask for one."""
        await self.send(self.request)


class CodeExchange(Machine):
    """Redeeming codes that were asked for before."""

    async def prepare(self, connection: Connection, host: str, number: int) -> None:
        """Log in once, then collect codes within the session."""
        await super().prepare(connection, host, number)
        visitor = await self.log_in(number)
        self.codes = [self.code] + [await visitor.authorize() for _ in range(CODES_EACH - 1)]

    async def run(self) -> None:
        """Redeem the next one."""
        await self.redeem(self.codes.pop())
        self.done = not self.codes


class Refresh(Machine):
    """Rotating one family of refresh tokens, one after the other."""

    async def prepare(self, connection: Connection, host: str, number: int) -> None:
        """Get the first token."""
        await super().prepare(connection, host, number)
        await self.log_in(number)
        self.tokens = await self.redeem(self.code)

    async def run(self) -> None:
        """Use the latest for the next."""
        request = self.post("/token", grant_type="refresh_token", refresh_token=self.tokens["refresh_token"])
        self.tokens |= json.loads((await self.send(request)).body)


class Introspection(Refresh):
    """Asking about an access token that is active."""

    async def prepare(self, connection: Connection, host: str, number: int) -> None:
        """Write the request once."""
        await super().prepare(connection, host, number)
        self.request = self.post("/introspect", token=self.tokens["access_token"])

    async def run(self) -> None:
        """Ask."""
        answer = await self.send(self.request)
        if b'"active":true' not in answer.body.replace(b" ", b""):
            raise Refused("inactive")


class Userinfo(Refresh):
    """Fetching claims with an access token."""

    async def prepare(self, connection: Connection, host: str, number: int) -> None:
        """Write the request once."""
        await super().prepare(connection, host, number)
        token = self.tokens["access_token"]
        self.request = (
            f"GET /userinfo HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        )

    async def run(self) -> None:
        """Fetch."""
        await self.send(self.request)


class SingleSignOn(Machine):
    """An authorization request that the session answers without a prompt."""

    async def prepare(self, connection: Connection, host: str, number: int) -> None:
        """Log in."""
        await super().prepare(connection, host, number)
        self.visitor = await self.log_in(number)

    async def run(self) -> None:
        """Ask for a code."""
        await self.visitor.authorize()


class Login(Machine):
    """A whole login by password: authorization request, page, form, code, tokens. A new browser each time."""

    async def prepare(self, connection: Connection, host: str, number: int) -> None:
        """Begin with a person of one's own."""
        await super().prepare(connection, host, number)
        self.number = number

    async def run(self) -> None:
        """Log in and redeem the code."""
        self.number += 1
        await self.log_in(self.number)
        await self.redeem(self.code)


class LoginPage(Machine):
    """The first page a person sees: authorization request and login page."""

    async def run(self) -> None:
        """Open it in a new browser."""
        await Visitor(self.connection, self.host).open_login()


ALL: dict[str, type[Machine]] = {
    "discovery": Discovery,
    "client credentials": ClientCredentials,
    "code exchange": CodeExchange,
    "refresh": Refresh,
    "introspection": Introspection,
    "userinfo": Userinfo,
    "single sign-on": SingleSignOn,
    "login page": LoginPage,
    "password login": Login,
}
