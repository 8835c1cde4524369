from pathlib import Path

import pytest

from clients.sites import keys, membership, settings
from clients.sites.definition import Definition


@pytest.mark.parametrize("definition", keys.SITES, ids=lambda definition: definition.key)
def test_what_its_superiors_are_told_is_what_it_states(definition: Definition, tmp_path: Path) -> None:
    found = settings.read(definition, {"TONGXING_KEYS": str(tmp_path)})
    entity = membership.entity(definition, found)
    told = membership.introduction(definition, found)
    assert told["entity_id"] == entity.entity_id == f"http://localhost:{definition.port}"
    assert told["jwks"] == {"keys": [dict(key.public_jwk) for key in entity.federation_keys]}
    assert told["authority_hints"] == list(entity.authority_hints)
    assert told["initiate_login_uri"] == f"http://localhost:{definition.port}/login"
    assert told["organization_names"]["zh-Hans"] == definition.authority.zh
    vouched = told["metadata"]["openid_relying_party"]
    assert set(vouched) == {"division_code", "item_codes", "legal_basis"}
    assert vouched.items() <= entity.metadata.items()
    assert entity.metadata["client_name#zh-Hans"] == definition.name.zh
    assert entity.federation_metadata["organization_name"] == definition.authority.zh


def test_the_four_show_every_way_to_ask(tmp_path: Path) -> None:
    ways = {one.key: (one.signs_requests, one.pushes_requests) for one in keys.SITES}
    assert ways == {
        "province": (True, False),
        "city": (False, True),
        "county": (True, False),
        "housing": (True, True),
    }


def test_the_province_is_told_of_logouts_by_the_browser_too(tmp_path: Path) -> None:
    told = {
        one.key: membership.entity(one, settings.read(one, {"TONGXING_KEYS": str(tmp_path)})).metadata
        for one in keys.SITES
    }
    by_frame = {
        key: said["frontchannel_logout_uri"]
        for key, said in told.items()
        if "frontchannel_logout_uri" in said
    }
    assert by_frame == {"province": "http://localhost:8001/frontchannel_logout"}
