from datetime import timedelta
from urllib.parse import quote

import pytest

from idp import clock
from idp.db import commit
from idp.federation import hosted_entity, issued_trust_mark, subordinate, suspension
from tests.endpoints import entity
from tests.federation import hosted
from tests.provider import Provider, counted

PATH = "/federation/list"
MARK = "https://marks.example/djbh3"


def fill(anchor: str, count: int) -> list[str]:
    """Subordinates that run elsewhere, every third an intermediate."""
    _, jwks = hosted.outsider()
    made = []
    for number in range(count):
        name = f"{anchor}/sub{number:03}"
        kind = hosted.AUTHORITY if number % 3 == 0 else hosted.RP
        subordinate.put(
            anchor, name, entity_types=[kind], jwks=jwks, is_intermediate=kind == hosted.AUTHORITY
        )
        made.append(name)
    commit()
    return made


def authority() -> str:
    return hosted.plant().site.replace("site", "list")


@pytest.fixture
def anchor(either: Provider) -> str:
    with either.context():
        name = authority()
        hosted_entity.create(name, kind="anchor", names={"zh-Hans": "名单"})
        commit()
    return name


def test_all_in_order_and_by_kind(either: Provider, anchor: str) -> None:
    with either.context():
        made = fill(anchor, 9)
    answer = entity.ask(either, anchor, PATH)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.get_json() == made
    assert entity.ask(either, anchor, PATH, intermediate="true").get_json() == made[::3]
    assert entity.ask(either, anchor, PATH, entity_type=hosted.AUTHORITY).get_json() == made[::3]
    leaves = [name for number, name in enumerate(made) if number % 3]
    assert entity.ask(either, anchor, PATH, intermediate="false").get_json() == leaves
    assert entity.ask(either, anchor, PATH, entity_type=hosted.RP).get_json() == leaves
    both = entity.ask(either, anchor, PATH, entity_type=[hosted.RP, hosted.AUTHORITY])
    assert both.get_json() == made
    assert entity.ask(either, anchor, PATH, entity_type="openid_provider").get_json() == []
    again = entity.ask(either, anchor, PATH, etag=answer.headers["ETag"])
    assert again.status_code == 304


def test_suspended_ones_are_in_no_list(either: Provider, anchor: str) -> None:
    with either.context():
        made = fill(anchor, 3)
        suspension.suspend(anchor, made[1], reason="?", by="operator:test")
        commit()
    assert entity.ask(either, anchor, PATH).get_json() == [made[0], made[2]]


def test_only_those_with_a_mark_that_counts(either: Provider, anchor: str) -> None:
    with either.context():
        made = fill(anchor, 4)
        soon = clock.now() + timedelta(hours=1)
        issued_trust_mark.issue(anchor, MARK, made[0])
        issued_trust_mark.issue(anchor, MARK, made[1], expires_at=soon)
        issued_trust_mark.issue(anchor, MARK, made[2])
        issued_trust_mark.issue(anchor, f"{MARK}/other", made[3])
        issued_trust_mark.revoke(anchor, MARK, made[2], reason="superseded")
        commit()
    assert entity.ask(either, anchor, PATH, trust_mark_type=MARK).get_json() == made[:2]
    assert entity.ask(either, anchor, PATH, trust_marked="true").get_json() == [*made[:2], made[3]]
    with clock.shifted(timedelta(hours=2)):
        assert entity.ask(either, anchor, PATH, trust_mark_type=MARK).get_json() == made[:1]


def test_pages_follow_one_another_and_none_costs_more(either: Provider, anchor: str) -> None:
    with either.context():
        made = fill(anchor, 25)
    either.settle()
    seen: list[str] = []
    query = {"limit": "10"}
    asked = []
    for _ in range(3):
        with counted(either.app) as counts:
            answer = entity.ask(either, anchor, PATH, **query)
        asked.append(len(counts.statements))
        seen += answer.get_json()
        link = answer.headers.get("Link", "")
        if len(seen) < len(made):
            following = quote(made[len(seen)], safe="")
            assert link == f'<{anchor}{PATH}?limit=10&from_entity_id={following}>; rel="next"'
        query["from_entity_id"] = made[min(len(seen), len(made) - 1)]
    assert seen == made
    assert not link
    assert len(set(asked)) == 1


def test_a_page_may_begin_at_one_that_is_gone(either: Provider, anchor: str) -> None:
    with either.context():
        made = fill(anchor, 4)
        subordinate.remove(anchor, made[2])
        commit()
    assert entity.ask(either, anchor, PATH, limit="5", from_entity_id=made[2]).get_json() == [made[3]]
    assert entity.ask(either, anchor, PATH, from_entity_id=made[1]).get_json() == [made[1], made[3]]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "9" * 5000},
        {"limit": "²"},
        {"limit": ["1", "2"]},
        {"intermediate": "maybe"},
        {"trust_marked": "TRUE"},
        {"entity_type": ["a"] * 30},
        {"entity_type": "x" * 300},
        {"entity_type": "ä"},
        {"trust_mark_type": "x\0"},
        {"from_entity_id": "x" * 300},
    ],
)
def test_what_makes_no_sense_is_refused(either: Provider, anchor: str, query: dict[str, str]) -> None:
    answer = entity.ask(either, anchor, PATH, **query)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")


def test_who_vouches_for_nobody_has_no_list(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
    answer = entity.ask(either, tree.site, PATH)
    assert (answer.status_code, answer.get_json()["error"]) == (404, "not_found")
