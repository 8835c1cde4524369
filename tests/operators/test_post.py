"""Posts: where they work, and that only active ones count."""

from uuid import uuid4

import pytest
from flask import Flask

from idp.db import commit
from idp.errors import NotFound
from idp.operators import post as posts
from idp.operators.post import ENDED
from idp.operators.rights import Role
from tests.operators.conftest import CITY, COUNTY, PROVINCE, MakeCitizen, MakePost


def test_a_path_goes_up_to_the_top_and_an_unknown_division_is_its_own() -> None:
    assert posts.path_of(COUNTY) == (COUNTY, CITY, PROVINCE)
    assert posts.path_of("110101") == ("110101", "110000")
    assert posts.path_of("999999") == ("999999",)


def test_what_lies_within_a_division() -> None:
    assert posts.codes_within(PROVINCE)[0] == PROVINCE
    assert {CITY, COUNTY} < set(posts.codes_within(PROVINCE))
    assert PROVINCE not in posts.codes_within(CITY)
    assert posts.codes_within("999999") == ["999999"]


def test_only_an_active_post_counts(make_post: MakePost) -> None:
    post = make_post(Role.SUPERVISOR)
    assert post.account_id is not None
    assert posts.find_active(post.account_id) is post
    before = post.posting
    assert before.path == (PROVINCE,)
    post.status = ENDED
    commit()
    assert posts.find_active(post.account_id) is None
    assert posts.find_of(post.account_id) is post
    after = post.posting
    assert not after.path


def test_unknown_ids(inside: Flask) -> None:
    nobody = uuid4()
    assert posts.find(nobody) is None
    assert posts.find_of(nobody) is None
    assert posts.find_active(nobody) is None
    assert posts.held_by(nobody) == []
    with pytest.raises(NotFound):
        posts.get(nobody)


def test_posts_of_divisions_come_newest_first_by_the_page(make_post: MakePost) -> None:
    made = [make_post(Role.SUPERVISOR, at="330212") for _ in range(5)]
    first = posts.in_divisions(posts.codes_within("330200"), limit=3)
    rest = posts.in_divisions(posts.codes_within("330200"), before=first[-1].id)
    found = [post.id for post in [*first, *rest]]
    assert found[:5] == [post.id for post in reversed(made)]
    assert posts.in_divisions(["330213"]) == []


def test_a_person_is_one_whatever_the_post(make_post: MakePost, make_citizen: MakeCitizen) -> None:
    person = make_citizen()
    one, two = make_post(Role.SUPERVISOR, person=person), make_post(Role.AGENCY_CLERK, person=person)
    alone = make_post(Role.SUPERVISOR)
    assert one.human == two.human == person.id
    assert alone.human == alone.account_id
    assert [post.id for post in posts.held_by(person.id)] == [two.id, one.id]
