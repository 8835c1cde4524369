"""The list of a person's consent receipts."""

import re

import pytest

from idp.accounts import account as accounts
from idp.consent import record
from idp.consent.acting_party import ActingParty
from idp.consent.decision import Asked
from idp.consent.document import Scene
from idp.db import commit
from idp.pages import receipts as page
from idp.relying_parties import registration
from tests.pages import acting, agreeing
from tests.person import Visitor
from tests.provider import Provider, counted

LINK = re.compile(r'href="(/account/receipts/[0-9a-f-]{36}/[0-9]+(?:\?for=[0-9a-f-]+)?)" data-receipt')
FILE = re.compile(r'href="(/account/receipts/[0-9a-f-]{36}/[0-9]+\.\w+\.\w+\?[^"]+)" download')


def links(visitor: Visitor) -> list[str]:
    return LINK.findall(visitor.response.get_data(as_text=True))


def test_each_agreement_has_its_receipt_by_service(either: Provider) -> None:
    first, second, person = agreeing.site(either), agreeing.site(either), either.person()
    visitor = agreeing.agreed(first, person, "phone_number")
    visitor.go(second.authorize_url(scope="openid profile phone"))
    visitor.send("consent-allow", values={"item": []})
    visitor.go("/account/receipts")
    assert visitor.is_at("/account/receipts")
    text = visitor.response.get_data(as_text=True)
    assert len(links(visitor)) == 2
    assert text.count('data-service="') == 2
    assert "Your phone number" in text


def test_a_withdrawal_has_its_receipt(either: Provider) -> None:
    site, person = agreeing.site(either), either.person()
    visitor = agreeing.agreed(site, person, "phone_number")
    with either.context():
        record.withdraw(person.id, site.id)
        commit()
    visitor.go("/account/receipts")
    assert len(links(visitor)) == 2
    assert "You took your consent back" in visitor.response.get_data(as_text=True)


def test_who_agreed_to_nothing_is_told_so(either: Provider) -> None:
    visitor = Visitor(either.app, either.settings.issuer, language="en")
    visitor.go("/login")
    visitor.log_in(either.person())
    visitor.go("/account/receipts")
    assert "None yet." in visitor.response.get_data(as_text=True)


def test_nobody_else_sees_them(provider: Provider) -> None:
    site = agreeing.site(provider)
    agreeing.agreed(site, provider.person())
    other = Visitor(provider.app, provider.settings.issuer)
    other.go("/account/receipts")
    assert other.is_at("/login")
    other.log_in(provider.person())
    other.go("/account/receipts")
    assert not links(other)


def test_who_runs_an_enterprise_sees_its_receipts(either: Provider) -> None:
    actor = acting.proven(either, "王芳")
    enterprise_id, site = acting.enterprise_of(either, actor), agreeing.site(either)
    with either.context():
        asked = Asked(required=frozenset({"name"}), optional=frozenset(), purpose="x", legal_basis="consent")
        agent = Scene(ActingParty("agent", actor.id), locale="en")
        record.save(accounts.get(enterprise_id), site.rp, asked, frozenset({"name"}), agent)
        commit()
    visitor = actor.browser
    visitor.go("/account/receipts")
    assert not links(visitor)
    visitor.go(f"/account/receipts?for={enterprise_id}")
    assert "Consent receipts of 杭州示例科技有限公司" in visitor.response.get_data(as_text=True)
    (link,) = links(visitor)
    visitor.go(link)
    text = visitor.response.get_data(as_text=True)
    assert "A consent was given" in text
    assert "Somebody with a mandate" in text
    files = FILE.findall(text)
    assert len(files) == 4
    for file in files:
        assert visitor.open(file).status_code == 200
        assert visitor.open(file.partition("?")[0]).status_code == 404, "it is not the person's own"
    stranger = Visitor(either.app, either.settings.issuer)
    stranger.go("/login")
    stranger.log_in(either.person())
    for path in (f"/account/receipts?for={enterprise_id}", link, files[0]):
        assert stranger.open(path).status_code == 404


def test_a_long_list_has_pages(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    sites = [agreeing.site(provider) for _ in range(3)]
    visitor = agreeing.agreed(sites[0], provider.person())
    for site in sites[1:]:
        visitor.go(site.authorize_url(scope="openid profile phone"))
        visitor.send("consent-allow", values={"item": []})
    monkeypatch.setattr(page, "PAGE", 2)
    visitor.go("/account/receipts?before=not-an-id")
    found = links(visitor)
    older = re.search(r'id="receipts-older" href="([^"]+)"', visitor.response.get_data(as_text=True))
    assert older is not None
    visitor.go(older[1])
    found += links(visitor)
    assert "receipts-older" not in visitor.response.get_data(as_text=True)
    assert len(found) == len(set(found)) == 3


def test_a_service_that_is_gone_is_known_by_its_receipt(provider: Provider) -> None:
    site = agreeing.site(provider)
    visitor = agreeing.agreed(site, provider.person())
    name = site.rp.client_name.text("en")
    with provider.context():
        registration.delete(site.id)
        commit()
    visitor.go("/account/receipts")
    assert name in visitor.response.get_data(as_text=True)
    visitor.go(links(visitor)[0])
    assert visitor.response.status_code == 200


def test_the_list_takes_one_query_whatever_its_length(provider: Provider) -> None:
    site = agreeing.site(provider)
    visitor = agreeing.agreed(site, provider.person())
    visitor.go("/account/receipts")
    with counted(provider.app) as counts:
        visitor.open("/account/receipts")
    assert len([one for one in counts.statements if "FROM consent_events" in one]) == 1
