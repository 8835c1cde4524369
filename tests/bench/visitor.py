"""A browser without a screen: follows the provider's redirects, keeps cookies, fills in the login form."""

import html
import re
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.bench.connection import Answer, Connection, Refused
from tests.bench.plan import CLIENT_ID, REDIRECT_URI, SCOPE

# RFC 7636 appendix B; one verifier will do for everybody here.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
MOST_STEPS = 12
# The frame has forms of its own.
_FORM = re.compile(r'<form[^>]*action="(/login[^"]*)"')
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
AUTHORIZE = "/authorize?" + urlencode(
    {
        "client_id": CLIENT_ID,
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": SCOPE,
        "state": "bench",
        "nonce": "bench",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
)


class Visitor:
    """One person at one browser."""

    def __init__(self, connection: Connection, host: str) -> None:
        self._connection = connection
        self._host = host
        self._cookies: dict[str, str] = {}

    async def log_in(self, username: str, password: str) -> str:
        """Log in from the authorization request to the code."""
        page = await self.open_login()
        form, token = _FORM.search(page), _TOKEN.search(page)
        if form is None or token is None:
            raise Refused("no login form on the page")
        fields = {"csrf_token": html.unescape(token[1]), "identifier": username, "password": password}
        answer = await self._follow(await self._post(html.unescape(form[1]), urlencode(fields)))
        return _code(answer)

    async def open_login(self) -> str:
        """Begin a login and return the page that asks for the password."""
        answer = await self._follow(await self._get(AUTHORIZE))
        if answer.status != 200:
            raise Refused(f"login page: {answer.status}")
        return answer.body.decode()

    async def authorize(self) -> str:
        """Ask for one more code within the session."""
        return _code(await self._follow(await self._get(AUTHORIZE)))

    async def get(self, path: str) -> Answer:
        """Fetch one page or file."""
        return await self._get(path)

    async def _follow(self, answer: Answer) -> Answer:
        for _ in range(MOST_STEPS):
            location = answer.header("location")
            if not location or location.startswith(REDIRECT_URI):
                return answer
            parts = urlsplit(location)
            answer = await self._get(parts.path + (f"?{parts.query}" if parts.query else ""))
        raise Refused("too many redirects")

    async def _get(self, path: str) -> Answer:
        return await self._send(f"GET {path} HTTP/1.1\r\n", b"")

    async def _post(self, action: str, body: str) -> Answer:
        head = f"POST {action} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        return await self._send(head, body.encode())

    async def _send(self, head: str, body: bytes) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        head += f"Host: {self._host}\r\nContent-Length: {len(body)}\r\n"
        head += f"Cookie: {cookies}\r\n" if cookies else ""
        answer = await self._connection.send(head.encode() + b"\r\n" + body)
        for name, value in answer.headers:
            if name == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self._cookies[cookie] = content
        return answer


def _code(answer: Answer) -> str:
    query = parse_qs(urlsplit(answer.header("location")).query)
    if "code" not in query:
        found = re.search(rb'data-error="([^"]*)"', answer.body)
        raise Refused(f"no code: {answer.status} {query.get('error')} {found[1].decode() if found else ''}")
    return query["code"][0]
