import json
import threading
from datetime import timedelta

import pytest

from idp import clock
from idp.db import commit, db
from idp.ephemeral.store import EPHEMERAL
from idp.errors import Conflict, Unavailable
from idp.federation import federation_key, hosted_entity, hosted_statement, subordinate, suspension
from idp.federation.federation_key import FederationKey
from idp.federation.hosted_statement import Statements
from idp.keys import compact_jwt
from idp.settings import SETTINGS
from tests.federation import hosted
from tests.provider import Provider, counted


def header_of(token: str | None) -> dict[str, object]:
    assert token is not None
    return compact_jwt.unverified_header(token)


def test_an_authority_says_who_it_is_and_who_stands_above_it(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        token = hosted_statement.configuration(tree.province)
        said = hosted.read(token)
        assert header_of(token)["typ"] == "entity-statement+jwt"
        assert (said["iss"], said["sub"]) == (tree.province, tree.province)
        assert said["authority_hints"] == [tree.anchor]
        own = said["metadata"]["federation_entity"]
        assert own["federation_fetch_endpoint"] == f"{tree.province}/federation/fetch"
        assert (own["organization_name"], own["division_code"]) == ("浙江省", "330000")
        assert said["iat"] <= clock.timestamp() < said["exp"]
        assert not {"metadata_policy", "constraints", "trust_mark_issuers"} & said.keys()
        anchor = hosted.read(hosted_statement.configuration(tree.anchor))
        assert "authority_hints" not in anchor


def test_a_chain_holds_by_the_keys_that_each_superior_vouches_for(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        anchor = hosted.read(hosted_statement.configuration(tree.anchor))
        above = hosted.read(hosted.statement(tree.anchor, tree.province), anchor["jwks"])
        below = hosted.read(hosted.statement(tree.province, tree.site), above["jwks"])
        site = hosted.read(hosted_statement.configuration(tree.site), below["jwks"])
        assert (below["iss"], below["sub"], site["sub"]) == (tree.province, tree.site, tree.site)
        assert below["source_endpoint"] == f"{tree.province}/federation/fetch"


def test_what_is_not_hosted_or_no_subordinate_has_no_statement(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        outsider, jwks = hosted.outsider()
        assert hosted_statement.configuration(outsider) is None
        assert hosted.statement(tree.province, outsider) is None
        assert hosted.statement(outsider, tree.site) is None
        assert hosted.statement("", tree.site) is None
        subordinate.put(tree.province, outsider, entity_types=[hosted.RP], jwks=jwks)
        commit()
        token = hosted.statement(tree.province, outsider)
        assert hosted.read(token, federation_key.jwks(tree.province))["jwks"] == jwks


def test_the_same_bytes_until_something_changes_and_no_query(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        either.settle()
        first = hosted_statement.find_configuration(tree.province)
        with counted(either.app) as counts:
            assert hosted_statement.find_configuration(tree.province) is first
        assert not counts.statements
        hosted_entity.update(tree.province, names={"zh-Hans": "新名"})
        commit()
        second = hosted_statement.find_configuration(tree.province)
        assert first
        assert second
        assert first.etag != second.etag
        assert hosted.read(second.token)["metadata"]["federation_entity"]["organization_name"] == "新名"


def test_another_process_says_the_same_under_the_same_etag(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        here = hosted_statement.find_subordinate_statement(tree.anchor, tree.province)
        there = Statements().find(tree.anchor, tree.province)
        assert here
        assert there
        assert here.etag == there.etag
        assert here.token != there.token


def test_a_statement_is_signed_anew_when_half_its_life_is_over(either: Provider) -> None:
    with either.context():
        life = SETTINGS.get().federation.statement_life
        tree = hosted.plant()
        first = hosted_statement.find_configuration(tree.province)
        assert first
        assert hosted.read(first.token)["exp"] - clock.timestamp() >= life // 2 - 1
        with clock.shifted(timedelta(seconds=life // 2)):
            second = hosted_statement.find_configuration(tree.province)
            assert second
            assert second.token != first.token
            assert hosted.read(second.token)["exp"] - clock.timestamp() >= life // 2 - 1


def test_a_suspended_subordinate_has_no_statement_until_it_is_taken_up_again(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        assert hosted.statement(tree.province, tree.site)
        suspension.suspend(tree.province, tree.site, reason="数据泄露", by="operator:test")
        commit()
        assert hosted.statement(tree.province, tree.site) is None
        assert hosted_statement.configuration(tree.site)
        with pytest.raises(Conflict):
            suspension.suspend(tree.province, tree.site, reason="again", by="operator:test")
        db.session.rollback()
        suspension.resume(tree.province, tree.site, by="operator:test")
        commit()
        assert hosted.statement(tree.province, tree.site)


def test_a_suspension_that_was_not_committed_changes_nothing(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        suspension.suspend(tree.province, tree.site, reason="?", by="operator:test")
        db.session.rollback()
        assert hosted.statement(tree.province, tree.site)


def test_a_suspension_is_heard_within_seconds_although_no_message_came(
    either: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    other = Statements(timer=lambda: now)

    def away(*_arguments: object) -> None:
        raise Unavailable("ephemeral_unavailable")

    with either.context():
        tree = hosted.plant()
        assert other.find(tree.province, tree.site)
        monkeypatch.setattr(type(EPHEMERAL.get()), "publish", away)
        suspension.suspend(tree.province, tree.site, reason="?", by="operator:test")
        commit()
        now = hosted_statement.CONFIRM_SECONDS
        assert other.find(tree.province, tree.site) is None


def test_strangers_who_try_names_ask_the_database_once(either: Provider) -> None:
    either.settle()
    with either.context():
        hosted_statement.configuration("http://localhost:8000/authorities/nobody")
        with counted(either.app) as counts:
            assert hosted_statement.configuration("http://localhost:8000/authorities/nobody") is None
        assert not counts.statements


@pytest.mark.parametrize(
    "name", ["", "\0", "x" * 300, "http://localhost:8000/authorities/\ud800", "' OR 1=1 --"]
)
def test_hostile_names_are_nobody(either: Provider, name: str) -> None:
    with either.context():
        assert hosted_statement.configuration(name) is None
        assert hosted.statement(name, name) is None
        assert hosted_entity.find(name) is None
        assert subordinate.find(name, name) is None


def test_of_two_who_suspend_at_once_one_does(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def suspend() -> None:
        with either.context():
            together.wait()
            try:
                suspension.suspend(tree.province, tree.site, reason="race", by="operator:test")
                commit()
                outcomes.append("done")
            except Conflict:
                outcomes.append("late")

    threads = [threading.Thread(target=suspend) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "late"]


def test_policy_and_constraints_of_the_authority_hold_for_each_and_its_own_word_comes_first(
    either: Provider,
) -> None:
    with either.context():
        tree = hosted.plant()
        for_all = {
            hosted.RP: {"scope": {"subset_of": ["openid", "profile"]}, "contacts": {"essential": True}}
        }
        hosted_entity.update(tree.province, metadata_policy=for_all, constraints={"max_path_length": 0})
        subordinate.put(
            tree.province,
            tree.site,
            entity_types=[hosted.RP],
            metadata_policy={hosted.RP: {"scope": {"subset_of": ["openid"]}}},
            declared={hosted.RP: {"client_name": "说好的名字"}},
        )
        commit()
        said = hosted.read(
            hosted.statement(tree.province, tree.site),
            federation_key.jwks(tree.province),
        )
        assert said["metadata_policy"] == {
            hosted.RP: {"scope": {"subset_of": ["openid"]}, "contacts": {"essential": True}}
        }
        assert said["constraints"] == {"max_path_length": 0}
        assert said["metadata"] == {hosted.RP: {"client_name": "说好的名字"}}


def test_the_provider_is_an_entity_with_its_discovery_document(either: Provider) -> None:
    with either.context():
        if hosted_entity.find(either.settings.issuer) is None:
            hosted_entity.create(either.settings.issuer, kind="provider", names={"zh-Hans": "通行"})
            commit()
        said = hosted.read(hosted_statement.configuration(either.settings.issuer))
        assert said["metadata"]["openid_provider"]["issuer"] == either.settings.issuer
        assert json.dumps(said)


def test_keys_that_somebody_put_into_the_database_speak_for_nobody(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        outsider, jwks = hosted.outsider()
        subordinate.put(tree.province, outsider, entity_types=[hosted.RP], jwks=jwks)
        commit()
        own = subordinate.get(tree.province, outsider)
        subordinate.get(tree.province, tree.site).sealed_jwks = own.sealed_jwks
        theirs = federation_key.current(tree.site)
        db.session.add(
            FederationKey(
                entity_id=tree.province,
                kid="planted",
                state="next",
                sealed_public_jwk=theirs.sealed_public_jwk,
                sealed_jwk=theirs.sealed_jwk,
                created_at=theirs.created_at,
            )
        )
        commit()
        hosted_statement.STATEMENTS.get().forget("*")
        assert hosted.statement(tree.province, tree.site) is None
        assert "planted" not in str(hosted.read(hosted_statement.configuration(tree.province)))
