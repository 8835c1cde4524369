"""How the answer travels back to the site."""

from typing import Any

import pytest

from tests.asking import asked, known, person, site
from tests.person import Visitor
from tests.site import Site

__all__ = ["known", "person", "site"]


def test_the_answer_travels_in_the_mode_that_was_asked_for(site: Site, known: Visitor) -> None:
    asked(site, known, response_mode="query")
    assert known.location.startswith(f"{site.redirect_uri}?code=")
    asked(site, known, response_mode="fragment")
    assert known.location.startswith(f"{site.redirect_uri}#code=")
    known.open(site.authorize_url(response_mode="form_post"))
    form = known.page.forms[-1]
    assert form.action == site.redirect_uri
    assert dict(form.values).keys() == {"code", "state", "iss"}


@pytest.mark.parametrize("changes", [{"prompt": "none"}, {"prompt": "bad"}, {"scope": "profile"}])
def test_errors_travel_in_the_same_mode(site: Site, changes: dict[str, Any]) -> None:
    """OAuth 2.0 Multiple Response Types §2.1."""
    visitor = site.visitor()
    asked(site, visitor, response_mode="fragment", **changes)
    assert visitor.location.startswith(f"{site.redirect_uri}#error=")
    visitor.open(site.authorize_url(response_mode="form_post", **changes))
    form = visitor.page.forms[-1]
    assert (form.action, dict(form.values)["state"]) == (site.redirect_uri, site.state)
    assert "error" in dict(form.values)


def test_a_form_may_post_to_the_site(site: Site, known: Visitor) -> None:
    """CSP Level 3 §6.4.1 (form-action)."""
    known.open(site.authorize_url(response_mode="form_post"))
    policy = known.response.headers["Content-Security-Policy"]
    assert "form-action 'self' https:;" in f"{policy};"
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert known.response.headers["Cache-Control"] == "no-store"
