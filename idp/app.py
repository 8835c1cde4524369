"""Wires everything; the one file that knows all rooms. Nobody imports it but commands, servers and tests."""

import hmac
import importlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, g, request
from flask_babel import Babel, get_locale
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from werkzeug.local import LocalProxy

from idp import (
    authenticators,
    browser,
    circuit_breaker,
    console,
    endpoints,
    error_answers,
    logs,
    machine,
    metrics,
    pages,
    security_headers,
    signed_in,
    static_files,
    time_limit,
)
from idp.accounts import account as accounts
from idp.audit.batch import BATCH, BatchWriter
from idp.authenticators import hasher, mfa
from idp.authorization_server import SERVER, AuthorizationServer
from idp.body_gate import BodyGate
from idp.consent import held
from idp.db import db
from idp.endpoints import assurance_levels, openid_configuration
from idp.ephemeral.database import DatabaseStore
from idp.ephemeral.store import EPHEMERAL, EphemeralStore
from idp.errors import InvalidInput, TooLarge
from idp.federation import (
    announcement,
    fetching,
    hosted_statement,
    kept_statement,
    mark_issuers,
    provider_metadata,
    refreshing,
    resolution,
    signing,
    trust_anchor,
)
from idp.keys import keyring, master_key, secret
from idp.level_policy import current as level_policy
from idp.linking import account_check
from idp.local_limit import LOCAL_LIMIT, LocalLimit
from idp.proofing import register_keys, registers
from idp.recognition import other_provider, published_table
from idp.recognition import tables as recognition_tables
from idp.relying_parties import cache as relying_parties
from idp.relying_parties import federated as members
from idp.sessions import session as sessions
from idp.settings import SETTINGS, Settings, load
from idp.shared_signals import poll
from idp.trusted_proxies import TrustedProxies

# Answered whatever the Host header says: a load balancer asks by address.
PROBES = frozenset({"health", "metrics"})


def create_app(settings: Settings | None = None) -> Flask:
    """Build the provider; raises SettingsError or MasterKeyError when it cannot run as configured."""
    settings = settings or load()
    # Flask-SQLAlchemy reads a relative SQLite path from the instance path: ours is where the program was started.
    app = Flask("idp", root_path=str(Path(__file__).parent), instance_path=str(Path.cwd()))
    SETTINGS.set(app, settings)
    _wire_ground(app, settings)
    _wire_rooms(app, settings)
    _wire_doors(app, settings)
    # Half of the threads wait for bodies at most; settings have at least two.
    app.wsgi_app = BodyGate(app.wsgi_app, settings.serving.threads // 2)  # type: ignore[method-assign] # as Flask documents
    app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign] # as Flask documents
    return app


def ephemeral_store(settings: Settings) -> EphemeralStore:
    """Return Redis where it is configured, else a table of the database."""
    if not settings.redis_url:
        return DatabaseStore(settings.database_url)
    # The library takes 5 MB of every process; without Redis nobody needs it.
    made: EphemeralStore = importlib.import_module("idp.ephemeral.redis").RedisStore(settings.redis_url)
    return made


def _wire_ground(app: Flask, settings: Settings) -> None:
    master = master_key.load(Path(settings.master_key_file))
    master_key.MASTER.set(app, master)
    app.config |= {
        "SECRET_KEY": hmac.digest(master.key, b"cookies", "sha256"),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "MAX_CONTENT_LENGTH": settings.limits.request_bytes,
        "MAX_FORM_MEMORY_SIZE": settings.limits.request_bytes,
        "MAX_FORM_PARTS": 100,
        "SESSION_COOKIE_NAME": "__Host-tongxing_form" if settings.secure_cookies else "tongxing_form",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # As long as the cookie it belongs to, which ends with the browser: what was typed on an old page still counts.
        "WTF_CSRF_TIME_LIMIT": None,
        # Pages send no referrer; the token and SameSite cookies protect the forms.
        "WTF_CSRF_SSL_STRICT": False,
        "BOOTSTRAP_SERVE_LOCAL": True,
        "BABEL_DEFAULT_LOCALE": "zh_Hans",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "SEND_FILE_MAX_AGE_DEFAULT": 3600,
    }
    db.init_app(app)
    EPHEMERAL.set(app, ephemeral_store(settings))
    LOCAL_LIMIT.set(app, LocalLimit())


