"""Notices as the inbox says them."""

import pytest
from flask_babel import force_locale

from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts.account import Person
from idp.accounts.notice_kind import CATEGORIES, Category
from idp.db import commit
from idp.pages import notice_wording
from tests.provider import Provider


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
def test_every_notice_has_words_of_its_own(provider: Provider, locale: str) -> None:
    with provider.app.test_request_context("/"), force_locale(locale):
        person = accounts.create(Person(f"worded.{locale.lower()}", "张伟"))
        for name in CATEGORIES:
            notice.tell(
                person, name, site="市公积金", level="3", organization="西湖区", who="刘洋", device="Chrome"
            )
        shown = notice_wording.shown(notice.recent(person.id, 100))
        commit()
    assert {one["name"] for one in shown} == set(CATEGORIES)
    assert len({one["text"] for one in shown}) == len(CATEGORIES)
    assert not [one for one in shown if "%" in one["text"] or "Something" in one["text"]]


def test_a_value_that_is_missing_breaks_no_line(provider: Provider) -> None:
    with provider.app.test_request_context("/"), force_locale("en"):
        person = accounts.create(Person("bare.person", "张伟"))
        for name in CATEGORIES:
            notice.tell(person, name)
        assert len(notice_wording.shown(notice.recent(person.id, 100))) == len(CATEGORIES)


def test_every_category_has_a_name_and_a_hint(provider: Provider) -> None:
    with provider.app.test_request_context("/"), force_locale("zh_Hans"):
        for say in (notice_wording.category, notice_wording.category_hint):
            said = {say(one) for one in Category}
            assert len(said) == len(Category)
            assert not [one for one in said if one.isascii()]
