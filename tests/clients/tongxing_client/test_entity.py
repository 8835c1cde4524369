from collections.abc import Callable
from typing import Any

import pytest

from tongxing_client import entity, errors
from tongxing_client.signing_key import SigningKey

MakeEntity = Callable[..., entity.Entity]
MakeKey = Callable[[str], SigningKey]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"entity_id": "http://fund.example.gov.cn"}, "entity_id"),
        ({"entity_id": "https://fund.example.gov.cn/"}, "entity_id"),
        ({"entity_id": "https://fund.example.gov.cn/?a=1"}, "entity_id"),
        ({"entity_id": "https://fund.example.gov.cn/#a"}, "entity_id"),
        ({"entity_id": "https://me@fund.example.gov.cn"}, "entity_id"),
        ({"entity_id": "https://fund.example.gov.cn/" + "a" * 250}, "entity_id"),
        ({"authority_hints": []}, "authority_hints"),
        ({"authority_hints": ["330106"]}, "authority_hints"),
        ({"federation_keys": []}, "federation_keys"),
        ({"protocol_keys": []}, "protocol_keys"),
        ({"signs_requests": False}, "signs its requests"),
        ({"seconds": 60}, "seconds"),
        ({"seconds": 10**9}, "seconds"),
    ],
)
def test_what_cannot_work_is_told_at_once(
    make_entity: MakeEntity, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(errors.WrongSettings, match=told):
        make_entity(**changes)


def test_one_key_is_never_both(make_entity: MakeEntity, new_key: MakeKey) -> None:
    with pytest.raises(errors.WrongSettings, match="a federation key"):
        make_entity(protocol_keys=[new_key("other"), new_key("federation")])


def test_it_asks_and_proves_itself_with_the_first_protocol_key(
    make_entity: MakeEntity, new_key: MakeKey
) -> None:
    made = make_entity(protocol_keys=[new_key("b"), new_key("c")])
    form: dict[str, str] = {}
    made.authentication(lambda: 1000).apply(made.entity_id, "https://id.example.gov.cn", form, {})
    assert form["client_id"] == "http://localhost:5000"
    assert made.request_delivery().key is made.protocol_keys[0]
    assert not made.request_delivery().is_pushed


def test_who_only_pushes_does_not_sign(make_entity: MakeEntity) -> None:
    delivery = make_entity(signs_requests=False, pushes_requests=True).request_delivery()
    assert (delivery.key, delivery.is_pushed) == (None, True)