def _engine_options(settings: Settings) -> dict[str, Any]:
    if settings.database_url.startswith("sqlite"):
        return {}
    # A thread needs one connection; the background worker and the audit writer a few more.
    return {
        "pool_size": settings.serving.threads + 4,
        "max_overflow": 4,
        "pool_timeout": 5,
        "pool_recycle": 1800,
        "connect_args": {"connect_timeout": 3},
    }


def _wire_rooms(app: Flask, settings: Settings) -> None:
    secret.SECRETS.set(app, secret.Secrets())
    ring = keyring.Keyring()
    keyring.KEYRING.set(app, ring)
    BATCH.set(app, BatchWriter(app.app_context))
    parties = relying_parties.RelyingPartyCache()
    relying_parties.CACHE.set(app, parties)
    members.MEMBERS.set(app, members.Members())
    consents = held.HeldConsents()
    held.HELD.set(app, consents)
    hasher.HASHER.set(app, hasher.from_settings(settings))
    threads = settings.serving.threads
    registers.CIRCUITS.set(app, circuit_breaker.for_threads("register_unavailable", threads))
    account_check.CIRCUITS.set(app, circuit_breaker.for_threads("account_check_away", threads))
    register_keys.KEYS.set(app, register_keys.RegisterKeys(Path(settings.registers.keys_file)))
    SERVER.set(app, AuthorizationServer())
    # Who waits for events holds a thread: a quarter of them at most.
    poll.WAITING.set(app, poll.Waiting(settings.serving.threads // 4))
    statements = hosted_statement.Statements()
    hosted_statement.STATEMENTS.set(app, statements)
    signing.SIGNING_KEYS.set(app, signing.SigningKeys())
    anchors = trust_anchor.Anchors()
    trust_anchor.ANCHORS.set(app, anchors)
    fetching.FETCHER.set(app, fetching.Fetcher(settings.federation))
    chains = resolution.Resolution(settings.federation)
    resolution.RESOLUTION.set(app, chains)
    kept_statement.WRITTEN.set(app, kept_statement.Written())
    marks = mark_issuers.MarkIssuers()
    mark_issuers.MARK_ISSUERS.set(app, marks)
    recheck = float(settings.federation.recheck)
    refreshing.REFRESHING.set(app, refreshing.Refreshing(chains, app.app_context, recheck))
    # In this order: what chains are made of is forgotten before they are.
    federated = (statements.forget, anchors.forget, marks.forget, chains.forget)
    announcement.LISTENERS.set(app, (*federated, *_wire_recognition(app)))
    policies = level_policy.CurrentPolicy()
    level_policy.CURRENT.set(app, policies)
    store = EPHEMERAL.of(app)
    store.subscribe(relying_parties.CHANNEL, parties.forget)
    store.subscribe(held.CHANNEL, consents.forget)
    store.subscribe(keyring.CHANNEL, ring.forget)
    store.subscribe(level_policy.CHANNEL, policies.forget)
    for listener in announcement.LISTENERS.of(app):
        store.subscribe(announcement.CHANNEL, listener)


def _wire_recognition(app: Flask) -> tuple[Callable[[str], None], ...]:
    """Wire what is remembered of other provinces; return what must hear of changes."""
    published = published_table.Published()
    published_table.PUBLISHED.set(app, published)
    known = recognition_tables.Tables(app.app_context)
    recognition_tables.TABLES.set(app, known)
    other_provider.REMOTE_KEYS.set(app, other_provider.RemoteKeys())
    return published.forget, known.forget


def _wire_doors(app: Flask, settings: Settings) -> None:
    parts = [endpoint.metadata(settings.issuer) for endpoint in endpoints.ALL]
    parts.append({"amr_values_supported": [*(one.AMR for one in authenticators.ALL), mfa.AMR]})
    document = openid_configuration.document(parts)
    openid_configuration.DOCUMENT.set(app, document)
    provider_metadata.PROVIDER_METADATA.set(app, {provider_metadata.OPENID_PROVIDER: json.loads(document)})
    assurance_levels.RENDERED.set(app, assurance_levels.Rendered())
    Bootstrap5(app)
    Babel(app, locale_selector=_locale)
    csrf = CSRFProtect(app)
    for endpoint in endpoints.BROWSERS:
        # Their posts come from other sites or carry no cookie; what changes anything is asked on a page.
        csrf.exempt(endpoint.blueprint)
        app.register_blueprint(endpoint.blueprint)
    for page in (*pages.ALL, *console.ALL):
        app.register_blueprint(page.blueprint)
    app.before_request(_begin(settings))
    app.after_request(_end)
    app.after_request(static_files.compress)
    app.teardown_request(_forget_trace)
    app.context_processor(_page_context)
    error_answers.register(app)
    machines = (*endpoints.MACHINES, *endpoints.SHARED_SIGNALS, *endpoints.FEDERATION)
    routes = {path: methods for door in machines for path, methods in door.ROUTES.items()}
    app.wsgi_app = machine.MachineDoor(app, app.wsgi_app, settings, routes)  # type: ignore[method-assign] # as Flask documents


def _begin(settings: Settings) -> Callable[[], None]:
    host = urlsplit(settings.issuer).netloc
    longest = settings.limits.query_bytes

    def begin() -> None:
        """Give the request its trace id, and refuse what is addressed to somebody else or too long."""
        g.trace = logs.bind_trace(secrets.token_hex(8))
        g.trace.__enter__()
        g.started = metrics.start()
        if request.host.lower() != host and request.blueprint not in PROBES:
            raise InvalidInput("wrong_host", detail="this server is not addressed by that name")
        if len(request.query_string) > longest:
            raise TooLarge("request_too_large")

    return begin


def _end(response: Response) -> Response:
    metrics.request_answered(request.endpoint or "unknown", response.status_code, g.get("started"))
    response.headers["X-Trace-Id"] = logs.trace_id()
    browser.ensure_device(response)
    return security_headers.apply(response)


def _forget_trace(_error: BaseException | None) -> None:
    trace = g.pop("trace", None)
    if trace is not None:
        trace.__exit__(None, None, None)


def _locale() -> str:
    return browser.locale(request, g.get("tongxing_ui_locales") or request.args.get("ui_locales", ""))


@dataclass(frozen=True)
class _Person:
    """Who is signed in in this browser."""

    name: str


def _page_context() -> dict[str, Any]:
    return {
        "page_lang": "en" if str(get_locale()) == "en" else "zh-Hans",
        "language_url": lambda code: f"/language/{code}?{urlencode({'next': signed_in.here()})}",
        "this_address": signed_in.here,
        # Looked up when a page asks, once: most pages of a journey never do.
        "person": LocalProxy(cache(_person)),
        "elder": browser.is_elder(request),
        "sandbox": SETTINGS.get().sandbox,
        "time_limit": cache(time_limit.of_page),
        "too_late_for": _too_late_for,
    }


def _too_late_for() -> pages.signing_in.Start | None:
    """Where the journey that ended before this request can be started again."""
    named = request.args.get("journey") or str((request.view_args or {}).get("journey_id", ""))
    return pages.signing_in.start_again(named) if named else None


def _person() -> _Person | None:
    session = sessions.find_by_secret(browser.session_secret(request))
    account = accounts.find(session.account_id) if session else None
    return _Person(accounts.name_of(account)) if account else None
