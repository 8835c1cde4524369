from collections.abc import Callable
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet

from idp.federation import entity_statement
from tests.clients.loopback_provider import Clock
from tongxing_client import client_metadata
from tongxing_client.entity import Entity
from tongxing_client.entity_configuration import EntityConfiguration
from tongxing_client.signing_key import SigningKey

MakeEntity = Callable[..., Entity]
MakeKey = Callable[[str], SigningKey]
HOUR = 3600
METADATA = {"client_name": "Fund"}


def opened(token: str, entity: Entity) -> tuple[dict[str, Any], dict[str, Any]]:
    keys = KeySet.import_key_set({"keys": [dict(key.public_jwk) for key in entity.federation_keys]})
    found = jwt.decode(token, keys, algorithms=["ES256"])
    return found.header, found.claims


def test_it_says_who_we_are_and_who_vouches_for_us(make_entity: MakeEntity, clock: Clock) -> None:
    entity = make_entity(federation_metadata={"organization_name": "西湖区"})
    header, claims = opened(EntityConfiguration(entity, METADATA, clock.now).current().token, entity)
    assert header == {
        "alg": "ES256",
        "typ": "entity-statement+jwt",
        "kid": entity.federation_keys[0].thumbprint,
    }
    assert claims["iss"] == claims["sub"] == "http://localhost:5000"
    assert claims["authority_hints"] == ["https://id.example.gov.cn/authorities/330106"]
    assert claims["metadata"] == {
        "openid_relying_party": METADATA,
        "federation_entity": {"organization_name": "西湖区"},
    }
    assert claims["jwks"] == {"keys": [dict(entity.federation_keys[0].public_jwk)]}
    assert "trust_marks" not in claims
    assert claims["iat"] <= clock.now() < claims["exp"]


def test_it_renews_itself_and_is_always_good_for_half_its_life(make_entity: MakeEntity, clock: Clock) -> None:
    entity = make_entity(seconds=24 * HOUR)
    configuration = EntityConfiguration(entity, METADATA, clock.now)
    seen = []
    for _ in range(72):
        signed = configuration.current()
        _, claims = opened(signed.token, entity)
        assert claims["iat"] <= clock.now() <= claims["exp"] - 12 * HOUR
        assert clock.now() < signed.renew_at
        seen.append(signed.token)
        clock.time += HOUR
    assert len(set(seen)) in {6, 7}


def test_between_renewals_it_is_signed_once(make_entity: MakeEntity, clock: Clock) -> None:
    configuration = EntityConfiguration(make_entity(), METADATA, clock.now)
    assert configuration.current() is configuration.current()


def test_a_clock_that_was_put_back_is_followed(make_entity: MakeEntity, clock: Clock) -> None:
    entity = make_entity()
    configuration = EntityConfiguration(entity, METADATA, clock.now)
    configuration.current()
    clock.time -= 30 * 24 * HOUR
    _, claims = opened(configuration.current().token, entity)
    assert claims["iat"] <= clock.now()


def test_all_processes_say_the_same_under_one_etag(make_entity: MakeEntity, clock: Clock) -> None:
    first = EntityConfiguration(make_entity(), METADATA, clock.now).current()
    clock.time += 60
    assert EntityConfiguration(make_entity(), METADATA, clock.now).current().etag == first.etag
    assert EntityConfiguration(make_entity(), {}, clock.now).current().etag != first.etag


def test_a_new_key_is_known_before_it_is_used(
    make_entity: MakeEntity, clock: Clock, new_key: MakeKey
) -> None:
    entity = make_entity(federation_keys=[new_key("federation"), new_key("next")])
    header, claims = opened(EntityConfiguration(entity, METADATA, clock.now).current().token, entity)
    assert header["kid"] == new_key("federation").thumbprint
    assert [key["kid"] for key in claims["jwks"]["keys"]] == [header["kid"], new_key("next").thumbprint]


def test_trust_marks_are_those_of_the_day(make_entity: MakeEntity, clock: Clock) -> None:
    marks: list[dict[str, str]] = []
    entity = make_entity(trust_marks=lambda: marks)
    configuration = EntityConfiguration(entity, METADATA, clock.now)
    assert "trust_marks" not in opened(configuration.current().token, entity)[1]
    marks.append({"trust_mark_type": "https://id.example.gov.cn/marks/djbh-3", "trust_mark": "a.b.c"})
    clock.time += 24 * HOUR
    assert opened(configuration.current().token, entity)[1]["trust_marks"] == marks


def test_the_provider_reads_what_the_kit_states(make_entity: MakeEntity, clock: Clock) -> None:
    """Two implementations: python-jose signs here, joserfc judges there."""
    entity = make_entity(metadata={"client_name#zh-Hans": "不动产登记"})
    metadata = client_metadata.describe(entity, site_url=entity.entity_id, scope=["openid"])
    token = EntityConfiguration(entity, metadata, clock.now).current().token
    statement = entity_statement.read(token)
    entity_statement.verify(statement, statement.jwks)
    entity_statement.check_time(statement, int(clock.now()))
    assert statement.is_configuration
    assert statement.metadata["openid_relying_party"]["client_name#zh-Hans"] == "不动产登记"
    assert statement.authority_hints == tuple(entity.authority_hints)
