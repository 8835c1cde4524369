"""Language, large type, and what comes as a message."""

import pytest

from idp.accounts import account as accounts
from idp.accounts import notice, notice_kind
from idp.accounts.notice_kind import SMS, Category
from idp.audit import search
from tests.person import Person, Visitor
from tests.provider import Provider, SignIn


@pytest.fixture
def person(either: Provider) -> Person:
    return either.person()


@pytest.fixture
def visitor(person: Person, sign_in: SignIn) -> Visitor:
    visitor = sign_in(person)
    visitor.go("/account/settings")
    assert visitor.is_at("/account/settings")
    return visitor


def said(visitor: Visitor) -> str:
    return visitor.response.get_data(as_text=True)


def test_the_language_is_the_account_s_and_the_browser_s(
    either: Provider, person: Person, visitor: Visitor
) -> None:
    visitor.send("language-submit", values={"language": "en"})
    assert visitor.page.language == "en"
    assert "The language is changed" in said(visitor)
    with either.context():
        assert accounts.get(person.id).locale == "en"


@pytest.mark.parametrize("language", ["", "fr", "x" * 5000])
def test_a_language_that_is_none_of_ours_is_refused(
    either: Provider, person: Person, visitor: Visitor, language: str
) -> None:
    visitor.send("language-submit", values={"language": language})
    assert visitor.response.status_code == 400
    with either.context():
        assert accounts.get(person.id).locale == "zh_Hans"


def test_what_is_ticked_comes_by_message_and_safety_in_any_case(
    either: Provider, person: Person, visitor: Visitor
) -> None:
    assert 'id="sms-security"' not in said(visitor)
    visitor.send("notices-submit", number=2, values={"sms": ["statutory", "nonsense"]})
    assert visitor.is_at("/account/settings")
    with either.context():
        choices = accounts.get(person.id).notice_choices
    by_sms = {one for one in Category if SMS in notice_kind.channels(one, choices)}
    assert by_sms == {Category.SECURITY, Category.STATUTORY}


def test_whoever_silences_the_phone_is_heard_there_once_more(
    either: Provider, person: Person, visitor: Visitor
) -> None:
    visitor.send("notices-submit", number=2, values={"sms": ["statutory", "look_up"]})
    with either.context():
        # Mandates, levels and consent come to the phone no more: word of just that does.
        assert next(iter(notice.recent(person.id))).name == "fewer_messages"
        assert notice_kind.goes_to_phone("fewer_messages", accounts.get(person.id).notice_choices)
        (event,) = search.find(name="notices.chosen", account_id=person.id)
        assert event.data == {"on": ["statutory"], "off": ["consent", "level", "mandate"]}
    visitor.go("/account/timeline")
    assert "You chose what comes to your phone" in "".join(visitor.page.texts)
    visitor.go("/account/settings")
    visitor.send("notices-submit", number=2, values={"sms": ["statutory", "look_up", "level"]})
    visitor.send("notices-submit", number=2, values={"sms": ["statutory", "look_up", "level"]})
    with either.context():
        # More of it, or the same, is told to nobody.
        assert [one.name for one in notice.recent(person.id)].count("fewer_messages") == 1
        assert len(search.find(name="notices.chosen", account_id=person.id)) == 2


def test_large_type_is_switched_and_leads_back(either: Provider, person: Person, visitor: Visitor) -> None:
    visitor.send("settings-display", number=1)
    assert visitor.is_at("/account/settings")
    assert 'data-mode="elder"' in said(visitor)
    with either.context():
        assert accounts.get(person.id).elder_mode is True
