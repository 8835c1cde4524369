"""Which notices come by which way."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from idp.accounts import notice_kind
from idp.accounts.notice_kind import CATEGORIES, INBOX, SMS, Category
from idp.notify import sms_texts

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)
)


def test_every_message_has_its_kind_and_every_kind_its_message() -> None:
    assert {f"notice_{name}" for name in CATEGORIES} == {
        name for name in sms_texts.TEXTS if name.startswith("notice_")
    }


def test_every_category_is_of_use() -> None:
    assert set(CATEGORIES.values()) == set(Category)


@given(st.dictionaries(st.sampled_from([*Category, "unknown"]), ANYTHING))
def test_whatever_is_stored_the_inbox_has_all_and_safety_goes_to_the_phone(choices: dict[str, Any]) -> None:
    for category in Category:
        assert INBOX in notice_kind.channels(category, choices)
    assert notice_kind.channels(Category.SECURITY, choices) == {INBOX, SMS}
    assert notice_kind.goes_to_phone("password_changed", choices)


@given(st.sets(st.sampled_from([*Category, "unknown"])))
def test_what_was_chosen_is_what_comes(by_sms: set[str]) -> None:
    choices = notice_kind.chosen(by_sms)
    for category in set(Category) - notice_kind.ALWAYS:
        assert (SMS in notice_kind.channels(category, choices)) is (category.value in by_sms)


def test_who_chose_nothing_hears_what_may_matter_by_message() -> None:
    by_sms = {category for category in Category if SMS in notice_kind.channels(category, {})}
    assert by_sms == {
        Category.SECURITY,
        Category.LEVEL,
        Category.MANDATE,
        Category.CONSENT,
        Category.LOOK_UP,
    }


@given(st.dictionaries(st.sampled_from(["link", "site", "device", "code"]), st.text()))
def test_links_stay_whole_and_out_of_the_inbox_and_long_names_are_cut(values: dict[str, str]) -> None:
    sent, kept = notice_kind.sent(values), notice_kind.kept(values)
    assert sent.get("link") == values.get("link")
    assert all(len(sent[name]) <= notice_kind.LONGEST_SENT for name in ("site", "device") if name in sent)
    assert not {"link", "code"} & set(kept)
    assert all(len(value) <= notice_kind.LONGEST_KEPT for value in kept.values())
