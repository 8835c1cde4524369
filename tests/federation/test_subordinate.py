from typing import Any

import pytest

from idp.audit import search
from idp.db import commit, db
from idp.errors import InvalidInput, NotFound
from idp.federation import hosted_entity, subordinate
from idp.federation.subordinate import Subordinate, SubordinateType
from idp.keys.master_key import MasterKeyError
from tests.federation import hosted
from tests.provider import ISSUER, Provider


def test_the_same_again_changes_nothing_and_is_not_on_record(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        outsider, jwks = hosted.outsider()
        subordinate.put(tree.province, outsider, entity_types=[hosted.RP], jwks=jwks, item_codes=["a"])
        commit()
        before = subordinate.get(tree.province, outsider).updated_at
        subordinate.put(tree.province, outsider, entity_types=[hosted.RP], jwks=jwks)
        commit()
        assert subordinate.get(tree.province, outsider).updated_at == before
        assert subordinate.get(tree.province, outsider).item_codes == ["a"]
        assert not [one for one in search.find(name="subordinate.updated") if one.data["entity"] == outsider]


def test_new_keys_count_at_once(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        outsider, jwks = hosted.outsider()
        subordinate.put(tree.province, outsider, entity_types=[hosted.RP], jwks=jwks)
        commit()
        assert hosted.statement(tree.province, outsider)
        _, others = hosted.outsider()
        subordinate.put(tree.province, outsider, entity_types=["openid_provider"], jwks=others)
        commit()
        found = subordinate.get(tree.province, outsider)
        assert (subordinate.jwks_of(found), found.entity_types) == (others, ["openid_provider"])
        kinds = db.session.query(SubordinateType).filter_by(entity_id=outsider).all()
        assert [one.entity_type for one in kinds] == ["openid_provider"]


def test_keys_that_somebody_put_into_the_database_do_not_count(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        (one, jwks), (other, _) = hosted.outsider(), hosted.outsider()
        first = subordinate.put(tree.province, one, entity_types=[hosted.RP], jwks=jwks)
        stolen = Subordinate(superior_id=tree.province, entity_id=other, sealed_jwks=first.sealed_jwks)
        with pytest.raises(MasterKeyError):
            subordinate.jwks_of(stolen)
        db.session.rollback()


@pytest.mark.parametrize(
    ("superior", "entity", "error"),
    [
        ("http://localhost:8000/authorities/none", "http://localhost:9/x", NotFound),
        ("SITE", "http://localhost:9/x", InvalidInput),
        ("PROVINCE", "PROVINCE", InvalidInput),
        ("PROVINCE", "http://localhost:9/x", InvalidInput),
        ("PROVINCE", "", InvalidInput),
        ("PROVINCE", "x" * 300, InvalidInput),
        ("PROVINCE", "ä\0", InvalidInput),
    ],
)
def test_whom_nobody_can_vouch_for(
    either: Provider, superior: str, entity: str, error: type[Exception]
) -> None:
    with either.context():
        tree = hosted.plant()
        names = {"SITE": tree.site, "PROVINCE": tree.province}
        with pytest.raises(error):
            subordinate.put(
                names.get(superior, superior), names.get(entity, entity), entity_types=[hosted.RP]
            )
        db.session.rollback()


def test_two_superiors_of_one(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        subordinate.put(tree.anchor, tree.site, entity_types=[hosted.RP])
        commit()
        rows: list[Any] = list(subordinate.superiors_of(tree.site))
        assert [row.superior_id for row in rows] == sorted([tree.anchor, tree.province])
        assert set(hosted_entity.get(tree.site).authority_hints) == {tree.anchor, tree.province}
        subordinate.remove(tree.anchor, tree.site)
        commit()
        assert hosted_entity.get(tree.site).authority_hints == [tree.province]
        assert hosted.statement(tree.anchor, tree.site) is None
        assert hosted.statement(tree.province, tree.site)
        with pytest.raises(NotFound):
            subordinate.remove(tree.anchor, tree.site)


def test_pages_by_key(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        _, jwks = hosted.outsider()
        made = [f"{ISSUER}/{tree.province[-6:]}/{number}" for number in range(5)]
        for name in made:
            subordinate.put(tree.anchor, name, entity_types=[hosted.RP], jwks=jwks)
        commit()
        seen: list[str] = []
        while rows := subordinate.page(tree.anchor, after=seen[-1] if seen else "", limit=2):
            seen += [row.entity_id for row in rows]
        assert seen == sorted([*made, tree.province])
