"""The door for machines: a thin WSGI callable in front of Flask for endpoints that need no pages, cookies or forms.

An endpoint's handler takes a `Call` and returns an `Answer`, both plain values; this file reads the one and sends the
other. It serves several times as many requests as a Flask view (tests/bench), with one implementation of each.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask

from idp import logs, metrics, parameters
from idp.db import AWAY
from idp.errors import IdpError, InvalidInput, TooLarge
from idp.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
Headers = tuple[tuple[str, str], ...]
# No cookie plays a part at these endpoints, so any origin may read their answers (Fetch §3.2).
COMMON: Headers = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "WWW-Authenticate, X-Trace-Id"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
)
NO_STORE: Headers = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
HSTS: Headers = (("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),)
PREFLIGHT: Headers = (
    ("Access-Control-Allow-Headers", "Authorization, Content-Type"),
    ("Access-Control-Max-Age", "3600"),
)
# What an OAuth client is told when a room refuses (RFC 6749 §5.2 has no more codes than these for our cases).
OAUTH_CODES = {403: "access_denied", 429: "temporarily_unavailable", 503: "temporarily_unavailable"}
# OpenID Federation 1.0 §8.9 has one more.
FEDERATION_CODES = OAUTH_CODES | {404: "not_found"}
UNAVAILABLE_SECONDS = 5

LOG = logs.get(__name__)


class Call:
    """One request of a machine: method, Authorization header, parameters and the caller's address."""

    def __init__(self, environ: "WSGIEnvironment", longest: int, scheme: str = "https") -> None:
        self._environ = environ
        self._longest = longest
        self._scheme = scheme
        self._form: dict[str, str] | None = None

    @property
    def method(self) -> str:
        """The HTTP method."""
        return str(self._environ["REQUEST_METHOD"])

    @property
    def resource(self) -> str:
        """The last segment of the path: which resource, where the route ends in ONE."""
        return str(self._environ.get("PATH_INFO", "")).rpartition("/")[2]

    @property
    def entity_id(self) -> str:
        """The entity that is addressed, where the route begins with ENTITY: host and path before the last two parts.

        Only its form is known: nobody has checked that we host one of that name. Ours all have the issuer's scheme.
        """
        path = str(self._environ.get("PATH_INFO", "")).rsplit("/", 2)[0]
        return f"{self._scheme}://{str(self._environ.get('HTTP_HOST', '')).lower()}{path}"

    @property
    def query_lists(self) -> dict[str, list[str]]:
        """The parameters of the address, each with all its values; raises InvalidInput when one is no UTF-8."""
        return parameters.read_lists(str(self._environ.get("QUERY_STRING", "")).encode("latin-1", "replace"))

    @property
    def address(self) -> str:
        """The caller's network address."""
        return str(self._environ.get("REMOTE_ADDR", ""))

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that matter to authentication: Authorization, when it was sent."""
        value = self._environ.get("HTTP_AUTHORIZATION")
        return {} if value is None else {"Authorization": value}

    @property
    def is_form(self) -> bool:
        """Whether the body claims to be a form."""
        return self.has_type(FORM)

    def has_type(self, mimetype: str) -> bool:
        """Whether the body claims to be of this type."""
        return str(self._environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower() == mimetype

    @property
    def form(self) -> dict[str, str]:
        """The form's parameters; raises InvalidInput when the body is not one, TooLarge beyond the limit."""
        if self._form is None:
            if not self.is_form:
                raise InvalidInput("invalid_request", detail=f"the body must be {FORM}")
            self._form = parameters.read(self._body())
        return self._form

    def body(self, mimetype: str, longest: int) -> str:
        """Return a body of this type in ASCII; raises InvalidInput when it is another, TooLarge beyond *longest*."""
        if not self.has_type(mimetype):
            raise InvalidInput("invalid_request", detail=f"the body must be {mimetype}")
        content = self._body()
        if len(content) > longest:
            raise TooLarge("request_too_large")
        if not content.isascii():
            raise InvalidInput("invalid_request", detail="the body must be ASCII")
        return content.decode("ascii").strip()

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the address; raises InvalidInput when one is repeated or no UTF-8."""
        return parameters.read(str(self._environ.get("QUERY_STRING", "")).encode("latin-1", "replace"))

    def json(self) -> dict[str, Any]:
        """Return a JSON object (RFC 8259); raises InvalidInput for anything else, TooLarge beyond the limit."""
        if not self.has_type(JSON):
            raise InvalidInput("invalid_request", detail=f"the body must be {JSON}")
        try:
            text = self._body().decode()
            found = json.loads(text, parse_constant=_refuse_constant)
            if "\\ud" in text.lower():
                # Half a character (RFC 8259 §8.2), which no database keeps and no answer can repeat.
                json.dumps(found, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise InvalidInput("invalid_request", detail="the body is not JSON") from error
        if not isinstance(found, dict):
            raise InvalidInput("invalid_request", detail="the body must be a JSON object")
        return found

    def matches(self, etag: str) -> bool:
        """Whether the caller has this version already (If-None-Match, RFC 9110 §13.1.2)."""
        sent = str(self._environ.get("HTTP_IF_NONE_MATCH", ""))
        return etag in {part.strip().removeprefix("W/") for part in sent.split(",")}

    def _body(self) -> bytes:
        declared = self._environ.get("CONTENT_LENGTH") or "0"
        length = int(declared) if declared.isascii() and declared.isdigit() else self._longest + 1
        if length > self._longest:
            raise TooLarge("request_too_large")
        if not length and self._environ.get("HTTP_TRANSFER_ENCODING"):
            length = self._longest + 1
        body: bytes = self._environ["wsgi.input"].read(length)
        if len(body) > self._longest:
            raise TooLarge("request_too_large")
        return body


@dataclass(frozen=True)
class Answer:
    """What to send: a status, bytes and headers beyond the common ones."""

    status: int
    body: bytes
    headers: Headers = NO_STORE
    mimetype: str = "application/json"


Handler = Callable[[Call], Answer]
# Path → method → handler. A path that ends in ONE stands for every resource of that collection.
ONE = "/<id>"
# A path that begins with ENTITY stands for the two parts behind it below every hosted entity, whatever its host name.
ENTITY = "<entity>"
Routes = Mapping[str, Mapping[str, Handler]]


def answer(value: Mapping[str, Any], status: int = 200, headers: Headers = ()) -> Answer:
    """Return *value* as JSON that nobody stores."""
    return Answer(status, json.dumps(value, ensure_ascii=False).encode(), NO_STORE + headers)


def cacheable(call: Call, body: bytes, mimetype: str, max_age: int) -> Answer:
    """Return public bytes with ETag and max-age (seconds); 304 where the caller has them."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = (("Cache-Control", f"public, max-age={max_age}"), ("ETag", etag))
    return Answer(304, b"", headers) if call.matches(etag) else Answer(200, body, headers, mimetype)


