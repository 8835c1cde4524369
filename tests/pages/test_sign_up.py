import time

import pytest

from idp.accounts import account as accounts
from idp.notify import sms
from idp.sessions import session as sessions
from idp.setting_sections import Limits, Sms
from tests.accounts.gateway import Gateway
from tests.pages import newcomer
from tests.person import PASSWORD
from tests.provider import ISSUER, NewProvider, Provider


def test_a_person_signs_up_and_is_logged_in(phones: Provider, gateway: Gateway) -> None:
    visitor = newcomer.visitor_of(phones)
    phone, form = newcomer.phone(), newcomer.form()
    visitor.go("/sign-up")
    newcomer.prove(visitor, gateway, phone)
    visitor.send("sign-up-submit", values=form)
    assert visitor.is_at("/account")
    assert "李娜" in visitor.page.texts
    with phones.context():
        account = accounts.find_by_identifier(form["username"])
        assert account is not None
        assert accounts.phone_of(account) == phone
        assert account.locale == "en"
        (session,) = sessions.live_sessions(account.id)
        assert session.methods == ["pwd", "sms", "mfa"]
    again = newcomer.visitor_of(phones)
    again.go("/login")
    again.send("login-submit", values={"identifier": phone[3:], "password": PASSWORD})
    assert again.is_at("/account")


def test_a_login_at_a_site_goes_on_after_signing_up(phones: Provider, gateway: Gateway) -> None:
    site = phones.site()
    visitor = newcomer.visitor_of(phones)
    visitor.go(site.authorize_url())
    assert visitor.is_at("/login")
    link = visitor.path.replace("/login", "/sign-up")
    visitor.go(link)
    assert site.rp.client_name.text("en") in "".join(visitor.page.texts)
    newcomer.prove(visitor, gateway, newcomer.phone())
    visitor.send("sign-up-submit", values=newcomer.form())
    assert visitor.is_at("/consent")
    visitor.send("consent-allow")
    assert visitor.location.startswith(site.rp.redirect_uris[0])
    assert "code=" in visitor.location


def test_a_known_number_sees_the_same_pages_and_gets_word(phones: Provider, gateway: Gateway) -> None:
    person = phones.person()
    assert person.phone is not None
    pages = []
    numbers = [person.phone, newcomer.phone()]
    for phone in numbers:
        visitor = newcomer.visitor_of(phones)
        visitor.go("/sign-up")
        visitor.send("sign-up-submit", values={"phone": phone}, follow=False)
        assert visitor.response.status_code == 303
        assert visitor.location.startswith("/sign-up/code?")
        visitor.follow()
        assert visitor.is_at("/sign-up/code")
        visitor.send("code-submit", values={"code": "000000"})
        pages.append(
            (visitor.response.status_code, "".join(visitor.page.texts).replace(phone[-4:], "")[-900:])
        )
    assert pages[0][0] == pages[1][0] == 400
    assert "log in" in gateway.messages[0]["text"]
    assert [message["to"] for message in gateway.messages] == numbers

    def without_number(text: str) -> str:
        return "".join(character for character in text if not character.isdigit())

    assert without_number(pages[0][1]) == without_number(pages[1][1])


def test_known_and_unknown_numbers_take_the_same_steps(
    phones: Provider, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = phones.person()
    asked: list[bool] = []
    send = sms.send

    def counted(phone: str, template: str, values: dict[str, str], locale: str) -> None:
        asked.append(template == "sign_up_known")
        send(phone, template, values, locale)

    monkeypatch.setattr(sms, "send", counted)
    for phone in (person.phone, newcomer.phone()):
        visitor = newcomer.visitor_of(phones)
        visitor.go("/sign-up")
        visitor.send("sign-up-submit", values={"phone": phone})
    assert asked == [True, False]


@pytest.mark.parametrize(
    "typed",
    ["", "110", "+86 10 6552 9988", "x" * 60_000, "138\x0000138000", "📱", "\u202e13800138000x", "<script>"],
)
def test_what_is_no_number_is_said(provider: Provider, typed: str) -> None:
    visitor = newcomer.visitor_of(provider)
    visitor.go("/sign-up")
    visitor.send("sign-up-submit", values={"phone": typed})
    assert visitor.response.status_code == 400
    body = visitor.response.get_data(as_text=True)
    assert 'id="phone-error"' in body or visitor.page.error is not None
    assert "<script>" not in body.replace("<script src", "")


def test_bytes_that_are_no_text_are_refused(provider: Provider) -> None:
    visitor = newcomer.visitor_of(provider)
    visitor.go("/sign-up")
    token = dict(visitor.page.forms[0].values)["csrf_token"]
    response = visitor.client.post(
        visitor.page.forms[0].action,
        base_url=ISSUER,
        data=b"phone=%ff%fe13800138000&csrf_token=" + token.encode(),
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 400


def test_no_post_without_its_token(provider: Provider) -> None:
    visitor = newcomer.visitor_of(provider)
    for path in ("/sign-up", "/sign-up/code", "/sign-up/code/resend", "/sign-up/details"):
        response = visitor.client.post(path, base_url=ISSUER, data={"phone": newcomer.phone()})
        assert response.status_code == 400
        assert 'data-error="csrf_failed"' in response.get_data(as_text=True)


def test_one_number_and_one_address_ask_for_a_few_messages(
    new_provider: NewProvider, gateway: Gateway
) -> None:
    limited = new_provider(sms=Sms(url=gateway.url), limits=Limits(phone_codes_per_address=7))
    visitor = newcomer.visitor_of(limited)

    def ask(phone: str) -> int:
        visitor.go("/sign-up")
        visitor.send("sign-up-submit", values={"phone": phone})
        return visitor.response.status_code

    number = newcomer.phone()
    assert [ask(number) for _ in range(6)] == [200] * 5 + [429]
    assert "60" in "".join(visitor.page.texts)
    assert ask(newcomer.phone()) == 200
    assert ask(newcomer.phone()) == 429
    assert len(gateway.messages) == 6


def test_a_gateway_that_is_away_is_said_in_time(new_provider: NewProvider) -> None:
    away = new_provider(sms=Sms(url="http://127.0.0.1:9/sms/messages", timeout=1.0))
    visitor = newcomer.visitor_of(away)
    number = newcomer.phone()
    visitor.go("/sign-up")
    began = time.monotonic()
    visitor.send("sign-up-submit", values={"phone": number})
    assert time.monotonic() - began < 3
    assert visitor.response.status_code == 503
    assert "could not be sent" in "".join(visitor.page.texts)
    assert number in dict(visitor.page.forms[0].values).values()


def test_a_journey_that_never_was_is_an_error_page(provider: Provider) -> None:
    visitor = newcomer.visitor_of(provider)
    for path in ("/sign-up", "/sign-up/code", "/sign-up/details"):
        assert visitor.open(f"{path}?journey=nowhere&ticket=none").status_code == 410
        assert visitor.page.error == "journey_expired"


def test_pages_speak_chinese_too(provider: Provider) -> None:
    visitor = newcomer.visitor_of(provider, language="zh-CN")
    visitor.go("/sign-up")
    assert visitor.page.language == "zh-Hans"
    visitor.send("sign-up-submit", values={"phone": "110"})
    assert "手机号码" in "".join(visitor.page.texts)
