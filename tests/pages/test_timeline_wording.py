"""Every event that a person sees has words of its own, in both languages."""

import pytest
from flask import Flask
from flask_babel import force_locale

from idp.audit import timeline_kind
from idp.audit.event import EventName
from idp.audit.timeline_kind import Kind
from idp.pages import timeline_wording as wording
from tests.provider import Provider

VAGUE = {"en": "Something about your account was changed", "zh_Hans": "您的账号有变动"}


@pytest.fixture
def app(provider: Provider) -> Flask:
    return provider.app


@pytest.mark.parametrize("name", sorted(timeline_kind.SHOWN))
@pytest.mark.parametrize("locale", ["en", "zh_Hans"])
def test_every_event_that_is_shown_has_words(app: Flask, name: EventName, locale: str) -> None:
    with app.test_request_context(), force_locale(locale):
        vague = wording.title("nothing.known", {}, "", "")
        for who in ("", "赵强"):
            said = wording.title(name, {"page": "look_up", "act": "approve"}, "公积金", who)
            assert said
            assert said != vague


def test_who_did_it_for_me_is_named(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        said = wording.title(EventName.CONSENT_WITHDRAWN, {}, "Fund", "Zhao")
        assert said == "Zhao took back from Fund what was allowed"
        assert wording.title(EventName.CONSENT_WITHDRAWN, {}, "Fund", "").startswith("You took back")


def test_how_a_login_was_made_without_what_only_says_how_strong(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert wording.ways_in(["pwd", "otp", "mfa"]) == "password and code from the app"
        assert wording.ways_in(["hwk", "user", "mfa"]) == "passkey"
        assert wording.ways_in([]) == ""


def test_unknown_codes_say_nothing(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert wording.network("moon") == ""
        assert wording.failure("strange") == ""
        assert wording.title(EventName.SESSION_ENDED, {"reason": "strange"}, "", "") == "A login ended"
        assert wording.title(EventName.CONSOLE_VIEWED, {"page": "new"}, "", "").startswith("An official")
        assert wording.title(EventName.CASE_DECIDED, {"act": "new"}, "", "").startswith("An official")
        assert {wording.kind(kind) for kind in Kind} >= {"Logins", "Officials"}
