"""The anchor's table of provinces, for whoever asks."""

from pathlib import Path

import pytest

from idp import clock
from idp.db import commit
from idp.federation import signed_jwt, trust_anchor
from idp.recognition import table
from idp.sandbox import network, recognition
from tests.provider import ISSUER, NewProvider, Provider

ANCHOR = f"{ISSUER}/authorities/national"


@pytest.fixture
def made(new_provider: NewProvider, tmp_path: Path) -> Provider:
    provider = new_provider()
    with provider.context():
        (tmp_path / "sites").mkdir()
        network.plant(tmp_path / "sites", tmp_path / "network")
        recognition.plant(ANCHOR, tmp_path / "network")
        commit()
    return provider


def test_the_table_is_signed_by_the_anchor_and_cached(made: Provider) -> None:
    client = made.app.test_client()
    answer = client.get("/authorities/national/federation/mutual_recognition", base_url=ISSUER)
    assert answer.status_code == 200
    assert answer.mimetype == "application/mutual-recognition+jwt"
    signed = signed_jwt.read(answer.text, typ=table.TYP)
    with made.context():
        signed_jwt.verify(signed, trust_anchor.all_anchors()[ANCHOR])
        found = table.read(signed.claims, anchor=ANCHOR, now=clock.timestamp())
    assert list(found.members) == [ISSUER]
    again = client.get(
        "/authorities/national/federation/mutual_recognition",
        base_url=ISSUER,
        headers={"If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["330000", "nobody", "%00", "x" * 300])
def test_who_is_no_anchor_has_none(made: Provider, name: str) -> None:
    answer = made.app.test_client().get(f"/authorities/{name}/federation/mutual_recognition", base_url=ISSUER)
    assert answer.status_code == 404


def test_the_anchors_configuration_says_where_it_is(made: Provider) -> None:
    answer = made.app.test_client().get(
        "/authorities/national/.well-known/openid-federation", base_url=ISSUER
    )
    claims = signed_jwt.read(answer.text, typ="entity-statement+jwt").claims
    assert claims["metadata"]["federation_entity"]["mutual_recognition_endpoint"] == (
        f"{ANCHOR}/federation/mutual_recognition"
    )
