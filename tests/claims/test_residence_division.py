"""Where somebody lives, as narrow as the person allowed and no narrower than the site asked."""

import json
from typing import Any

import pytest

from idp import claims
from idp.claims import release, request
from idp.claims.about import oneself
from tests.claims import proven
from tests.provider import Provider

ITEM, DETAIL = "residence_division", "residence_division_detail"
STREET = "330106002"


def asking(depth: str | None, *, verified: bool) -> request.ClaimsRequest:
    wanted: dict[str, Any] = {"residence_division": {"depth": depth} if depth else None}
    if verified:
        wanted = {"verified_claims": {"verification": {"trust_framework": None}, "claims": wanted}}
    return request.parse(json.dumps({"userinfo": wanted}))


def told(provider: Provider, depth: str | None, items: list[str], *, verified: bool) -> Any:
    with provider.context():
        about = oneself(proven.citizen(provider, residence=STREET))
        asked = asking(depth, verified=verified)
        answer = release.for_userinfo(about, ["openid"], asked.userinfo, items)
        if verified:
            answer = answer["verified_claims"]["claims"]
        return answer["residence_division"]["level"]


@pytest.mark.parametrize("verified", [False, True])
@pytest.mark.parametrize(
    ("depth", "items"),
    [
        ("province", {ITEM}),
        ("county", {ITEM}),
        (None, {ITEM}),
        ("township", {ITEM, DETAIL}),
        ("village", {ITEM, DETAIL}),
        ("street", {ITEM}),
    ],
)
def test_below_the_county_is_an_item_of_its_own(
    depth: str | None, items: set[str], *, verified: bool
) -> None:
    """PIPL art. 6, 14: who allowed the county has not allowed the village."""
    assert release.requested_items(["openid"], asking(depth, verified=verified)) == items


@pytest.mark.parametrize("verified", [False, True])
def test_without_that_item_the_county_is_the_narrowest(provider: Provider, *, verified: bool) -> None:
    assert told(provider, "village", [ITEM], verified=verified) == "county"
    assert told(provider, "village", [ITEM, DETAIL], verified=verified) == "township"
    assert told(provider, "township", [ITEM, DETAIL], verified=verified) == "township"
    assert told(provider, "province", [ITEM], verified=verified) == "province"
    assert told(provider, None, [ITEM, DETAIL], verified=verified) == "county"


def test_the_detail_alone_is_no_claim(provider: Provider) -> None:
    assert claims.ITEMS[DETAIL] == ()
    with provider.context():
        about = oneself(proven.citizen(provider, residence=STREET))
        asked = asking("village", verified=False).userinfo
        assert release.for_userinfo(about, ["openid"], asked, [DETAIL]) == {}
