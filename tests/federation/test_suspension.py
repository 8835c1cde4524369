"""Who suspended it counts: nobody below them takes it up again, those above may make the suspension theirs."""

import threading

import pytest
from sqlalchemy import inspect, update

from idp.audit import search
from idp.db import commit, db
from idp.errors import Conflict, Forbidden
from idp.federation import subordinate, suspension
from idp.federation.subordinate import SUSPENDED, Subordinate
from tests.federation import hosted
from tests.federation.hosted import Tree
from tests.provider import ISSUER, Provider

PROVINCE, CITY, COUNTY, NEIGHBOUR, ELSEWHERE = "330000", "330100", "330106", "330105", "320000"


def suspend(tree: Tree, division_code: str | None, reason: str = "it leaked") -> None:
    suspension.suspend(tree.province, tree.site, reason=reason, by="official:x", division_code=division_code)
    commit()


def resume(tree: Tree, division_code: str | None) -> None:
    suspension.resume(tree.province, tree.site, by="official:y", division_code=division_code)
    commit()


def standing(tree: Tree) -> tuple[str, str | None, str | None]:
    row = subordinate.get(tree.province, tree.site)
    db.session.refresh(row)
    return row.status, row.suspended_from, row.reason


def decided_by_another(tree: Tree, **values: str | None) -> None:
    """Change the row as another process would, behind the back of what this session has read."""
    db.session.execute(
        update(Subordinate)
        .where(Subordinate.superior_id == tree.province, Subordinate.entity_id == tree.site)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


@pytest.mark.parametrize(("first", "second"), [(COUNTY, CITY), (COUNTY, PROVINCE), (CITY, PROVINCE)])
def test_who_stands_above_makes_a_suspension_theirs(either: Provider, first: str, second: str) -> None:
    with either.context():
        tree = hosted.plant()
        suspend(tree, first)
        since = subordinate.get(tree.province, tree.site).since
        suspend(tree, second, "it is with us now")
        assert standing(tree) == ("suspended", second, "it is with us now")
        # It has been cut off all the while.
        assert subordinate.get(tree.province, tree.site).since == since
        events = [
            one.data["reason"]
            for one in search.find(name="subordinate.suspended")
            if one.data["entity"] == tree.site
        ]
        assert sorted(events) == ["it is with us now", "it leaked"]
        with pytest.raises(Forbidden):
            resume(tree, first)
        db.session.rollback()
        resume(tree, second)
        assert standing(tree) == ("active", None, None)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (CITY, CITY),
        (PROVINCE, CITY),
        (NEIGHBOUR, COUNTY),
        (COUNTY, ELSEWHERE),
        (COUNTY, "999999"),
        ("999999", PROVINCE),
        # By command: the deployment's own operator stands beside the divisions.
        (None, PROVINCE),
        (CITY, None),
        (None, None),
    ],
)
def test_nobody_else_suspends_what_is_suspended(
    either: Provider, first: str | None, second: str | None
) -> None:
    with either.context():
        tree = hosted.plant()
        suspend(tree, first)
        with pytest.raises(Conflict):
            suspend(tree, second, "another")
        db.session.rollback()
        assert standing(tree) == ("suspended", first, "it leaked")


@pytest.mark.parametrize(
    ("first", "second", "may"),
    [
        (CITY, CITY, True),
        (CITY, PROVINCE, True),
        (CITY, None, True),
        (None, COUNTY, True),
        (None, None, True),
        (PROVINCE, CITY, False),
        (CITY, COUNTY, False),
        (COUNTY, NEIGHBOUR, False),
        (CITY, ELSEWHERE, False),
        ("999999", CITY, False),
    ],
)
def test_who_takes_it_up_again(either: Provider, first: str | None, second: str | None, may: bool) -> None:
    with either.context():
        tree = hosted.plant()
        suspend(tree, first)
        if may:
            resume(tree, second)
            assert standing(tree) == ("active", None, None)
            return
        with pytest.raises(Forbidden):
            resume(tree, second)
        db.session.rollback()
        assert standing(tree) == ("suspended", first, "it leaked")