class MachineDoor:
    """Answers what is in *routes*, passes everything else on to *pages*."""

    def __init__(self, app: Flask, pages: "WSGIApplication", settings: Settings, routes: Routes) -> None:
        self._context = app.app_context
        self._pages = pages
        self._routes = routes
        self._entity_routes = {path.removeprefix(ENTITY): path for path in routes if path.startswith(ENTITY)}
        self._scheme, self._host = urlsplit(settings.issuer)[:2]
        self._limits = settings.limits
        self._common = COMMON + (HSTS if settings.secure_cookies else ())

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Serve one request."""
        path = environ.get("PATH_INFO", "")
        handlers = self._routes.get(path)
        if handlers is None:
            handlers, path = self._find_pattern(path)
        if handlers is None:
            return self._pages(environ, start_response)
        trace_id = secrets.token_hex(8)
        started = metrics.start()
        with logs.bind_trace(trace_id):
            made = self._answer(environ, handlers, any_host=path.startswith(ENTITY))
        metrics.request_answered(path, made.status, started)
        headers = [*self._common, *made.headers, ("X-Trace-Id", trace_id)]
        if made.body:
            # 204 and 304 have neither (RFC 9110 §8.6).
            headers += [("Content-Length", str(len(made.body))), ("Content-Type", made.mimetype)]
        start_response(f"{made.status} {HTTPStatus(made.status).phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [made.body]

    def _find_pattern(self, path: str) -> tuple[Mapping[str, Handler] | None, str]:
        """Return the handlers of a route with a part that varies, and the route."""
        above, _, last = path.rpartition("/")
        found = self._entity_routes.get(f"/{above.rpartition('/')[2]}/{last}")
        if found is None:
            found = above + ONE
        return self._routes.get(found), found

    def _answer(
        self, environ: "WSGIEnvironment", handlers: Mapping[str, Handler], *, any_host: bool
    ) -> Answer:
        method = environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            return Answer(204, b"", (*PREFLIGHT, ("Access-Control-Allow-Methods", ", ".join(handlers))))
        handler = handlers.get("GET" if method == "HEAD" else method)
        if handler is None:
            allowed = (("Allow", ", ".join([*handlers, "OPTIONS"])),)
            return _refusal(405, "invalid_request", "method not allowed", allowed)
        try:
            self._check(environ, any_host=any_host)
            with self._context():
                return handler(Call(environ, self._limits.request_bytes, self._scheme))
        except IdpError as error:
            LOG.info("refused", error_code=error.code, detail=error.detail, status=error.status)
            retry = (("Retry-After", str(error.retry_after)),) if error.retry_after is not None else ()
            public = error.detail if isinstance(error, InvalidInput) else error.code
            codes = FEDERATION_CODES if any_host else OAUTH_CODES
            code = codes.get(error.status, "server_error" if error.status >= 500 else "invalid_request")  # noqa: PLR2004 - ours, not the caller's
            return _refusal(error.status, code, public, retry)
        except AWAY as error:
            LOG.error("database away", detail=type(error).__name__)  # noqa: TRY400 - the type says it all
            retry = (("Retry-After", str(UNAVAILABLE_SECONDS)),)
            return _refusal(503, "temporarily_unavailable", "database", retry)
        except Exception:
            LOG.exception("unforeseen")
            return _refusal(500, "server_error", "unforeseen")

    def _check(self, environ: "WSGIEnvironment", *, any_host: bool) -> None:
        # An entity may have a host name of its own: who is addressed is looked up, by host and path together.
        if not any_host and environ.get("HTTP_HOST", "").lower() != self._host:
            raise InvalidInput("wrong_host", detail="this server is not addressed by that name")
        if len(environ.get("QUERY_STRING", "")) > self._limits.query_bytes:
            raise TooLarge("request_too_large")


def printable(description: str) -> str:
    """Return what of a text may stand in ``error_description`` (RFC 6749 §5.2)."""
    return "".join(char for char in description if " " <= char <= "~" and char not in '"\\')


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _refusal(status: int, error: str, description: str, headers: Headers = ()) -> Answer:
    body = {"error": error, "error_description": printable(description), "trace_id": logs.trace_id()}
    return answer(body, status, headers)
