import itertools

import pytest
from sqlalchemy import func, select

from idp.db import commit, db
from idp.divisions import tree
from idp.errors import InvalidInput, NotFound
from idp.federation import federation_key, hosted_entity, hosted_statement, listing, plant, subordinate
from idp.federation.hosted_entity import HostedEntity
from idp.federation.listing import Filters
from tests.endpoints import entity
from tests.federation import hosted
from tests.provider import ISSUER, Provider, counted

_numbers = itertools.count(1)


def planted(code: str, **more: str) -> tuple[str, str, int]:
    """Plant a division below an anchor of its own; the anchor, what the identifiers begin with, how many are new."""
    anchor, base = hosted.plant().anchor, f"{ISSUER}/planted{next(_numbers)}"
    count = 0
    for number in plant.plant(plant.province(code, superior_id=anchor, base=base, **more)):
        count += number
        commit()
    return anchor, base, count


def test_a_province_with_all_its_prefectures_and_counties(either: Provider) -> None:
    with either.context():
        _anchor, base, count = planted("330000")
        below = [one for one in tree.children("330000") if one.level == "prefecture"]
        counties = sum(len(tree.children(one.code)) for one in below)
        assert count == 1 + len(tree.children("330000")) + counties
        assert listing.every(f"{base}/330000", Filters()) == [f"{base}/{one.code}" for one in below]
        statement = hosted.statement(f"{base}/330100", f"{base}/330106")
        assert hosted.read(statement, federation_key.jwks(f"{base}/330100"))["sub"] == f"{base}/330106"
        county = hosted.read(hosted_statement.configuration(f"{base}/330106"))
        assert county["authority_hints"] == [f"{base}/330100"]
        assert county["metadata"]["federation_entity"]["organization_name"] == "浙江省 杭州市 西湖区"


def test_planting_again_plants_what_is_missing(either: Provider) -> None:
    with either.context():
        anchor, base, count = planted("110000")
        kept = hosted_statement.configuration(f"{base}/110101")
        again = plant.province("110000", superior_id=anchor, base=base)
        assert sum(plant.plant(again)) == 0
        commit()
        assert hosted_statement.configuration(f"{base}/110101") == kept
        assert count == 1 + len(tree.children("110000"))


def test_paths_of_any_length(either: Provider) -> None:
    with either.context():
        _, beijing, _ = planted("110000")
        assert hosted.statement(f"{beijing}/110000", f"{beijing}/110101")
        _, hangzhou, count = planted("330106", deepest="township")
        assert count == 1 + len(tree.children("330106"))
        assert hosted.statement(f"{hangzhou}/330106", f"{hangzhou}/330106002")


def test_not_below_nobody_and_not_what_is_no_division(either: Provider) -> None:
    with either.context():
        tree_ = hosted.plant()
        for superior, code, error in (
            (f"{ISSUER}/nobody", "330106", NotFound),
            (tree_.site, "330106", InvalidInput),
            (tree_.anchor, "999999", NotFound),
        ):
            with pytest.raises(error):
                list(plant.plant(plant.province(code, superior_id=superior, base=f"{ISSUER}/x")))
        with pytest.raises(InvalidInput):
            list(plant.province("330106", superior_id=tree_.anchor, base=f"{ISSUER}/x", deepest="street"))
        db.session.rollback()
        assert hosted_entity.find(f"{ISSUER}/x/330106") is None


def synthetic(anchor: str, base: str, count: int) -> list[plant.Planned]:
    """A flat tree that is as wide as no real one."""
    return [plant.Planned(f"{base}/{number:05}", anchor, f"节点{number}", "") for number in range(count)]


def test_nothing_costs_more_among_many(either: Provider) -> None:
    """Statements, suspensions and pages ask for the same number of rows among 1,000 as among 10."""
    costs = []
    with either.context():
        for count in (10, 1000):
            anchor, base = hosted.plant().anchor, f"{ISSUER}/wide{next(_numbers)}"
            for _ in plant.plant(synthetic(anchor, base, count)):
                commit()
            with counted(either.app) as counts:
                entity.ask(either, f"{base}/00007", "/.well-known/openid-federation")
                entity.ask(either, anchor, "/federation/fetch", sub=f"{base}/00007")
                entity.ask(either, anchor, "/federation/list", limit="5", from_entity_id=f"{base}/00003")
                subordinate.page(anchor, after=f"{base}/00003", limit=5)
            costs.append(len(counts.statements))
            assert not any("count(" in one.lower() for one in counts.statements)
        assert costs[0] == costs[1]
        assert (db.session.scalar(select(func.count()).select_from(HostedEntity)) or 0) >= 1010
