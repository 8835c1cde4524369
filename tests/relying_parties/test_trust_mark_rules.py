"""What trust marks do to the data of a site (domain §6), as data and through a login."""

from pathlib import Path
from typing import Any

import pytest

from idp import claims, clock
from idp.federation import resolution
from idp.journey import asked
from idp.journey.authorization_request import AuthorizationRequest
from idp.relying_parties import federated, trust_mark_rules
from tests.federation.conftest import TrustingProvider
from tests.federation.elsewhere import RP, Elsewhere
from tests.relying_parties.member import PATIENT, Federation, at
from tests.site import answered

PRIVATE = "urn:tongxing:trust-mark:private-channel"
DJBH3 = "urn:tongxing:trust-mark:djbh3"


def test_the_table_speaks_of_items_that_there_are() -> None:
    for mark in (PRIVATE, DJBH3, "urn:tongxing:trust-mark:miping"):
        rule = trust_mark_rules.find(mark)
        assert rule is not None
        assert rule.name("en") != rule.name("zh_Hans")
        assert rule.withholds | rule.needed_for <= set(claims.ITEMS)
    assert trust_mark_rules.find("urn:x") is None


def test_a_mark_withholds_and_a_missing_one_does_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "trust_marks.csv"
    rows = [
        "mark,zh,en,withholds,needed_for",
        f"{PRIVATE},私,P,name gender,",
        f"{DJBH3},三,D,,identity_number",
    ]
    table.write_text("\n".join(rows))
    monkeypatch.setattr(trust_mark_rules, "FILE", table)
    assert trust_mark_rules.withheld(()) == {"identity_number"}
    assert trust_mark_rules.withheld({DJBH3, "urn:unknown"}) == frozenset()
    assert trust_mark_rules.withheld({PRIVATE}) == {"name", "gender", "identity_number"}
    monkeypatch.setattr(trust_mark_rules, "FILE", tmp_path / "none.csv")
    assert trust_mark_rules.withheld({PRIVATE}) == frozenset()


def marked(federation: Federation, entity: Any, **changes: Any) -> None:
    """Let the nation issue the mark of a private channel to the site, which shows it."""
    now = clock.timestamp()
    said = {
        "iss": federation.nation.id,
        "sub": entity.id,
        "iat": now - 5,
        "exp": now + 600,
        "trust_mark_type": PRIVATE,
    } | changes
    token = federation.nation.sign(said, typ="trust-mark+jwt")
    entity.claims["trust_marks"] = [{"trust_mark_type": said["trust_mark_type"], "trust_mark": token}]
    federation.nation.claims["trust_mark_issuers"] = {PRIVATE: [federation.nation.id]}


def test_a_private_channel_gets_less_and_people_are_not_even_asked(
    trusting: TrustingProvider, elsewhere: Elsewhere
) -> None:
    federation = Federation(elsewhere)
    items = [{"name": "name", "required": True}, {"name": "gender"}, {"name": "phone_number"}]
    entity = federation.site(items=items, scope="openid profile phone real_name")
    marked(federation, entity)
    provider = trusting(federation.nation, **PATIENT)
    site, person = at(provider, entity), provider.person()
    asking: dict[str, Any] = {"claims": {"userinfo": {"gender": None, "name": None}}}
    visitor = site.visitor()
    visitor.arrive(site.signed_url(site.request_object(**asking)), person)
    said = site.claims(site.redeem(answered(visitor.location)["code"])["access_token"])
    assert "name" in said
    assert "gender" not in said
    with provider.context():
        rp = federated.get(entity.id)
        assert rp is not None
        assert "gender" in rp.withheld
        known = resolution.resolve(entity.id)
        entity.claims.pop("trust_marks")
        entity.claims["iat"] = clock.timestamp()
        chain = [entity.configuration(), *(statement.token for statement in known.statements[1:])]
        rp = federated.admit(entity.id, chain)
        assert rp is not None
        assert not rp.withheld


@pytest.mark.parametrize(
    "changes",
    [{"exp": 1}, {"iss": "http://localhost:9/nobody"}, {"sub": "http://localhost:9/other"}],
    ids=["expired", "not its issuer", "another's"],
)
def test_a_mark_that_does_not_count_changes_nothing(
    trusting: TrustingProvider, elsewhere: Elsewhere, changes: dict[str, Any]
) -> None:
    federation = Federation(elsewhere)
    entity = federation.site()
    marked(federation, entity, **changes)
    provider = trusting(federation.nation, **PATIENT)
    with provider.context():
        rp = federated.admit(entity.id)
        assert rp is not None
        assert not rp.withheld


def test_a_site_whose_items_nobody_vouches_for_gets_nothing_sensitive(
    trusting: TrustingProvider, elsewhere: Elsewhere
) -> None:
    """Domain §5.9: what it needs is for its superiors to say."""
    federation = Federation(elsewhere)
    sensitive = next(iter(sorted(claims.SENSITIVE)))
    items = [{"name": "name", "required": True}, {"name": sensitive, "required": True}]
    entity = federation.site(items=items, scope="openid profile real_name", item_codes=["estate-transfer"])
    request = AuthorizationRequest(
        client_id=entity.id,
        redirect_uri=entity.metadata[RP]["redirect_uris"][0],
        scope=("openid", "profile", "real_name"),
        response_mode="query",
        userinfo_claims={sensitive: None, "name": None},
    )
    provider = trusting(federation.nation, **PATIENT)
    with provider.context():
        rp = federated.admit(entity.id)
        assert rp is not None
        assert asked.of(request, rp, insisted=False).required == {"name"}
        federation.city.below[entity.id] = {"metadata": {RP: {"item_codes": ["estate-transfer"]}}}
        elsewhere.changed()
        resolution.forget()
        rp = federated.get(entity.id)
        assert rp is not None
        assert asked.of(request, rp, insisted=False).required == {"name", sensitive}