def test_what_somebody_above_suspends_meanwhile_is_not_taken_up(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        for read, now in ((CITY, PROVINCE), (None, PROVINCE)):
            decided_by_another(tree, status=SUSPENDED, suspended_from=read)
            commit()
            row = subordinate.get(tree.province, tree.site)
            db.session.refresh(row)
            assert row.suspended_from == read
            decided_by_another(tree, suspended_from=now)
            with pytest.raises(Conflict):
                resume(tree, CITY)
            db.session.rollback()
            assert standing(tree)[:2] == ("suspended", read)


def test_what_somebody_further_above_suspends_meanwhile_is_not_taken_over(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        suspend(tree, COUNTY)
        row = subordinate.get(tree.province, tree.site)
        assert row.suspended_from == COUNTY
        decided_by_another(tree, suspended_from=PROVINCE)
        with pytest.raises(Conflict):
            suspend(tree, CITY)
        db.session.rollback()


def test_taken_over_and_taken_up_at_once_one_of_them_counts(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        suspend(tree, CITY)
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def act(word: str) -> None:
        with either.context():
            together.wait()
            try:
                suspend(tree, PROVINCE) if word == "keep" else resume(tree, CITY)
                outcomes.append(word)
            except (Conflict, Forbidden):
                outcomes.append("late")

    threads = [threading.Thread(target=act, args=(word,)) for word in ("keep", "resume")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with either.context():
        state = standing(tree)[:2]
    # Who suspends what was just taken up again suspends it anew.
    assert state == ("active", None) if "keep" not in outcomes else ("suspended", PROVINCE)


def test_which_division_above_has_suspended_it_below_whichever_superior(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        assert suspension.held_above(tree.site, COUNTY) is None
        suspend(tree, CITY)
        assert suspension.held_above(tree.site, COUNTY) == CITY
        for place in (CITY, PROVINCE, ELSEWHERE, "999999", ""):
            assert suspension.held_above(tree.site, place) is None
        subordinate.put(tree.anchor, tree.site, entity_types=[hosted.RP])
        suspension.suspend(tree.anchor, tree.site, reason="x", by="official:x", division_code=PROVINCE)
        commit()
        # The widest.
        assert suspension.held_above(tree.site, COUNTY) == PROVINCE
        assert suspension.held_above(tree.province, COUNTY) is None
        resume(tree, None)
        suspension.resume(tree.anchor, tree.site, by="operator:x")
        commit()
        assert suspension.held_above(tree.site, COUNTY) is None


def test_siblings_and_commands_hold_nobody(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        suspend(tree, NEIGHBOUR)
        assert suspension.held_above(tree.site, COUNTY) is None
        resume(tree, None)
        suspend(tree, None)
        assert suspension.held_above(tree.site, COUNTY) is None


def test_it_is_found_behind_a_hundred_other_superiors(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        suspend(tree, PROVINCE)
        row = subordinate.get(tree.province, tree.site)
        values = {one.key: getattr(row, one.key) for one in inspect(Subordinate).column_attrs}
        values |= {"status": "active", "suspended_from": None, "reason": None}
        # Before the one that counts, by identifier.
        others = [values | {"superior_id": f"{ISSUER}/a/{number}"} for number in range(101)]
        db.session.add_all(Subordinate(**one) for one in others)
        commit()
        assert not any(not one.is_active for one in subordinate.superiors_of(tree.site))
        assert suspension.held_above(tree.site, COUNTY) == PROVINCE


@pytest.mark.parametrize("entity", ["", "x", "a\0b", "\ud800", "é", "x" * 3000, "' OR 1=1 --"])
def test_hostile_names_are_held_by_nobody(either: Provider, entity: str) -> None:
    with either.context():
        assert suspension.held_above(entity, COUNTY) is None
